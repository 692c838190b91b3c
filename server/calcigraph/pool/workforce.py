"""The workers of a pool: which are idle, busy or being ended, and which are missing or outdated."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.pool.fork_server import ForkServer
from calcigraph.pool.memory import Memory
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.worker import Worker

# A process that is killed frees its memory first, which takes processor time: so one after the other.
_KILL_S: Final = 0.5
_LOOK_S: Final = 1.0


class Workforce:
    """The workers of one fork server, each `idle`, `busy` or `ending`. `parts` are those of the replica that
    all of them are to have; once it `is_closed`, no worker is kept.

    The caller holds the scheduler's lock, but for what says that it takes long.
    """

    def __init__(self, fork_server: ForkServer, limits: QueryLimits, memory: Memory) -> None:
        self._fork_server = fork_server
        self._limits = limits
        self._memory = memory
        self.reserved = limits.spares // 2
        self.idle: deque[Worker] = deque(fork_server.fork(limits.workers + limits.spares))
        self.busy: set[Worker] = set()
        self.ending: deque[Worker] = deque()
        self.parts: frozenset[Part] = frozenset()
        self.is_closed = False
        # When busy workers, and idle ones, were looked at for whether they are lost.
        self._looked_at = 0.0
        self._dropped_at = 0.0

    def take(self, needs: frozenset[Part], warm: bool) -> Worker | None:
        """An idle worker that has these parts, and is not too far behind; the most recently used one where it
        is to be `warm`: its caches are, and the others keep their memory shared."""
        for worker in list(reversed(self.idle) if warm else self.idle):
            if self.is_current(worker) and needs <= worker.parts:
                self.idle.remove(worker)
                return worker
        return None

    def give_back(self, worker: Worker, grown_bytes: int) -> None:
        """A worker whose query has ended is idle again, or is dropped."""
        if self.is_closed or self._is_worn(worker, grown_bytes):
            self.drop(worker)
            return
        self.idle.append(worker)
        if len(self.idle) > self._limits.workers + self._limits.spares:
            self.drop(self.idle.popleft())

    def drop(self, worker: Worker) -> None:
        """Have a worker ended."""
        if self.is_closed:
            worker.end()
            return
        # One that is stopped takes no processor: it can wait until the supervisor ends it.
        if not worker.is_paused:
            worker.kill()
        self.ending.append(worker)

    def add(self, new: Worker | None, old: Worker | None) -> None:
        """A `new` worker, in the place of an `old` one where that is idle still."""
        if old is not None and old in self.idle:
            self.idle.remove(old)
            self.drop(old)
        if new is not None:
            if self.is_closed:
                new.end()
            else:
                self.idle.append(new)

    def drop_lost(self, now: float) -> None:
        """Once a second, take idle workers that were lost from among those that queries get. Cost: some 20
        microseconds for each idle one."""
        if now - self._dropped_at >= _LOOK_S:
            self._dropped_at = now
            for worker in [worker for worker in self.idle if worker.is_lost]:
                self.idle.remove(worker)
                self.drop(worker)

    def kill_stopped(self, now: float) -> None:
        """Once a second, kill busy workers that somebody else has stopped: their queries go to others."""
        if now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            for worker in self.busy:
                if not worker.has_ended and worker.is_lost:
                    worker.kill()

    def missing(self, places: int) -> int:
        """How many more workers are to be forked: the busy ones will be idle again, unless they are slowed,
        and there must be one for each query that may start (`places`)."""
        if self.is_closed:
            return 0
        coming_back = sum(not worker.is_slowed for worker in self.busy)
        wanted = self._limits.workers + self._limits.spares
        missing = max(wanted - coming_back, places + self.reserved) - self.ready()
        # Descriptors and memory are counted for so many.
        there = len(self.idle) + len(self.busy) + len(self.ending)
        return min(missing, self._limits.processes - there)

    def ready(self) -> int:
        """How many idle ones are not too far behind."""
        return sum(self.is_current(worker) for worker in self.idle)

    def outdated(self) -> list[Worker]:
        """Idle workers to be replaced: too far behind, without a part that is asked for, or grown."""
        now = time.monotonic()
        return [
            worker
            for worker in self.idle
            if not self.is_current(worker) or not self.parts <= worker.parts or self._is_grown(worker, now)
        ]

    def is_current(self, worker: Worker) -> bool:
        """Whether it is not too far behind the data."""
        return self._fork_server.diffs_since(worker.version) is not None

    def end_oldest(self) -> None:
        """End one of the workers that are to be ended. Without the lock: it takes milliseconds."""
        gone = self.ending.popleft() if self.ending else None
        if gone is not None:
            gone.kill()
            gone.await_end(_KILL_S)
            self._fork_server.forget(gone)

    def end_all(self) -> None:
        """End those that do nothing. Without the lock."""
        for worker in (*self.idle, *self.ending):
            worker.end()

    def _is_worn(self, worker: Worker, grown_bytes: int) -> bool:
        is_big = grown_bytes > self._limits.private_mib << 20
        return worker.is_slowed or (is_big and self._memory.share_left() < self._limits.memory_plenty)

    def _is_grown(self, worker: Worker, now: float) -> bool:
        """Whether an idle worker keeps much memory of its own that nobody has needed for a while."""
        if not worker.used_at or now - worker.used_at < self._limits.quiet_s:
            return False
        if worker.own_bytes() > self._limits.quiet_mib << 20:
            return True
        # It does not grow before it is used again.
        worker.used_at = 0.0
        return False
