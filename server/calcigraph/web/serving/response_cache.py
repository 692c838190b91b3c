"""A request's bytes in, the whole response that it had before out: for those that are sent often.

What is kept here saves reading the request and writing the head of its answer, not the query, which the
pool keeps the answers of.
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
    """The responses to requests for what does not change, for one version of the data, the least recently
    used one leaving first. Within 16 MiB; `size` are the bytes taken. Only for one thread."""

    def __init__(self) -> None:
        self._responses: OrderedDict[RequestKey, HttpResponse] = OrderedDict()
        self.version = 0
        self.size = 0

    def __iter__(self) -> Iterator[HttpResponse]:
        return iter(self._responses.values())

    def get(self, key: RequestKey, version: int) -> HttpResponse | None:
        """The response to `key` at `version` of the data, if it is still kept."""
        if version != self.version:
            return None
        response = self._responses.get(key)
        if response is not None:
            self._responses.move_to_end(key)
        return response

    def put(self, key: RequestKey, version: int, response: HttpResponse) -> None:
        """Keep `response`, unless it is too large."""
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
    return _ENTRY_BYTES + len(response.content) + sum(len(part) for part in key if part)
