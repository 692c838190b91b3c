"""A request's bytes in, the complete reply that it had before out: for those that are sent again and again.

What is kept here saves reading the request and writing the head of its answer, not the query, which the
pool keeps the answers of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

# Method, query string, and what of the headers decides on the answer.
RequestKey = tuple[str, bytes, bytes | None, bytes | None]
HeaderFields = list[tuple[bytes, bytes]]

_MOST_BYTES: Final = 16 << 20
# One reply may not push out all others.
_SHARE: Final = 64
_ENTRY_BYTES: Final = 2500


class Common:
    """The header fields that all replies have, which are written once."""

    def __init__(self, fields: HeaderFields) -> None:
        self.fields = fields
        self.lines = _lines(fields)


@dataclass(frozen=True)
class HttpResponse:
    """A complete answer; header names in lower case."""

    status: int
    own: HeaderFields
    common: Common
    content: bytes

    @property
    def fields(self) -> HeaderFields:
        """All header fields."""
        return self.own + self.common.fields

    @cached_property
    def head(self) -> bytes:
        """The header fields as HTTP/1.1 has them, each with its line break."""
        return _lines(self.own) + self.common.lines


class ResponseCache:
    """The replies to requests for what does not change, for one version of the data, the least recently
    used one leaving first. Within 16 MiB; `size` are the bytes taken. Only for one thread."""

    def __init__(self) -> None:
        self._replies: OrderedDict[RequestKey, HttpResponse] = OrderedDict()
        self.version = 0
        self.size = 0

    def __iter__(self) -> Iterator[HttpResponse]:
        return iter(self._replies.values())

    def get(self, key: RequestKey, version: int) -> HttpResponse | None:
        """The reply to `key` at `version` of the data, if it is still kept."""
        if version != self.version:
            return None
        reply = self._replies.get(key)
        if reply is not None:
            self._replies.move_to_end(key)
        return reply

    def put(self, key: RequestKey, version: int, reply: HttpResponse) -> None:
        """Keep `reply`, unless it is too large."""
        if version < self.version:
            # An answer that took long, from data that are no longer the newest.
            return
        if version > self.version:
            self._replies.clear()
            self.version, self.size = version, 0
        size = _size(key, reply)
        if size * _SHARE > _MOST_BYTES or key in self._replies:
            return
        self._replies[key] = reply
        self.size += size
        while self.size > _MOST_BYTES:
            self.size -= _size(*self._replies.popitem(last=False))


def _size(key: RequestKey, reply: HttpResponse) -> int:
    return _ENTRY_BYTES + len(reply.content) + sum(len(part) for part in key if part)


def _lines(fields: HeaderFields) -> bytes:
    return b"".join([b"%b: %b\r\n" % field for field in fields])
