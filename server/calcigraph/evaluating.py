"""Which file of a root is being evaluated, told to whoever watches.

A rule, a lint, a question or a shape is a program that may never end, and a library that evaluates it can
not be told to stop. So what evaluates one says so, and somebody in another process sees to its end (see
`evaluated_apart`). Where nobody watches, nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from calcigraph.errors import Place


@dataclass(frozen=True)
class Evaluation:
    """What is evaluated: for which check, where it stands, and which node of that file it is, if any."""

    check: str
    place: Place
    node: str = ""

    def __str__(self) -> str:
        return f"{self.check}: {self.place}{' ' if self.node else ''}{self.node}"


# An evaluation that begins, a name of other work that begins, or None where one of them has ended.
Step = Evaluation | str | None
Watcher = Callable[[Step], None]
_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def evaluating(check: str, place: Place, node: str = "") -> Iterator[None]:
    """What is done in this context is the evaluation of that file. Cost: a microsecond where nobody
    watches."""
    with _told(Evaluation(check, place, node)):
        yield


@contextmanager
def working(name: str) -> Iterator[None]:
    """What is done in this context is other work, which has bounds of its own."""
    with _told(name):
        yield


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """What is evaluated in this context is told to `watcher`."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def tell(step: Step) -> None:
    """Tell of a step of another process, which this one sees to."""
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(step)


@contextmanager
def _told(step: Step) -> Iterator[None]:
    watcher = _WATCHER.get()
    if watcher is None:
        yield
        return
    watcher(step)
    try:
        yield
    finally:
        watcher(None)
