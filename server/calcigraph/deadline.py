"""How long whoever looks something up may wait: until a deadline, and only while somebody waits at all.

Where a request is answered, its deadline is set once, and what takes long asks for it (`check`); so that a
page ends at its deadline, or when its client leaves, whatever it was doing. Where none is set, there is no
end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

from calcigraph.errors import Problem

_LOOK_S: Final = 0.1
_LOOK_AFTER: Final = 1_000
_RETRY_AFTER_S: Final = 5
T = TypeVar("T")


class LookUpsTimedOut(Problem):
    """What was asked for was not there by its deadline; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "It took too long"

    def __init__(self, limit_s: float) -> None:
        super().__init__(
            f"What was asked for could not be put together within the limit of {limit_s:g} s.",
            f"Try again in {_RETRY_AFTER_S} s, or ask for less: by a query with a LIMIT, by a longer word.",
        )
        self.retry_after_s = _RETRY_AFTER_S


class LookUpsAbandoned(Problem):
    """Whoever asked has left; this is not sent to anybody."""

    title: ClassVar[str] = "The client has left"

    def __init__(self) -> None:
        super().__init__(
            "Whoever asked has closed the connection.",
            "Keep the connection open until the answer has arrived.",
        )


@dataclass(frozen=True)
class Deadline:
    """Until when (by `monotonic`), by which limit in seconds, and whether whoever asked has left."""

    deadline: float
    limit_s: float
    gone: Callable[[], bool] | None

    def check(self) -> None:
        """Raises: LookUpsTimedOut, LookUpsAbandoned."""
        if time.monotonic() > self.deadline:
            raise LookUpsTimedOut(self.limit_s)
        if self.gone is not None and self.gone():
            raise LookUpsAbandoned


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(limit_s: float, gone: Callable[[], bool] | None = None) -> Iterator[None]:
    """What is looked up in this context has `limit_s` seconds from now on."""
    token = _CURRENT.set(Deadline(time.monotonic() + limit_s, limit_s, gone))
    try:
        yield
    finally:
        _CURRENT.reset(token)


@contextmanager
def endless() -> Iterator[None]:
    """What is done in this context is done to its end."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def renew() -> None:
    """Begin anew with the whole time: what was waited for until now has a limit of its own."""
    current = _CURRENT.get()
    if current is not None:
        _CURRENT.set(Deadline(time.monotonic() + current.limit_s, current.limit_s, current.gone))


def check() -> None:
    """Do nothing while there is time. Cost: a fifth of a microsecond. Raises: LookUpsTimedOut,
    LookUpsAbandoned."""
    current = _CURRENT.get()
    if current is not None:
        current.check()


def watched(items: Iterable[T]) -> Iterator[T]:
    """The same items, with a look now and then whether somebody waits for what is made of them. Cost: a
    twentieth of a microsecond each. Raises: LookUpsTimedOut, LookUpsAbandoned."""
    for place, item in enumerate(items):
        if not place % _LOOK_AFTER:
            check()
        yield item


def left_s() -> float | None:
    """Seconds until the deadline, none below 0; None where there is no deadline."""
    current = _CURRENT.get()
    return None if current is None else max(current.deadline - time.monotonic(), 0.0)


class Once(Generic[T]):
    """A value that takes long to make: made when it is first asked for, in a thread of its own, for all who
    ask. Each waits until its own deadline; the making goes on for whoever comes next."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._begun: _Making[T] | None = None

    def get(self) -> T:
        """The value. Raises: LookUpsTimedOut, LookUpsAbandoned; what making it raises, and then the next one
        to ask has it tried again."""
        with self._lock:
            making = self._begun
            if making is None:
                making = self._begun = _Making(self._make)
                threading.Thread(target=making.run, daemon=True).start()
        while not making.done.wait(_LOOK_S):
            check()
        if making.error is not None:
            with self._lock:
                if self._begun is making:
                    self._begun = None
            raise making.error
        return making.found[0]


class _Making(Generic[T]):
    """One try."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self.done = threading.Event()
        self.found: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.found.append(self._make())
        except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
            self.error = error
        finally:
            self.done.set()
