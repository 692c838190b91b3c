"""Those who wait for a worker in, whose turn is next out.

No order is good alone. If the oldest always goes first, a short query waits for the whole backlog of
long ones that came before it; if the newest does, or what looks short, others may wait for ever. So
who has come just now goes first for a moment, and is then one of a backlog, in which those who came
first and those whose query looks short take turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Final, Protocol

from calcigraph.engine.replica import Part
from calcigraph.errors import Problem
from calcigraph.pool.worker import Worker

_JUST_NOW_S: Final = 0.05


class Waiter(Protocol):
    """A query that waits for a worker, as the queue and the scheduler see it (it is a `Run`).

    `deadline` and `since` are moments of the monotonic clock; `needs` the parts of the replica without which
    it cannot be answered. Once there is a `worker` or a `problem`, `called` is called, by any thread; it must
    not block.
    """

    deadline: float
    since: float
    needs: frozenset[Part]
    called: Callable[[], None]
    worker: Worker | None
    problem: Problem | None

    @property
    def breadth(self) -> int:
        """How long its query may take, as far as its text shows: a smaller number is likely sooner done."""


def is_in_backlog(waiter: Waiter) -> bool:
    """Whether it has waited so long that others have come meanwhile, or could."""
    return time.monotonic() - waiter.since > _JUST_NOW_S


class WaitingQueue:
    """The waiters of those who wait, in the order in which they came. Not for two threads at a time."""

    def __init__(self) -> None:
        self._waiters: dict[Waiter, None] = {}
        self._by_breadth = True

    def __len__(self) -> int:
        return len(self._waiters)

    def backlog(self) -> Iterator[Waiter]:
        """All by rank: by turns who came first, and whose query looks as if it were done first."""
        waiters = list(self._waiters)
        return iter(sorted(waiters, key=lambda waiter: waiter.breadth) if self._by_breadth else waiters)

    def newest(self) -> Iterator[Waiter]:
        """Those who have come just now by rank: whose query looks as if it were done first."""
        new = takewhile(lambda waiter: not is_in_backlog(waiter), reversed(list(self._waiters)))
        return iter(sorted(new, key=lambda waiter: waiter.breadth))

    def join(self, waiter: Waiter) -> None:
        """Wait from now on."""
        self._waiters[waiter] = None

    def leave(self, waiter: Waiter) -> None:
        """Wait no longer; harmless for who does not."""
        self._waiters.pop(waiter, None)

    def serve(self, waiter: Waiter, worker: Worker) -> None:
        """Give `worker` to who holds `waiter`."""
        self.leave(waiter)
        if is_in_backlog(waiter):
            self._by_breadth = not self._by_breadth
        waiter.worker = worker
        waiter.called()

    def fail_all(self, problem: Problem) -> None:
        """Tell all that nobody will serve them."""
        while self._waiters:
            waiter, _ = self._waiters.popitem()
            waiter.problem = problem
            waiter.called()
