"""Those who wait for a worker in, whose turn is next out.

No order is good alone. If the oldest always goes first, a short query waits for the whole backlog of
long ones that came before it; if the newest does, or what looks short, others may wait for ever. So
who has come just now goes first for a moment, and is then one of a backlog, in which those who came
first and those whose query looks short take turns.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.errors import Problem
from calcigraph.pool.worker import Worker

_JUST_NOW_S: Final = 0.05
_VARIABLE: Final = re.compile(r"[?$]\w+")


@dataclass(eq=False)
class Ticket:
    """One who waits: what for, how to wake them, and what they are given in the end.

    `text` is the query. `called` is called, by any thread, once there is a worker or a problem; it must
    not block.
    """

    deadline: float
    needs: frozenset[Part]
    text: str
    called: Callable[[], None]
    since: float = field(default_factory=time.monotonic)
    worker: Worker | None = None
    problem: Problem | None = None

    @cached_property
    def breadth(self) -> int:
        """How many variables the query has: there may be as many solutions to look at as there are terms
        to the power of this."""
        return len(set(_VARIABLE.findall(self.text)))

    @property
    def is_in_backlog(self) -> bool:
        """Whether others have come meanwhile that wait as well, or could."""
        return time.monotonic() - self.since > _JUST_NOW_S


class WaitingQueue:
    """The tickets of those who wait, in the order in which they came. Not for two threads at a time."""

    def __init__(self) -> None:
        self._tickets: dict[Ticket, None] = {}
        self._by_breadth = True

    def __len__(self) -> int:
        return len(self._tickets)

    def backlog(self) -> Iterator[Ticket]:
        """All by rank: by turns who came first, and whose query looks as if it were done first."""
        tickets = list(self._tickets)
        return iter(sorted(tickets, key=lambda ticket: ticket.breadth) if self._by_breadth else tickets)

    def newest(self) -> Iterator[Ticket]:
        """Those who have come just now by rank: whose query looks as if it were done first."""
        new = takewhile(lambda ticket: not ticket.is_in_backlog, reversed(list(self._tickets)))
        return iter(sorted(new, key=lambda ticket: ticket.breadth))

    def join(self, ticket: Ticket) -> None:
        """Wait from now on."""
        self._tickets[ticket] = None

    def leave(self, ticket: Ticket) -> None:
        """Wait no longer; harmless for who does not."""
        self._tickets.pop(ticket, None)

    def serve(self, ticket: Ticket, worker: Worker) -> None:
        """Give `worker` to who holds `ticket`."""
        self.leave(ticket)
        if ticket.is_in_backlog:
            self._by_breadth = not self._by_breadth
        ticket.worker = worker
        ticket.called()

    def fail_all(self, problem: Problem) -> None:
        """Tell all that nobody will serve them."""
        while self._tickets:
            ticket, _ = self._tickets.popitem()
            ticket.problem = problem
            ticket.called()
