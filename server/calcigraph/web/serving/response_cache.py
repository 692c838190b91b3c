"""A request's bytes in, the response that the same request had before out.

It saves reading the request and writing the head of the response. The answers of queries are also in the
pool's cache, which other requests for the same query can use.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Final

from calcigraph.web.protocol.http_response import HttpResponse

# Method, query string, and what of the headers decides on the answer.
RequestKey = tuple[str, bytes, bytes | None, bytes | None]

_MOST_BYTES: Final = 16 << 20
# One response may not push out all others.
_SHARE: Final = 64
_ENTRY_BYTES: Final = 2500


class ResponseCache:
    """The responses of one version of the data, within 16 MiB; the least recently used one is dropped first
    (LRU).

    `size` is the number of bytes taken. For one thread.
    """

    def __init__(self) -> None:
        self._responses: OrderedDict[RequestKey, HttpResponse] = OrderedDict()
        self.version = 0
        self.size = 0

    def __iter__(self) -> Iterator[HttpResponse]:
        return iter(self._responses.values())

    def get(self, key: RequestKey, version: int) -> HttpResponse | None:
        """The response to `key` at `version` of the data; None where it is not kept."""
        if version != self.version:
            return None
        response = self._responses.get(key)
        if response is not None:
            self._responses.move_to_end(key)
        return response

    def put(self, key: RequestKey, version: int, response: HttpResponse) -> None:
        """Keep `response`, unless it takes more than a 64th of the cache; a new version empties the cache."""
        if version < self.version:
            # An answer that took long, from data that are no longer the newest.
            return
        if version > self.version:
            self._responses.clear()
            self.version, self.size = version, 0
        size = _size(key, response)
        if size * _SHARE > _MOST_BYTES or key in self._responses:
            return
        self._responses[key] = response
        self.size += size
        while self.size > _MOST_BYTES:
            self.size -= _size(*self._responses.popitem(last=False))


def _size(key: RequestKey, response: HttpResponse) -> int:
    content = response.content
    assert isinstance(content, bytes), "an answer that is known whole"
    return _ENTRY_BYTES + len(content) + len(response.lines) + sum(len(part) for part in key if part)
