"""A response and the name of its variant in, the same response with validators out, or a 304."""

from __future__ import annotations

from typing import TypeAlias

from flask import Response, request

from calcigraph.web.protocol.compression import compressed
from calcigraph.web.protocol.versions import PARAMETER
from calcigraph.web.site import Site

Entry: TypeAlias = tuple[str, str, str | None]
_LASTING = f"public, max-age={365 * 24 * 3600}, immutable"


def validated(response: Response, site: Site, variant: str) -> Response:
    """Give `response` a strong ETag and its age, where it has none; 304 where the client has it.

    See RFC 9110 section 13. All that this server shows follows from version and variant, so a
    cache may keep it but has to ask; `no-cache` says so (RFC 9111 section 5.2.2.4). Only data that was
    asked for by its version (`at=`) never changes at that address (RFC 8246); a page may, with the program.
    """
    is_lasting = PARAMETER in request.args and response.mimetype != "text/html"
    response.headers["Cache-Control"] = _LASTING if is_lasting else "no-cache"
    # `make_conditional` would read a whole streamed body to tell its length.
    if not response.is_streamed:
        # What has a tag of its own is an answer to a query, which may be another one at each time.
        if response.get_etag()[0] is None:
            response.set_etag(site.etag(variant))
            response.last_modified = site.modified
        compressed(response).make_conditional(request)
    return response


def links(response: Response, *entries: Entry) -> None:
    """Add `Link` entries (RFC 8288): target, relation and, where it is known, the media type."""
    for target, relation, media_type in entries:
        kind = f'; type="{media_type}"' if media_type else ""
        response.headers.add("Link", f'<{target}>; rel="{relation}"{kind}')
