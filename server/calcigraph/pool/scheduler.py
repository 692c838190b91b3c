"""Calls for a worker in, workers out: who is idle, who is busy, who is to be replaced.

Two threads attend to it, so that no query waits for them. The supervisor forks what is missing and ends
what is replaced, which takes milliseconds; the watchdog sees to it that long queries make way, and ends
what has run past its deadline unwatched.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.errors import Problem
from calcigraph.pool.background import BackgroundThread
from calcigraph.pool.fork_server import ForkServer
from calcigraph.pool.memory import Memory
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.query_problems import EngineUnavailable, QueueFull
from calcigraph.pool.time_slicing import TimeSlicing
from calcigraph.pool.waiting_queue import Waiter, WaitingQueue, is_in_backlog
from calcigraph.pool.worker import Worker

_RETRY_S: Final = 1.0
_LOOK_S: Final = 1.0
# Who waits for an answer looks at its deadline; the watchdog ends what nobody waits for, and comes later.
_GRACE_S: Final = 0.1
# Of processor time: how long a query keeps its place when others wait; most are done by then.
_QUANTUM_S: Final = 0.005
_SHED_AFTER_S: Final = 0.02
_SOONEST_S: Final = 0.002
# After someone had to wait: how long the watchdog looks out for more.
_EXPECT_MORE_S: Final = 0.1
# They get ready side by side; more than this would keep the first from those who wait for it.
_FORKED_AT_ONCE: Final = 2
# Where memory is short because of others, ending what has less would not help.
_MUCH_BYTES: Final = 64 << 20
# A process that is killed frees its memory first: one after the other, as many at once take every
# processor from those who have a query.
_KILL_S: Final = 0.5


class Scheduler:
    """The workers of one fork_server. All methods may be called from any thread."""

    def __init__(self, fork_server: ForkServer, limits: QueryLimits) -> None:
        self._fork_server = fork_server
        self._limits = limits
        self._kept = limits.spares // 2
        self._lock = threading.RLock()
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._gone: deque[Worker] = deque()
        self._time_slicing = TimeSlicing()
        self._waiting = WaitingQueue()
        self._memory = Memory()
        self._parts: frozenset[Part] = frozenset()
        self._trouble: Problem | None = None
        self._closed = False
        self._requested_at = 0.0
        self._idle.extend(fork_server.fork(limits.workers + limits.spares))
        self._supervisor = BackgroundThread("calcigraph-pool-supervisor", self._lock, self._keep)
        self._watchdog = BackgroundThread("calcigraph-pool-watchdog", self._lock, self._look)
        self._supervisor.start()
        self._watchdog.start()

    def request(self, waiter: Waiter) -> None:
        """Give the holder of `waiter` a worker with the parts that it needs, which can be brought to the
        version of the last publication: now where one is idle, else when its turn comes.

        Never waits. Who gives up has to `leave`. Raises: QueueFull, EngineUnavailable.
        """
        with self._lock:
            if not waiter.needs <= self._parts:
                self._parts |= waiter.needs
                self._supervisor.wake()
            worker = self._pick(waiter.needs)
            if worker is not None:
                self._employ(worker, waiter.deadline)
                waiter.worker = worker
                return
            if len(self._waiting) >= self._limits.queue:
                raise QueueFull(f"{len(self._waiting)} queries are waiting already.", self._retry_after_s())
            self._waiting.join(waiter)
            self._requested_at = time.monotonic()
            self._watchdog.wake(_QUANTUM_S)

    def leave(self, waiter: Waiter) -> None:
        """Wait no longer, and return the worker that has come nevertheless."""
        with self._lock:
            self._waiting.leave(waiter)
            worker, waiter.worker = waiter.worker, None
            if worker is not None:
                self.release_unused(worker)

    def release_unused(self, worker: Worker) -> None:
        """Return a worker that was taken and not used."""
        self.release(worker, worker.cpu_before_s, 0)

    def release(self, worker: Worker, cpu_s: float, grown_bytes: int) -> None:
        """Return a worker whose answer is complete, with the processor time and the memory of its own
        that it has taken since it was forked."""
        with self._lock:
            self._dismiss(worker)
            worker.resume()
            worker.cpu_before_s = cpu_s
            worker.deadline = None
            if self._closed or self._is_worn(worker, grown_bytes):
                self._drop(worker)
            else:
                self._idle.append(worker)
                if len(self._idle) > self._limits.workers + self._limits.spares:
                    self._drop(self._idle.popleft())
            self._serve()

    def is_long(self, worker: Worker) -> bool:
        """Whether its query has had its first moment. Where the processors are busy, this takes time."""
        return worker.cpu_used_s() >= _QUANTUM_S

    def is_preempted(self, worker: Worker) -> bool:
        """Whether its query has been preempted."""
        with self._lock:
            return worker in self._time_slicing

    def preempt(self, worker: Worker) -> bool:
        """Let the next query start although `worker` has not finished; False where too many are preempted.

        It goes on by turns with the others that are preempted, as far as it does not wait for its reader.
        """
        with self._lock:
            if worker not in self._time_slicing:
                if len(self._time_slicing) >= self._limits.long_queries:
                    return False
                self._time_slicing.join(worker)
                self._serve()
                self._watchdog.wake()
                self._supervisor.wake()
            return True

    def discard(self, worker: Worker) -> None:
        """Have a worker killed, whatever it does."""
        with self._lock:
            self._dismiss(worker)
            self._drop(worker)
            self._serve()

    def close(self) -> None:
        """End all workers; who waits gets EngineUnavailable."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
            self._waiting.fail_all(_stopping())
        self._supervisor.stop()
        self._watchdog.stop()
        for worker in (*self._idle, *self._gone):
            worker.end()

    def refresh(self) -> None:
        """Have workers that are too far behind replaced now rather than when they are needed."""
        with self._lock:
            if self._outdated():
                self._supervisor.wake()

    def counts(self) -> dict[str, int]:
        """How many workers are idle, busy and preempted, and how many callers wait."""
        with self._lock:
            return {
                "idle": len(self._idle),
                "busy": len(self._busy) - len(self._time_slicing),
                "preempted": len(self._time_slicing),
                "waiting": len(self._waiting),
            }

    def _pick(self, needs: frozenset[Part], warm: bool = True) -> Worker | None:
        if self._closed:
            raise _stopping()
        if self._places() <= 0:
            return None
        # The most recently used one: its caches are warm, and the others keep their memory shared.
        for worker in list(reversed(self._idle) if warm else self._idle):
            if self._is_current(worker) and needs <= worker.parts:
                self._idle.remove(worker)
                return worker
        if self._trouble is not None:
            raise self._trouble
        return None

    def _places(self) -> int:
        """How many more queries may start now."""
        return self._limits.workers - len(self._busy) + len(self._time_slicing)

    def _employ(self, worker: Worker, deadline: float) -> None:
        worker.deadline = deadline
        self._busy.add(worker)
        self._time_slicing.expect_short()

    def _dismiss(self, worker: Worker) -> None:
        self._busy.discard(worker)
        self._time_slicing.leave(worker)

    def _drop(self, worker: Worker) -> None:
        if self._closed:
            worker.end()
            return
        # One that is stopped takes no processor: it can wait until the supervisor ends it.
        if not worker.is_paused:
            worker.kill()
        self._gone.append(worker)
        self._supervisor.wake()

    def _is_worn(self, worker: Worker, grown_bytes: int) -> bool:
        is_big = grown_bytes > self._limits.private_mib << 20
        return worker.is_slowed or (is_big and self._memory.share_left() < self._limits.memory_plenty)

    def _is_current(self, worker: Worker) -> bool:
        return self._fork_server.diffs_since(worker.version) is not None

    def _serve(self) -> None:
        """Give the workers that are free to those who wait."""
        try:
            while self._waiting and self._places() > 0 and (found := self._match()) is not None:
                waiter, worker = found
                self._employ(worker, waiter.deadline)
                if is_in_backlog(waiter):
                    self._time_slicing.admit(worker)
                self._waiting.serve(waiter, worker)
        except Problem as problem:
            self._waiting.fail_all(problem)

    def _match(self) -> tuple[Waiter, Worker] | None:
        """Whose turn it is, and their worker.

        Who has come just now may have a short query, and is not to wait because a backlog of long ones
        came before: they get any place and the best workers. Who has waited for longer is in a backlog,
        which is let in as long ones are: some at a time, so that a processor is left.
        """
        if self._time_slicing.can_admit and self._ready() > self._kept:
            for waiter in self._waiting.backlog():
                worker = self._pick(waiter.needs, warm=not is_in_backlog(waiter))
                if worker is not None:
                    return waiter, worker
        for waiter in self._waiting.newest():
            worker = self._pick(waiter.needs)
            if worker is not None:
                return waiter, worker
        return None

    def _retry_after_s(self) -> int:
        return max(1, round(self._limits.timeout_s / 2))

    def _look(self) -> float:
        """What the watchdog does; seconds until it is to look again."""
        with self._lock:
            now = time.monotonic()
            for worker in self._busy:
                if worker.deadline is not None and now > worker.deadline + _GRACE_S:
                    # Nobody watches it: its caller is sending to a client that does not read.
                    worker.deadline = None
                    worker.kill()
            soonest_s = self._until_next_deadline(now)
            if now - self._requested_at < _EXPECT_MORE_S:
                # The next one is not to wake this thread: that would take more than to look.
                soonest_s = min(soonest_s, _QUANTUM_S)
            if self._waiting:
                self._serve()
                soonest_s = min(soonest_s, self._preempt_long())
            if self._time_slicing:
                soonest_s = min(soonest_s, self._time_slicing.rotate())
                self._watch_memory()
            return soonest_s

    def _preempt_long(self) -> float:
        """While someone waits, preempt who has had its first moment; seconds until the next look.

        Where too many are preempted already, who has had its second is ended: new queries go before old.
        """
        soonest_s = _QUANTUM_S
        for worker in list(self._busy):
            if worker in self._time_slicing or worker.is_shed:
                continue
            cpu_used_s = worker.cpu_used_s()
            if cpu_used_s >= _QUANTUM_S and self.preempt(worker):
                continue
            if cpu_used_s >= _SHED_AFTER_S:
                worker.is_shed = True
                worker.kill()
            else:
                soonest_s = min(soonest_s, max(_SOONEST_S, _QUANTUM_S - cpu_used_s))
        return soonest_s

    def _watch_memory(self) -> None:
        """Before the machine has none left, end the query that has taken most, if that is much."""
        if self._memory.left() < self._limits.memory_kept_free * self._memory.total:
            largest = max(self._busy, key=Worker.own_bytes)
            if largest.own_bytes() > _MUCH_BYTES:
                largest.is_too_big = True
                largest.kill()

    def _until_next_deadline(self, now: float) -> float:
        # A worker that is taken does not call the watchdog: its own caller looks at its deadline. Once it
        # is preempted, with an answer that may not be read, the watchdog has been called and knows it.
        soonest = min((w.deadline for w in self._busy if w.deadline is not None), default=float("inf"))
        return min(_LOOK_S, max(0.0, soonest - now) + _GRACE_S)

    def _keep(self) -> float:
        """What the supervisor does; seconds until it is to look again."""
        try:
            more = self._replace()
        except Problem as problem:
            with self._lock:
                self._trouble = problem
                self._serve()
            return _RETRY_S
        self._trouble = None
        return 0.0 if more else _LOOK_S

    def _replace(self) -> bool:
        """Fork first, then end one that is replaced; outside the lock, as the fork server may take its time.

        True where there is more to end.
        """
        for part in self._parts:
            self._fork_server.prepare(part)
        while (missing := self._missing()) > 0:
            for worker in self._fork_server.fork(min(missing, _FORKED_AT_ONCE)):
                self._take_in(worker, None)
        for worker in self._outdated():
            self._take_in(self._fork_server.fork()[0] if self._is_current(worker) else None, worker)
        gone = self._gone.popleft() if self._gone else None
        if gone is not None:
            gone.kill()
            gone.await_end(_KILL_S)
            self._fork_server.forget(gone)
        return bool(self._gone)

    def _take_in(self, new: Worker | None, old: Worker | None) -> None:
        with self._lock:
            if old is not None and old in self._idle:
                self._idle.remove(old)
                self._drop(old)
            if new is not None:
                if self._closed:
                    new.end()
                else:
                    self._idle.append(new)
            self._serve()

    def _missing(self) -> int:
        """How many more workers are to be ready: those at work are counted on to come back, and every
        place must find one."""
        with self._lock:
            if self._closed:
                return 0
            coming_back = sum(not worker.is_slowed for worker in self._busy)
            wanted = self._limits.workers + self._limits.spares
            return max(wanted - coming_back, self._places() + self._kept) - self._ready()

    def _ready(self) -> int:
        return sum(self._is_current(worker) for worker in self._idle)

    def _outdated(self) -> list[Worker]:
        """Idle workers to be replaced: too far behind, or without a part that is asked for."""
        with self._lock:
            return [
                worker
                for worker in self._idle
                if not self._is_current(worker) or not self._parts <= worker.parts
            ]


def _stopping() -> EngineUnavailable:
    return EngineUnavailable("The server is being stopped.")
