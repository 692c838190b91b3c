"""Queries that wait for a worker in, the order in which they get one out.

No order is good alone. If the oldest always goes first, a short query waits for the whole backlog of long
ones that came before it; if the newest does, or what looks short, others may wait for ever. So a query goes
first for a moment after it has come, and then is in the backlog, where the oldest and the one that looks
shortest go first by turns.
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
    """Whether it has waited for longer than a moment (`_JUST_NOW_S`)."""
    return time.monotonic() - waiter.since > _JUST_NOW_S


class WaitingQueue:
    """The queries that wait, in the order in which they came. For one thread at a time."""

    def __init__(self) -> None:
        self._waiters: dict[Waiter, None] = {}
        self._by_breadth = True

    def __len__(self) -> int:
        return len(self._waiters)

    def backlog(self) -> Iterator[Waiter]:
        """All of them: by turns the oldest first, and the one that looks shortest first."""
        waiters = list(self._waiters)
        return iter(sorted(waiters, key=lambda waiter: waiter.breadth) if self._by_breadth else waiters)

    def newest(self) -> Iterator[Waiter]:
        """Those that have come just now, the one that looks shortest first."""
        new = takewhile(lambda waiter: not is_in_backlog(waiter), reversed(list(self._waiters)))
        return iter(sorted(new, key=lambda waiter: waiter.breadth))

    def join(self, waiter: Waiter) -> None:
        """Put `waiter` into the queue."""
        self._waiters[waiter] = None

    def leave(self, waiter: Waiter) -> None:
        """Take `waiter` out of the queue; does nothing where it is not in it."""
        self._waiters.pop(waiter, None)

    def assign(self, waiter: Waiter, worker: Worker) -> None:
        """Give `worker` to `waiter`, and take that out of the queue."""
        self.leave(waiter)
        if is_in_backlog(waiter):
            self._by_breadth = not self._by_breadth
        waiter.worker = worker
        waiter.called()

    def fail_all(self, problem: Problem) -> None:
        """Give `problem` to all, and empty the queue."""
        while self._waiters:
            waiter, _ = self._waiters.popitem()
            waiter.problem = problem
            waiter.called()
