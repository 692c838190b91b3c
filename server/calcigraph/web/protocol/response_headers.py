"""The header fields of every response: the version it was made from, CORS for reading, security."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from calcigraph.web.protocol.http_response import CommonHeaders, HeaderFields
from calcigraph.web.protocol.request_head import RequestHead

# Scripts are our own, from our own address; JSON-LD is a data block and not subject to script-src.
_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY: Final = [
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_READABLE: Final = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Allow, Calcigraph-Version, Content-Location, Content-Range, ETag, Link, Location, Retry-After",
    ),
]
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Where POST reads as well.
_QUERIES: Final = ("/sparql", "/sparql/")
_NAMES: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z, \t]+")
# Two versions are in use while the data change.
_MOST_VERSIONS: Final = 16


@lru_cache(_MOST_VERSIONS)
def of_version(version: str, is_readable: bool) -> CommonHeaders:
    """What every response from this version of the data has; whether any page may read it (Fetch standard,
    section 3.2)."""
    named = [(b"calcigraph-version", version.encode())] if version else []
    return CommonHeaders([*named, *_SECURITY, *(_READABLE if is_readable else [])])


def is_readable(head: RequestHead | None) -> bool:
    """Whether a request reads; one that could not be understood changes nothing either."""
    return head is None or head.method in _READING or head.path in _QUERIES


def of_preflight(head: RequestHead, allow: bytes) -> HeaderFields:
    """What a page is told that asks beforehand (Fetch standard, section 3.3.5): any header field may be sent.

    They are repeated by their names, because `*` does not mean `Authorization`.
    """
    asked = head.fields.get(b"access-control-request-headers", b"")
    return [
        (b"access-control-allow-methods", allow),
        (b"access-control-allow-headers", asked if _NAMES.fullmatch(asked) else b"*"),
        (b"access-control-max-age", b"86400"),
    ]
