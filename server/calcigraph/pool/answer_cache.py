"""Queries in, the answers that they had before out: whole answers, within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from calcigraph.pool.answer import Answer, Body, ByteSource, Query

_QueryKey = tuple[str, tuple[str, ...], tuple[str, ...], bool, str | None, str | None, str | None, bool]
# One answer may not push out all others, nor may those that are being copied.
_SHARE: Final = 4
_SHARE_OF_COPIES: Final = 2
# What an entry takes besides its texts.
_ENTRY_BYTES: Final = 1000


class AnswerCache:
    """Whole answers by query and version; the least recently used one is dropped first (LRU).

    An answer counts for one version of the data; a new one empties the cache. Copies of answers that
    are still being read are within the bound as well. `hits` and `misses` count the calls of `get`.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._answers: OrderedDict[_QueryKey, Answer] = OrderedDict()
        self._version = 0
        self.copied_bytes = 0
        self.size = 0
        self.hits = 0
        self.misses = 0

    def get(self, query: Query, version: int) -> Answer | None:
        """The answer that `query` had at `version`, if it is still kept."""
        key = _key(query)
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.version != version:
                self.misses += 1
                return None
            self.hits += 1
            self._answers.move_to_end(key)
        assert answer.content is not None
        return answer._replace(body=Body([answer.content], None))

    def put(self, query: Query, answer: Answer) -> None:
        """Keep `answer`, if it is complete, of the newest version and not too large."""
        if answer.content is None:
            return
        size = _size(query.text, answer.content)
        with self._lock:
            if answer.version > self._version:
                self._answers.clear()
                self._version, self.size = answer.version, 0
            key = _key(query)
            if size * _SHARE > self._most or answer.version < self._version or key in self._answers:
                return
            self._answers[key] = answer
            self.size += size
            self._make_room()

    def copied(self, query: Query, answer: Answer, pieces: list[bytes], source: ByteSource) -> ByteSource:
        """A source that reads from `source`, which goes on after `pieces`, and copies what is read: at its
        end the copy is kept as the content of `answer`, unless it has grown too large."""
        return _Copy(self, query, answer, pieces, source)

    def claim(self, size: int) -> bool:
        """Make room for `size` more bytes of a copy; False where copies have their share already."""
        with self._lock:
            if (self.copied_bytes + size) * _SHARE_OF_COPIES > self._most:
                return False
            self.copied_bytes += size
            self._make_room()
            return True

    def release(self, size: int) -> None:
        """Give back so many of the bytes that were claimed."""
        with self._lock:
            self.copied_bytes -= size

    def _make_room(self) -> None:
        while self._answers and self.size + self.copied_bytes > self._most:
            key, old = self._answers.popitem(last=False)
            self.size -= _size(key[0], old.content or b"")


class _Copy:
    """A source that copies what is read from it."""

    def __init__(
        self, cache: AnswerCache, query: Query, answer: Answer, pieces: list[bytes], source: ByteSource
    ) -> None:
        self._cache = cache
        self._query = query
        self._answer = answer
        self._source = source
        self._pieces: list[bytes] = []
        self._claimed = 0
        self._goes_on = True
        for piece in pieces:
            self._add(piece)

    def more(self) -> bytes | None:
        """The next piece, None at the end."""
        piece = self._source.more()
        if piece is not None:
            self._add(piece)
        elif self._goes_on:
            content = b"".join(self._pieces)
            self._drop()
            self._cache.put(self._query, self._answer._replace(content=content))
        return piece

    def abandon(self) -> None:
        """End the query, and drop the copy."""
        self._drop()
        self._source.abandon()

    def _add(self, piece: bytes) -> None:
        # Twice: at the end there are for a moment the pieces and the whole.
        if self._goes_on and self._cache.claim(2 * len(piece)):
            self._claimed += 2 * len(piece)
            self._pieces.append(piece)
        else:
            self._drop()

    def _drop(self) -> None:
        self._goes_on = False
        self._pieces.clear()
        self._cache.release(self._claimed)
        self._claimed = 0


def _key(query: Query) -> _QueryKey:
    """All of a query but its time limit: an answer that came in time is the same under any limit."""
    return (
        query.text,
        query.default_graphs,
        query.named_graphs,
        query.inference,
        query.results_format,
        query.graph_format,
        query.base_iri,
        query.explains_empty,
    )


def _size(text: str, content: bytes) -> int:
    return len(content) + 2 * len(text) + _ENTRY_BYTES
