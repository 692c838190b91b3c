"""What a client accepts and what a response is in; whether it is compressed, and its bytes then, out.

See RFC 9110 sections 8.4.1 and 12.5.3.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from typing import Final

from calcigraph.web.protocol.request_head import RequestHead

LEAST_BYTES: Final = 1024
TAG_SUFFIX: Final = b".gz"
"""What the entity tag of a compressed variant ends with."""
_LEVEL: Final = 5
_TEXTUAL: Final = (
    *(b"text/", b"application/json", b"application/sparql", b"application/ld", b"application/n-"),
    *(b"application/xml", b"application/rdf+xml", b"application/trig", b"application/problem+json"),
    b"image/svg+xml",
)
_QVALUE: Final = re.compile(rb"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)
_USUAL_HEADER: Final = 256


@lru_cache(64)
def is_textual(content_type: bytes) -> bool:
    """Whether content of this type is compressed for those who accept that."""
    return content_type.startswith(_TEXTUAL)


def takes_gzip(accept_encoding: bytes | None) -> bool:
    """Whether a client would rather have the content compressed with gzip than as it is."""
    if accept_encoding is None:
        return False
    return (_takes_gzip if len(accept_encoding) <= _USUAL_HEADER else _takes_gzip.__wrapped__)(
        accept_encoding
    )


def is_wanted(content_type: bytes, head: RequestHead) -> bool:
    """Whether the client is sent content of this type compressed, where it is long enough."""
    return is_textual(content_type) and takes_gzip(head.fields.get(b"accept-encoding"))


@lru_cache(256)
def _takes_gzip(accept_encoding: bytes) -> bool:
    qualities = dict(filter(None, map(_quality, accept_encoding.lower().split(b","))))
    other = qualities.get(b"*", 0.0)
    # The two names mean the same (section 8.4.1.3).
    packed = max(qualities.get(name, -1.0) for name in (b"gzip", b"x-gzip"))
    packed = other if packed < 0 else packed
    return packed > 0 and packed >= qualities.get(b"identity", other)


def _quality(member: bytes) -> tuple[bytes, float] | None:
    """A coding and its weight; None for a malformed member, which names nothing."""
    name, _, parameter = member.partition(b";")
    if not parameter:
        return name.strip(b" \t"), 1.0
    weight = _QVALUE.fullmatch(parameter.strip(b" \t"))
    return None if weight is None else (name.strip(b" \t"), float(weight[1]))


def packed(content: bytes) -> bytes:
    """`content` compressed with gzip. Cost: some 20 ms for a megabyte.

    Without a time in it, the same content has the same bytes, as a strong ETag promises.
    """
    return gzip.compress(content, _LEVEL, mtime=0)
