"""Dictionaries that are changed in place, and earlier versions of all of them to go back to.

What is kept is one state, and for each other version that somebody holds the difference that leads to it
from a neighbour (Baker: Shallow Binding Makes Functional Arrays Fast, SIGPLAN Notices 26(8), 1991). To read
the version at hand costs nothing more than a dictionary; to read another one, the differences on the way.
A difference goes when nobody holds the version that it leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
Difference = list[tuple["Recorded[Any, Any]", Any, Any]]
"""What each entry was before it changed, the last change last; None where it was not there."""


class Version:
    """A state that some dictionaries had: `way` leads to it from the state of the version `near`; `known` has
    what was computed of this state and of no other one, by whoever did so."""

    __slots__ = ("known", "near", "way")

    def __init__(self) -> None:
        self.known: dict[object, dict[Any, Any]] = {}
        self.near: Version | None = None
        self.way: Difference = []


class History:
    """The versions of some dictionaries. One thread at a time uses the dictionaries: see `at`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._noted: Difference | None = None
        self._current = Version()

    @property
    def current(self) -> Version:
        """The version that the dictionaries are at."""
        return self._current

    @contextmanager
    def at(self, version: Version) -> Iterator[None]:
        """A block in which the dictionaries are at a version. Cost: the differences on the way there.

        Others wait for its end. What changes in the block, changes in the version itself.
        """
        with self._lock:
            self._go(version)
            yield

    @contextmanager
    def after(self, version: Version) -> Iterator[Version]:
        """A block whose changes make a new version of one. When it fails, it has changed nothing.

        Cost: that of `at`, and as much memory as the block changes, for as long as the old version is held.
        """
        with self.at(version):
            self._noted = []
            new = Version()
            try:
                yield new
            except BaseException:
                self._replay(self._taken())
                raise
            version.near, version.way = new, self._taken()
            self._current = new

    @contextmanager
    def completing(self, version: Version) -> Iterator[None]:
        """A block like that of `at`, which has changed nothing when it fails."""
        with self.at(version):
            self._noted = []
            try:
                yield
            except BaseException:
                self._replay(self._taken())
                raise
            self._noted = None

    def note(self, entries: Recorded[Any, Any], key: Any, old: Any) -> None:
        """Take note of what an entry is, before it changes."""
        if self._noted is not None:
            self._noted.append((entries, key, old))

    def _go(self, version: Version) -> None:
        path = []
        while version is not self._current:
            assert version.near is not None, "a version of another history"
            path.append(version)
            version = version.near
        for nearer in reversed(path):
            self._noted = []
            self._replay(nearer.way)
            self._current.near, self._current.way = nearer, self._taken()
            self._current, nearer.near, nearer.way = nearer, None, []

    def _taken(self) -> Difference:
        taken, self._noted = self._noted or [], None
        return taken

    def _replay(self, way: Difference) -> None:
        for entries, key, old in reversed(way):
            entries.set(key, old)


class Recorded(Generic[K, V]):
    """A dictionary of a `History`. No value in it is None, and none is changed in place."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._entries: dict[K, V] = {}

    def set(self, key: K, value: V | None) -> None:
        """Put a value in, in place of any other; None takes the entry out."""
        old = self._entries.get(key)
        if value is old:
            return
        self._history.note(self, key, old)
        if value is None:
            del self._entries[key]
        else:
            self._entries[key] = value

    def get(self, key: K) -> V | None:
        """The value of an entry, None where there is none."""
        return self._entries.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def values(self) -> Iterable[V]:
        """The values of all entries."""
        return self._entries.values()


class RecordedCounts(Recorded[K, int]):
    """How often something is there; what is there no time has no entry."""

    def count(self, key: K) -> int:
        """How often it is there."""
        return self._entries.get(key, 0)

    def add(self, keys: Iterable[K], times: int) -> None:
        """Count some more times (or, with a negative number, less), each as often as it is named."""
        for key in keys:
            self.set(key, self._entries.get(key, 0) + times or None)

    def elements(self) -> list[K]:
        """All of them, each as often as it is there."""
        return [key for key, times in self._entries.items() for _ in range(times)]
