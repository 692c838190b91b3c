"""Long queries in, those that run at the moment out: the others are stopped until their time slice.

A short query waits for a processor, and each process that never sleeps makes it wait longer:
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

# The length of a time slice. Each costs two signals, and a processor cache that has to be filled again.
_SHORTEST_S: Final = 0.01
_LONGEST_S: Final = 0.1
# A query that sleeps, and has used less of a processor than this share, waits for its client to read: it is
# not stopped, and takes no slice from others.
_CPU_BOUND_SHARE: Final = 0.2
_TOO_SOON_S: Final = 0.01
# Processor time after which a query that runs beside others gets a lower priority; its worker is replaced
# at its end.
_SLOWED_AFTER_S: Final = 1.0
# How long one processor is kept free after a short query, for the next one.
_EXPECT_MORE_S: Final = 0.25
# Where more than a few queries are long, those of the backlog are admitted at this pace: to start one (a
# fork, and the pages that the new process copies) takes more than to find out that it is long.
_FEW: Final = 8
_PACE_S: Final = 0.03
# After this long without a slice, one long query runs although the backlog goes on.
_STARVED_S: Final = 1.0


@dataclass(eq=False)
class _Long:
    """A worker with a long query: the processor time (s) that the query had used at the last look."""

    worker: Worker
    cpu_used_s: float
    looked_at: float = field(default_factory=time.monotonic)
    is_cpu_bound: bool = True

    def look(self, now: float, yields: bool) -> None:
        """See how much processor time it has used since the last look; where it `yields` to others, lower the
        priority of one that has used much."""
        if self.worker.is_paused or now - self.looked_at < _TOO_SOON_S:
            return
        cpu_used_s = self.worker.cpu_used_s()
        used_its_share = cpu_used_s - self.cpu_used_s > _CPU_BOUND_SHARE * (now - self.looked_at)
        self.is_cpu_bound = used_its_share or not self.worker.is_asleep()
        self.cpu_used_s, self.looked_at = cpu_used_s, now
        if yields and cpu_used_s >= _SLOWED_AFTER_S and not self.worker.is_slowed:
            self.worker.lower_priority()


class TimeSlicing:
    """The workers whose queries are long, and those with a query of the backlog, which may be long. For one
    thread at a time."""

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
        """Whether another query of the backlog may start."""
        is_early = len(self._long) > _FEW and time.monotonic() < self._admitted_at + _PACE_S
        return len(self._admitted) < self._places() and not is_early

    def admit(self, worker: Worker) -> None:
        """`worker` has a query of the backlog, and runs in place of a long one."""
        self._admitted.add(worker)
        self._admitted_at = time.monotonic()
        self.rotate()

    def join(self, worker: Worker) -> None:
        """From now on `worker` runs by time slices; the first comes at once if others have used more."""
        self._admitted.discard(worker)
        self._long[worker] = _Long(worker, worker.cpu_used_s())
        self.rotate()

    def leave(self, worker: Worker) -> None:
        """The query of `worker` has ended, or is to be ended; does nothing where it has not joined."""
        if worker in self._long or worker in self._admitted:
            self._long.pop(worker, None)
            self._admitted.discard(worker)
            self.rotate()

    def reserve_processor(self) -> None:
        """Keep one processor free for a while, as a query has come that may be short."""
        self._short_until = time.monotonic() + _EXPECT_MORE_S

    def rotate(self) -> float:
        """Resume those that have used least, as many as there are processors for, and stop the others;
        seconds until that is to be done again. Cost: microseconds for each that has joined."""
        now = time.monotonic()
        for long in self._long.values():
            # One that is alone keeps its priority, which cannot be raised again: its worker would have to be
            # replaced.
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
        return min((_slice_s(long) for long in runnable[:places]), default=_LONGEST_S)

    def _places(self) -> int:
        return max(1, self._processors - (time.monotonic() < self._short_until))


def _slice_s(long: _Long) -> float:
    """As long as all that it has used so far, so that the first slices are short and soon repeated."""
    return min(max(long.cpu_used_s, _SHORTEST_S), _LONGEST_S)
