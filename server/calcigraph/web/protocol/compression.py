"""A finished response in; the same one compressed out, if it is long and the client accepts that."""

from __future__ import annotations

import gzip

from flask import Response, request

LEAST_BYTES = 1024
_LEVEL = 5
_TEXTUAL = ("text/", "application/json", "application/sparql", "application/ld", "application/n-")
_XML = (
    "application/xml",
    "application/rdf+xml",
    "application/trig",
    "application/problem+json",
    "image/svg+xml",
)


def compressed(response: Response) -> Response:
    """Compress with gzip; the ETag, where there is one, becomes that of the compressed variant.

    Streamed bodies are sent as they are. Cost: some 20 ms for a megabyte.
    """
    if response.is_streamed:
        return response
    tag = suffix(response)
    body = response.get_data()
    if len(body) < LEAST_BYTES or not tag:
        return response
    # Without a time in it, the same content has the same bytes, as a strong ETag promises.
    response.set_data(gzip.compress(body, _LEVEL, mtime=0))
    response.content_encoding = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag + tag)
    return response


def suffix(response: Response) -> str:
    """The suffix of the ETag of `response` where it is compressed; "" where it never is. Adds `Vary` to its
    header fields."""
    if not (response.mimetype or "").startswith(_TEXTUAL + _XML):
        return ""
    response.vary.add("Accept-Encoding")
    return ".gz" if _takes_gzip() else ""


def _takes_gzip() -> bool:
    accepted = request.accept_encodings
    return accepted.quality("gzip") > 0 and accepted.quality("gzip") >= accepted.quality("identity")
