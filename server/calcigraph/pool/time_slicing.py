"""Long queries in, the few of them that run at once out: the others are stopped until it is their turn.

What a short query waits for is a processor, and each process that never sleeps makes that wait longer:
beside 4 long queries on 2 processors the 95th percentile of a point query was 11 ms, beside 25 of them
240 ms, whatever their priority. So one processor is left to short queries, and long ones share the rest
by turns: 12 ms beside 25, and 14 ms beside 100 that came at once, on a million triples. Who has had
least goes first (least attained service): a query of 0.3 s is done soon although fifty endless ones are
about. A process that is stopped holds no lock of the system, costs no processor time, and can be
killed; its deadline goes on.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Final

from calcigraph.pool.worker import Worker

# Turns: each costs two signals and, once it is back, a cold processor cache.
_SHORTEST_S: Final = 0.01
_LONGEST_S: Final = 0.1
# A query that sleeps, and has taken less of its turn than this, waits for its reader: it takes no turn
# from others.
_CPU_BOUND_SHARE: Final = 0.2
_TOO_SOON_S: Final = 0.01
# Of processor time; from then on, beside others, the process is one of lower priority, and is replaced
# in the end.
_SLOWED_AFTER_S: Final = 1.0
# After a short query: how long one processor is kept free for the next.
_EXPECT_MORE_S: Final = 0.25
# Where there are more long queries than a few, a backlog is let in at this pace: to start each takes more
# of the processors (a fork, and what the new process makes its own) than to see that it is long.
_FEW: Final = 8
_PACE_S: Final = 0.03
# A backlog that does not end does not keep long queries from going on for longer than this.
_STARVED_S: Final = 1.0


@dataclass(eq=False)
class _Long:
    """A worker with a long query: the processor time (s) that this has had at the last look."""

    worker: Worker
    cpu_used_s: float
    looked_at: float = field(default_factory=time.monotonic)
    is_cpu_bound: bool = True

    def look(self, now: float, yields: bool) -> None:
        """See how much it has had since the last look; whether it `yields` to others from now on."""
        if self.worker.is_paused or now - self.looked_at < _TOO_SOON_S:
            return
        cpu_used_s = self.worker.cpu_used_s()
        ate = cpu_used_s - self.cpu_used_s > _CPU_BOUND_SHARE * (now - self.looked_at)
        self.is_cpu_bound = ate or not self.worker.is_asleep()
        self.cpu_used_s, self.looked_at = cpu_used_s, now
        if yields and cpu_used_s >= _SLOWED_AFTER_S and not self.worker.is_slowed:
            self.worker.lower_priority()


class TimeSlicing:
    """The workers whose queries are long, and those that are let in from a backlog, which may be. Not for
    two threads at a time."""

    def __init__(self) -> None:
        self._processors = len(os.sched_getaffinity(0))
        self._long: dict[Worker, _Long] = {}
        self._admitted: set[Worker] = set()
        self._admitted_at = 0.0
        self._short_until = 0.0
        self._went_on_at = 0.0

    def __len__(self) -> int:
        """How many are long."""
        return len(self._long)

    def __contains__(self, worker: Worker) -> bool:
        """Whether its query is long."""
        return worker in self._long

    @property
    def can_admit(self) -> bool:
        """Whether another one of a backlog can be let in."""
        is_early = len(self._long) > _FEW and time.monotonic() < self._admitted_at + _PACE_S
        return len(self._admitted) < self._places() and not is_early

    def admit(self, worker: Worker) -> None:
        """`worker` has a query of a backlog, and runs in the place of one that is long already."""
        self._admitted.add(worker)
        self._admitted_at = time.monotonic()
        self.rotate()

    def join(self, worker: Worker) -> None:
        """From now on `worker` runs when it is its turn, which it is now if others have had more."""
        self._admitted.discard(worker)
        self._long[worker] = _Long(worker, worker.cpu_used_s())
        self.rotate()

    def leave(self, worker: Worker) -> None:
        """`worker` has ended its query, or is to be ended; harmless where it has not joined."""
        if worker in self._long or worker in self._admitted:
            self._long.pop(worker, None)
            self._admitted.discard(worker)
            self.rotate()

    def expect_short(self) -> None:
        """A short query has come, and others may: one processor is theirs."""
        self._short_until = time.monotonic() + _EXPECT_MORE_S

    def rotate(self) -> float:
        """Let those go on that have had least, as many as there are processors for, and stop the
        others; seconds until that is to be done again. Cost: microseconds for each that has joined."""
        now = time.monotonic()
        for long in self._long.values():
            # Alone it is in nobody's way, and priority cannot be given back: its process would be lost.
            long.look(now, yields=len(self._long) > 1 or now < self._short_until)
        runnable = sorted(
            (long for long in self._long.values() if long.is_cpu_bound), key=lambda long: long.cpu_used_s
        )
        places = self._places() - len(self._admitted)
        if places <= 0 and now - self._went_on_at > _STARVED_S:
            places = 1
        if places > 0:
            self._went_on_at = now
        for long in runnable[places:]:
            long.worker.pause()
        for long in runnable[:places]:
            long.worker.resume()
        return min((_turn_s(long) for long in runnable[:places]), default=_LONGEST_S)

    def _places(self) -> int:
        return max(1, self._processors - (time.monotonic() < self._short_until))


def _turn_s(long: _Long) -> float:
    """As long as what it has had, so that who has had little is soon through its first turns."""
    return min(max(long.cpu_used_s, _SHORTEST_S), _LONGEST_S)
