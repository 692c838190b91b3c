"""A response and the name of its variant in, the same response with validators out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from flask import Response, request

from calcigraph.web.protocol import compression, finishing, request_head
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.http_response import Unmade
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.protocol.versions import PARAMETER, Versioned

LinkEntry: TypeAlias = tuple[str, str, str | None]
_LASTING = f"public, max-age={365 * 24 * 3600}, immutable"


def validated(
    response: Response,
    published: Versioned,
    variant: str,
    body: Callable[[], str | bytes | FileContent] | FileContent | None = None,
) -> Response:
    """Give `response` a strong ETag and its age, where it has none.

    `body` makes the content; it is called only for a client that does not have the response yet. A file is
    sent as it is, and in parts where a client asks for one (Range).

    See RFC 9110 section 13. A response follows from version and variant, so a cache may keep it but has to
    revalidate it, as `no-cache` says (RFC 9111 section 5.2.2.4). Only data that was asked for by its version
    (`at=`) never changes at that address (RFC 8246); a page may, with the program.
    """
    is_lasting = PARAMETER in request.args and response.mimetype != "text/html"
    response.headers["Cache-Control"] = _LASTING if is_lasting else "no-cache"
    # A response with a tag of its own is an answer to a query, which may differ each time; a streamed one has
    # none, as nobody knows its bytes before they are sent.
    is_known = body is not None or not response.is_streamed
    if is_known and response.get_etag()[0] is None:
        response.set_etag(published.etag(variant))
        _date(response, published)
    if isinstance(body, FileContent):
        response.response = body
    elif body is not None:
        known = _known(response)
        if known is None:
            _fill(response, body())
        else:
            response.response = Unmade(known)
    return response


def _fill(response: Response, made: str | bytes | FileContent) -> None:
    if not isinstance(made, FileContent):
        response.set_data(made)
        return
    response.response = made
    if made.encoding:
        response.content_encoding = made.encoding
        tag, _ = response.get_etag()
        response.set_etag(f"{tag}{compression.TAG_SUFFIX.decode()}")


def _known(response: Response) -> bytes | None:
    """The entity tag of what would be sent, where the client of the current request has it."""
    head: RequestHead | None = request.environ.get(request_head.KEY)
    tag, _ = response.get_etag()
    if head is None or tag is None:
        return None
    return finishing.tag_of_known(head, (response.content_type or "").encode(), tag.encode())


def _date(response: Response, published: Versioned) -> None:
    """Say when it changed last; not where that is yet to come (RFC 9110, section 8.8.2.1), as where the data
    have changed several times in a second. A client that knows no more than a date then gets it whole."""
    if published.modified <= datetime.now(UTC):
        response.last_modified = published.modified


def links(response: Response, *entries: LinkEntry) -> None:
    """Add `Link` entries (RFC 8288): target, relation and, where it is known, the media type."""
    for entry in entries:
        response.headers.add("Link", link_value(*entry))


def link_value(target: str, relation: str, media_type: str | None) -> str:
    """One entry of `Link`."""
    kind = f'; type="{media_type}"' if media_type else ""
    return f'<{target}>; rel="{relation}"{kind}'
