"""A response and the name of its variant in, the same response with validators out, or a 304."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from flask import Response, request

from calcigraph.web.protocol import compression
from calcigraph.web.protocol.versions import PARAMETER, Versioned

LinkEntry: TypeAlias = tuple[str, str, str | None]
_LASTING = f"public, max-age={365 * 24 * 3600}, immutable"


def validated(
    response: Response, published: Versioned, variant: str, body: Callable[[], str | bytes] | None = None
) -> Response:
    """Give `response` a strong ETag and its age, where it has none; 304 where the client has it.

    `body` makes the content; it is called only for a client that does not have the response yet.

    See RFC 9110 section 13. A response follows from version and variant, so a cache may keep it but has to
    revalidate it, as `no-cache` says (RFC 9111 section 5.2.2.4). Only data that was asked for by its version
    (`at=`) never changes at that address (RFC 8246); a page may, with the program.
    """
    say_how_long(response)
    if body is not None:
        if is_known(response, published.etag(variant)):
            return not_modified(response, published, variant)
        response.set_data(body())
    # `make_conditional` would read a whole streamed body to tell its length.
    if not response.is_streamed:
        # A response with a tag of its own is an answer to a query, which may differ each time.
        if response.get_etag()[0] is None:
            mark(response, published, published.etag(variant))
        compression.compressed(response).make_conditional(request)
    return response


def say_how_long(response: Response) -> None:
    """Say how long `response` may be kept without asking again."""
    is_lasting = PARAMETER in request.args and response.mimetype != "text/html"
    response.headers["Cache-Control"] = _LASTING if is_lasting else "no-cache"


def not_modified(response: Response, published: Versioned, variant: str) -> Response:
    """The 304 for a client that names the tag of the variant; see `is_known`."""
    mark(response, published, published.etag(variant) + compression.suffix(response))
    response.make_conditional(request)
    return response


def mark(response: Response, published: Versioned, etag: str) -> None:
    """Give `response` its strong tag, and say when it changed last.

    Not where that is yet to come (RFC 9110, section 8.8.2.1), as where the data have changed several times in
    a second. A client that knows no more than a date then gets it whole.
    """
    response.set_etag(etag)
    if published.modified <= datetime.now(UTC):
        response.last_modified = published.modified


def is_known(response: Response, etag: str) -> bool:
    """Whether the client names the tag that the response would have. Whether a body is long enough to be
    compressed is not known before it is made; a client with the tag of the compressed one has had it."""
    known = request.if_none_match
    suffix = compression.suffix(response)
    return known.contains_weak(etag + suffix) and not (known.star_tag and suffix)


def links(response: Response, *entries: LinkEntry) -> None:
    """Add `Link` entries (RFC 8288): target, relation and, where it is known, the media type."""
    for target, relation, media_type in entries:
        kind = f'; type="{media_type}"' if media_type else ""
        response.headers.add("Link", f'<{target}>; rel="{relation}"{kind}')
