"""The `Range` and `If-Range` of a request in, the bytes of a representation that are asked for out.

See RFC 9110, sections 13.1.5 and 14. A request for several ranges is answered with everything, as section
14.2 allows.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from calcigraph.web.protocol.request_problems import RangeUnsatisfiable

# More digits than any file has bytes; section 14.1.2.
_ONE: Final = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


class ByteRange(NamedTuple):
    """Bytes from `start` on, `length` of them."""

    start: int
    length: int


def asked_range(field: str | None, size: int) -> ByteRange | None:
    """The range that the value of `Range` asks for of `size` bytes; None where there is none, or none that is
    understood, and so all is to be sent.

    Raises: RangeUnsatisfiable.
    """
    found = _ONE.fullmatch(field) if field is not None and len(field) < 64 else None
    if found is None:
        return None
    first, last = (int(digits) if digits else None for digits in found.groups())
    if first is None:
        return _suffix(last, size)
    if last is not None and last < first:
        return None
    if first >= size:
        raise RangeUnsatisfiable(size)
    return ByteRange(first, min(size if last is None else last + 1, size) - first)


def _suffix(length: int | None, size: int) -> ByteRange | None:
    """The last `length` bytes."""
    if length is None:
        return None
    if not length or not size:
        raise RangeUnsatisfiable(size)
    return ByteRange(max(size - length, 0), min(length, size))


def is_current(if_range: str | None, etag: str, last_modified: str | None) -> bool:
    """Whether the client has a part of just this representation, as `If-Range` says; `etag` with its quotes.
    A weak tag never matches, nor does any date but the very same."""
    return if_range is None or if_range.strip() in (etag, last_modified)
