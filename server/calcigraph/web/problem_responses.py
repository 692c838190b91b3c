"""A Problem or an HTTP exception in, a Flask response out: a problem document, or a page for browsers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from calcigraph import errors
from calcigraph.logs import shown_path
from calcigraph.web.protocol import problem_details
from calcigraph.web.protocol.negotiation import HTML
from calcigraph.web.protocol.request_problems import ResourceUnknown, Unexpected
from calcigraph.web.strings import STRINGS
from calcigraph.web.views.problem_page import problem_page

_LOG = logging.getLogger(__name__)


def respond(problem: errors.Problem) -> Response:
    """The problem as the client reads it."""
    nearest = problem.nearest if isinstance(problem, ResourceUnknown) else ()
    return _response(problem_details.document(problem), problem_details.headers_of(problem), nearest)


def register(app: Flask) -> None:
    """Let the application answer every failure with a problem."""
    app.register_error_handler(errors.Problem, respond)
    app.register_error_handler(HTTPException, respond_to_http)
    app.register_error_handler(Exception, _respond_to_bug)


def respond_to_http(error: HTTPException) -> Response:
    """What werkzeug refuses by itself: unknown routes, other methods and the like."""
    status = error.code or 500
    if status == InternalServerError.code:
        return respond(Unexpected())
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    members = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": STRINGS.http_details.get(status, HTTP_STATUS_CODES.get(status, "Error") + "."),
    }
    response = _response(members, problem_details.COMMON)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _respond_to_bug(error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method[:20], shown_path(request.path), exc_info=error)
    return respond(Unexpected())


def _response(
    members: dict[str, Any], headers: Sequence[tuple[str, str]], nearest: tuple[tuple[str, str], ...] = ()
) -> Response:
    chosen = problem_details.offer(request.headers.get("Accept"))
    body = problem_page(members, nearest) if chosen is HTML else problem_details.written(members)
    response = Response(body, members["status"], content_type=chosen.content_type)
    response.headers.extend(headers)
    return response
