"""A response of Flask in, the response that is finished and sent like any other out."""

from __future__ import annotations

from flask import Request
from werkzeug.wrappers import Response

from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.http_response import Content, HttpResponse, Pieces, Unmade


def converted(response: Response, request: Request, version: str) -> HttpResponse:
    """The response with its status, header fields and content, of `version` of the data."""
    headers = response.get_wsgi_headers(request.environ)
    fields = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in headers
        # Each is written where responses are finished.
        if name.lower() not in ("date", "content-length")
    ]
    route = request.url_rule.rule if request.url_rule else ""
    return HttpResponse(response.status_code, fields, _content(response), version, route)


def _content(response: Response) -> Content:
    given = response.response
    if isinstance(given, FileContent | Unmade):
        return given
    if response.is_sequence:
        return response.get_data()
    return Pieces(response.iter_encoded(), response.close, response.content_length)
