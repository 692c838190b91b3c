"""A Problem or an HTTP exception in, a problem document (RFC 9457) or a page out.

The one place that knows which problem has which status. What is not in the table is a bug, and
answered with 500 and no word about the inside.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from calcigraph import errors, explanations, root
from calcigraph.engine import engine_problems
from calcigraph.federation import service_problems
from calcigraph.pool import query_problems
from calcigraph.rdf import formats, iris, malformed, prefixes, reading, serialise, terms
from calcigraph.reasoning import LimitMet, RuleRefused, StepWrong
from calcigraph.web.protocol.negotiation import Offer, choose
from calcigraph.web.representations import HTML
from calcigraph.web.views.problem_page import trouble_page
from calcigraph.web.views.strings import STRINGS

_LOG = logging.getLogger(__name__)
_TYPE = "https://w3id.org/calcigraph/server#"
PROBLEM_JSON = Offer("application/problem+json", "problem", ("application/json",))
_COMMON = (("Cache-Control", "no-store"), ("Vary", "Accept"))


class RequestMalformed(errors.Problem):
    """A parameter that is missing, repeated or cannot be read."""

    title = "The request is malformed"


class NothingAcceptable(errors.Problem):
    """The resource has no representation that the client accepts."""

    title = "No acceptable format"

    def __init__(self, offers: tuple[Offer, ...]) -> None:
        listed = ", ".join(offer.media_type for offer in offers)
        super().__init__("None of the formats asked for can be sent.", f"Ask for one of: {listed}.")


class MediaTypeUnsupported(errors.Problem):
    """A body of a kind that this resource does not take."""

    title = "Unsupported media type"


class BodyTooLarge(errors.Problem):
    """A body beyond the limit."""

    title = "The request is too large"


class AddressTooLong(errors.Problem):
    """An address, query included, beyond the limit."""

    title = "The address is too long"


class ResourceUnknown(errors.Problem):
    """Nothing is known about what was asked for; `nearest` are labels and links that come close."""

    title = "Nothing is known about this resource"

    def __init__(self, detail: str, remedy: str, nearest: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail, remedy)
        self.nearest = nearest


class ResourceRemoved(errors.Problem):
    """What was published and then taken out; `instead` are labels and links of what replaces it."""

    title = "This resource was removed"

    def __init__(self, detail: str, remedy: str, instead: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail, remedy)
        self.instead = instead


class VersionUnknown(errors.Problem):
    """A version of the data that is not here."""

    title = "This version is not here"

    def __init__(self, version: str) -> None:
        super().__init__(
            f"What is here is version {version[:12]}; others are not kept.",
            f"Leave `at` out, or give `at={version[:12]}`.",
        )


class AnswerTooLong(errors.Problem):
    """An answer that does not fit on a page."""

    title = "The answer is too long for a page"

    def __init__(self) -> None:
        super().__init__(
            "The answer is longer than a page can show.", "Ask for another format, or add a LIMIT."
        )


class Unexpected(errors.Problem):
    """A bug."""

    title: ClassVar[str] = "The server made a mistake"

    def __init__(self) -> None:
        super().__init__("An unexpected error happened here.", "Report it, with the request and the time.")


STATUS: dict[type[errors.Problem], int] = {
    RequestMalformed: 400,
    query_problems.QueryMalformed: 400,
    query_problems.QueryRefused: 400,
    query_problems.UpdateForbidden: 400,
    prefixes.PrefixUnknown: 400,
    iris.IriMalformed: 400,
    terms.TermMalformed: 400,
    formats.FormatUnknown: 400,
    malformed.TurtleMalformed: 400,
    reading.FileMalformed: 400,
    engine_problems.SearchMalformed: 400,
    engine_problems.SearchTooBroad: 400,
    engine_problems.ServiceUndetermined: 400,
    engine_problems.RewritingTooLong: 400,
    query_problems.ServiceForbidden: 403,
    service_problems.ServiceRefused: 403,
    ResourceUnknown: 404,
    explanations.NothingToExplain: 404,
    VersionUnknown: 404,
    query_problems.NotAcceptable: 406,
    NothingAcceptable: 406,
    AnswerTooLong: 406,
    serialise.FormatUnfit: 406,
    ResourceRemoved: 410,
    BodyTooLarge: 413,
    AddressTooLong: 414,
    MediaTypeUnsupported: 415,
    query_problems.QueueFull: 429,
    Unexpected: 500,
    query_problems.QueryFailed: 500,
    errors.Problem: 500,
    errors.EnvironmentProblem: 500,
    errors.RootInvalid: 500,
    root.RootMissing: 500,
    prefixes.PrefixesConflict: 500,
    LimitMet: 500,
    RuleRefused: 500,
    StepWrong: 500,
    query_problems.DiffUnreadable: 500,
    service_problems.AllowListMalformed: 500,
    engine_problems.SearchUnavailable: 501,
    engine_problems.ServiceAnswerUnusable: 502,
    service_problems.ServiceFailed: 502,
    query_problems.QueryTimedOut: 503,
    query_problems.QueryTooBig: 503,
    query_problems.EngineUnavailable: 503,
    service_problems.ServicesBusy: 503,
    # The client has left.
    query_problems.ClientGone: 503,
    service_problems.ServiceTimedOut: 504,
}


def status_of(problem: errors.Problem) -> int:
    """The status of a problem: that of its nearest class in the table."""
    return next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)


def type_of(problem: errors.Problem) -> str:
    """The IRI that names the kind of the problem (RFC 9457 section 3.1.1)."""
    return f"{_TYPE}{type(problem).__name__}"


def document(problem: errors.Problem) -> dict[str, Any]:
    """The members of the problem document; a member that does not apply is left out."""
    members: dict[str, Any] = {
        "type": type_of(problem),
        "title": problem.title,
        "status": status_of(problem),
        "detail": problem.detail,
        "hint": problem.remedy,
    }
    if problem.place is not None:
        members |= {"line": problem.place.line, "column": problem.place.column}
    if isinstance(problem, ResourceUnknown):
        members["nearest"] = [{"label": label, "link": link} for label, link in problem.nearest]
    if isinstance(problem, ResourceRemoved):
        members["instead"] = [{"label": label, "link": link} for label, link in problem.instead]
    return {name: value for name, value in members.items() if value not in (0, [], "")}


def headers_of(problem: errors.Problem) -> list[tuple[str, str]]:
    """The header fields of a response with this problem, besides its type and length."""
    headers = list(_COMMON)
    if isinstance(problem, ResourceRemoved):
        # RFC 5829, section 3.3.
        headers += [("Link", f'<{link}>; rel="successor-version"') for _, link in problem.instead]
    retry_after = getattr(problem, "retry_after_s", None)
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    return headers


def offer(accept: str | None) -> Offer:
    """The format of a problem for this client: a page for a browser, else a problem document.

    Where the client accepts neither form it gets the document all the same: RFC 9110 section 12.5.1 lets a
    server disregard `Accept`, and a reason helps more than none.
    """
    return choose(accept, (PROBLEM_JSON, HTML)) or PROBLEM_JSON


def written(members: dict[str, Any]) -> str:
    """The problem document as text."""
    return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def respond(problem: errors.Problem) -> Response:
    """The problem as the client reads it."""
    nearest = problem.nearest if isinstance(problem, ResourceUnknown) else ()
    return _response(document(problem), headers_of(problem), nearest)


def register(app: Flask) -> None:
    """Let the application answer every failure with a problem."""
    app.register_error_handler(errors.Problem, respond)
    app.register_error_handler(HTTPException, _respond_to_http)
    app.register_error_handler(Exception, _respond_to_bug)


def _respond_to_http(error: HTTPException) -> Response:
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
    response = _response(members, _COMMON)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _respond_to_bug(error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.path, exc_info=error)
    return respond(Unexpected())


def _response(
    members: dict[str, Any], headers: Sequence[tuple[str, str]], nearest: tuple[tuple[str, str], ...] = ()
) -> Response:
    chosen = offer(request.headers.get("Accept"))
    body = trouble_page(members, nearest) if chosen is HTML else written(members)
    response = Response(body, members["status"], content_type=chosen.content_type)
    response.headers.extend(headers)
    return response
