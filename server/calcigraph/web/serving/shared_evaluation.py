"""A query in, and the requests that wait for its answer: one evaluation for all of them."""

from __future__ import annotations

from typing import Final

from calcigraph.pool import Attempt, Query
from calcigraph.web.in_flight import InFlight

# Fewer who wait are not looked through for those who have left.
_FEW: Final = 16
# A query, and the number of the edition that it was asked about.
EvaluationKey = tuple[Query, int]


class SharedEvaluation:
    """One evaluation of `query`, for the requests in `waiting`, in the order in which they came.

    Others may join it by its `key`; None where nobody may. `attempt` is the evaluation itself, None before
    and after it. `limit_s` is its time limit from `since` on (of the monotonic clock), and that of each who
    waits, from when that one came; `descriptor` is where its worker is listened to, -1 where it is not.
    """

    __slots__ = ("_most", "attempt", "descriptor", "key", "limit_s", "query", "since", "waiting")

    def __init__(self, query: Query, key: EvaluationKey | None, waiting: list[InFlight]) -> None:
        self.query = query
        self.key = key
        self.waiting = waiting
        self.attempt: Attempt | None = None
        self.since = self.limit_s = 0.0
        self.descriptor = -1
        self._most = _FEW

    def join(self, in_flight: InFlight) -> None:
        """Let one more wait for it. Whoever has left is forgotten now and then, so that no more wait than
        twice as many as are there: one who asks and leaves again and again would else fill the memory until
        it ends. Cost: constant, on average."""
        self.waiting.append(in_flight)
        if len(self.waiting) > self._most:
            self.waiting = self.taken()
            self._most = max(_FEW, 2 * len(self.waiting))

    def gone(self) -> bool:
        """Whether all who wait have left. From any thread."""
        return all(in_flight.has_left for in_flight in self.waiting)

    def taken(self) -> list[InFlight]:
        """Those who wait and have not left, or the first where all have; then nobody waits any more."""
        waiting, self.waiting = self.waiting, []
        return [in_flight for in_flight in waiting if not in_flight.has_left] or waiting[:1]

    def late(self, now: float) -> list[InFlight]:
        """Those whose own deadline has passed, while others wait: they do not wait any more."""
        found = []
        while len(self.waiting) > 1 and self.waiting[0].since + self.limit_s <= now:
            found.append(self.waiting.pop(0))
        return found
