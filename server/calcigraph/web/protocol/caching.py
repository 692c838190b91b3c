"""A response and the name of its variant in, the same response with validators out, or a 304."""

from __future__ import annotations

from flask import Response, request

from calcigraph.web.protocol.compression import compressed
from calcigraph.web.site import Site


def validated(response: Response, site: Site, variant: str) -> Response:
    """Give `response` a strong ETag, where it has none; 304 where the client has it.

    See RFC 9110 section 13. All that this server shows follows from version and variant, so a
    cache may keep it but has to ask; `no-cache` says so (RFC 9111 section 5.2.2.4).
    """
    response.headers["Cache-Control"] = "no-cache"
    # `make_conditional` would read a whole streamed body to tell its length.
    if not response.is_streamed:
        if response.get_etag()[0] is None:
            response.set_etag(site.etag(variant))
        compressed(response).make_conditional(request)
    return response


def links(response: Response, *entries: tuple[str, str, str | None]) -> None:
    """Add `Link` entries (RFC 8288): target, relation and, where it is known, the media type."""
    for target, relation, media_type in entries:
        kind = f'; type="{media_type}"' if media_type else ""
        response.headers.add("Link", f'<{target}>; rel="{relation}"{kind}')
