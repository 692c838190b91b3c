"""Queries in, the answers they had before out: whole answers, within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Final

from calcigraph.pool.answer import Answer, Body, Query

_Key = tuple[str, tuple[str, ...], tuple[str, ...], bool, str | None, str | None, str | None]
# One answer may not push out all others.
_SHARE: Final = 16
# What an entry takes besides its texts.
_ENTRY_BYTES: Final = 1000


class Cache:
    """Complete answers by query and version, the least recently used one leaving first.

    An answer counts for one version of the data; a new one empties the cache.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()
        self._version = 0
        self.size = 0

    def get(self, query: Query, version: int) -> Answer | None:
        """The answer that `query` had at `version`, if it is still kept."""
        key = _key(query)
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.version != version:
                return None
            self._answers.move_to_end(key)
        assert answer.content is not None
        return replace(answer, body=Body([answer.content], None))

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
            self._answers[key] = replace(answer, body=Body([], None))
            self.size += size
            while self.size > self._most:
                old_key, old = self._answers.popitem(last=False)
                self.size -= _size(old_key[0], old.content or b"")


def _key(query: Query) -> _Key:
    """All of a query but its deadline, which does not change an answer that came before it."""
    return (
        query.text,
        query.default_graphs,
        query.named_graphs,
        query.inference,
        query.results_format,
        query.graph_format,
        query.base_iri,
    )


def _size(text: str, content: bytes) -> int:
    return len(content) + 2 * len(text) + _ENTRY_BYTES
