"""Queries that wait in, workers for them out: which workers are idle, which busy, and which to be replaced.

Two background threads do what no query is to wait for. The supervisor forks what is missing, also where
workers were lost that nobody has asked for anything, and ends what is replaced, which takes milliseconds; the
watchdog preempts long queries while others wait, and ends those past their deadlines that no thread waits
for.
Whatever happens to them, they go on: see `BackgroundThread`.
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
# A thread that waits for an answer notices its deadline; the watchdog ends the others, this much later.
_GRACE_S: Final = 0.1
# Processor time after which a query is preempted while others wait; most have ended by then.
_QUANTUM_S: Final = 0.005
_SHED_AFTER_S: Final = 0.02
_SOONEST_S: Final = 0.002
# How long the watchdog stays awake after a query had to wait.
_EXPECT_MORE_S: Final = 0.1
# They get ready at the same time; the first of more than this would be ready too late.
_FORKED_AT_ONCE: Final = 2
# Where other programs take the memory, ending a query that has less would not help.
_MUCH_BYTES: Final = 64 << 20
# A process that is killed frees its memory first, which takes processor time: so one after the other.
_KILL_S: Final = 0.5
# How long a background thread may take to end what it does.
_FAREWELL_S: Final = 2.0


class Scheduler:
    """Gives the workers of one fork server to the queries that wait. For any thread."""

    def __init__(self, fork_server: ForkServer, limits: QueryLimits) -> None:
        self._fork_server = fork_server
        self._limits = limits
        self._reserved = limits.spares // 2
        self._lock = threading.RLock()
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._ending: deque[Worker] = deque()
        self._time_slicing = TimeSlicing()
        self._waiting = WaitingQueue()
        self._memory = Memory()
        self._parts: frozenset[Part] = frozenset()
        self._problem: Problem | None = None
        self._closed = False
        self._requested_at = 0.0
        # When busy workers, and idle ones, were looked at for whether they are lost.
        self._looked_at = 0.0
        self._dropped_at = 0.0
        self._idle.extend(fork_server.fork(limits.workers + limits.spares))
        self._supervisor = BackgroundThread("calcigraph-pool-supervisor", self._lock, self._supervise)
        self._watchdog = BackgroundThread("calcigraph-pool-watchdog", self._lock, self._watch)
        self._supervisor.start()
        self._watchdog.start()

    def request(self, waiter: Waiter) -> None:
        """Give `waiter` a worker that has the parts it needs, and is not too far behind: now where one is
        idle, else when it is first in the queue.

        Never waits. A waiter that gives up has to `leave`. Raises: QueueFull, EngineUnavailable.
        """
        with self._lock:
            if not waiter.needs <= self._parts:
                self._parts |= waiter.needs
                self._supervisor.wake()
            worker = self._take_idle(waiter.needs)
            if worker is not None:
                self._assign(worker, waiter.deadline)
                waiter.worker = worker
                return
            if len(self._waiting) >= self._limits.queue:
                raise QueueFull(f"{len(self._waiting)} queries are waiting already.", self._retry_after_s())
            self._waiting.join(waiter)
            self._requested_at = time.monotonic()
            self._watchdog.wake(_QUANTUM_S)

    def leave(self, waiter: Waiter) -> None:
        """Take `waiter` out of the queue; a worker that it has been given meanwhile is returned."""
        with self._lock:
            self._waiting.leave(waiter)
            worker, waiter.worker = waiter.worker, None
            if worker is not None:
                self.release_unused(worker)

    def release_unused(self, worker: Worker) -> None:
        """Return a worker that was taken and not used."""
        self.release(worker, worker.cpu_before_s, 0)

    def release(self, worker: Worker, cpu_s: float, grown_bytes: int) -> None:
        """Return a worker whose answer is complete; `cpu_s` and `grown_bytes` are the processor time, and the
        memory of its own, that it has taken since it was forked."""
        with self._lock:
            self._unassign(worker)
            worker.resume()
            worker.cpu_before_s = cpu_s
            worker.deadline = None
            worker.used_at = time.monotonic()
            if self._closed or self._is_worn(worker, grown_bytes):
                self._drop(worker)
            else:
                self._idle.append(worker)
                if len(self._idle) > self._limits.workers + self._limits.spares:
                    self._drop(self._idle.popleft())
            self._dispatch()

    def is_long(self, worker: Worker) -> bool:
        """Whether its query has used up its quantum of processor time."""
        return worker.cpu_used_s() >= _QUANTUM_S

    def is_very_long(self, worker: Worker) -> bool:
        """Whether its query has used so much that it may be ended where there is no room to preempt it."""
        return worker.cpu_used_s() >= _SHED_AFTER_S

    def is_preempted(self, worker: Worker) -> bool:
        """Whether its query is preempted."""
        with self._lock:
            return worker in self._time_slicing

    def preempt(self, worker: Worker) -> bool:
        """Let another query start before that of `worker` has ended; False where too many are preempted.

        It goes on by time slices with the others that are preempted, as long as it needs a processor.
        """
        with self._lock:
            if worker not in self._time_slicing:
                if len(self._time_slicing) >= self._limits.long_queries:
                    return False
                self._time_slicing.join(worker)
                self._dispatch()
                self._watchdog.wake()
                self._supervisor.wake()
            return True

    def discard(self, worker: Worker) -> None:
        """Have a worker killed, whether idle or busy."""
        with self._lock:
            self._unassign(worker)
            self._drop(worker)
            self._dispatch()

    def close(self) -> None:
        """End all workers, whatever they and the fork server do; queries that wait get EngineUnavailable."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
            self._waiting.fail_all(_stopping())
        # The supervisor may wait for it.
        self._fork_server.interrupt()
        self._supervisor.stop(_FAREWELL_S)
        self._watchdog.stop(_FAREWELL_S)
        for worker in (*self._idle, *self._ending):
            worker.end()
        self._memory.close()

    def refresh(self) -> None:
        """Have workers that are too far behind replaced now rather than when they are needed."""
        with self._lock:
            if self._outdated():
                self._supervisor.wake()

    def counts(self) -> dict[str, int]:
        """How many workers are idle, busy and preempted, and how many queries wait; how often a background
        thread has failed."""
        with self._lock:
            return {
                "idle": len(self._idle),
                "busy": len(self._busy) - len(self._time_slicing),
                "preempted": len(self._time_slicing),
                "waiting": len(self._waiting),
                "failures": self._supervisor.failures + self._watchdog.failures,
            }

    def _take_idle(self, needs: frozenset[Part], warm: bool = True) -> Worker | None:
        if self._closed:
            raise _stopping()
        if self._places() <= 0:
            return None
        # The most recently used one: its caches are warm, and the others keep their memory shared.
        for worker in list(reversed(self._idle) if warm else self._idle):
            if self._is_current(worker) and needs <= worker.parts:
                self._idle.remove(worker)
                return worker
        if self._problem is not None:
            raise self._problem
        return None

    def _places(self) -> int:
        """How many more queries may start now."""
        return self._limits.workers - len(self._busy) + len(self._time_slicing)

    def _assign(self, worker: Worker, deadline: float) -> None:
        worker.deadline = deadline
        self._busy.add(worker)
        self._time_slicing.reserve_processor()

    def _unassign(self, worker: Worker) -> None:
        self._busy.discard(worker)
        self._time_slicing.leave(worker)

    def _drop(self, worker: Worker) -> None:
        if self._closed:
            worker.end()
            return
        # One that is stopped takes no processor: it can wait until the supervisor ends it.
        if not worker.is_paused:
            worker.kill()
        self._ending.append(worker)
        self._supervisor.wake()

    def _is_worn(self, worker: Worker, grown_bytes: int) -> bool:
        is_big = grown_bytes > self._limits.private_mib << 20
        return worker.is_slowed or (is_big and self._memory.share_left() < self._limits.memory_plenty)

    def _is_current(self, worker: Worker) -> bool:
        return self._fork_server.diffs_since(worker.version) is not None

    def _dispatch(self) -> None:
        """Give workers that are idle to queries that wait."""
        try:
            while self._waiting and self._places() > 0 and (found := self._next_assignment()) is not None:
                waiter, worker = found
                self._assign(worker, waiter.deadline)
                if is_in_backlog(waiter):
                    self._time_slicing.admit(worker)
                self._waiting.assign(waiter, worker)
        except Problem as problem:
            self._waiting.fail_all(problem)

    def _next_assignment(self) -> tuple[Waiter, Worker] | None:
        """The next query, and the worker for it.

        A query that has come just now may be short, and is not to wait because many long ones came before:
        it gets any place, and the worker used last. Those that have waited for longer are a backlog, of which
        some are admitted at a time, as of long queries, so that a processor is left.
        """
        if self._time_slicing.can_admit and self._ready() > self._reserved:
            for waiter in self._waiting.backlog():
                worker = self._take_idle(waiter.needs, warm=not is_in_backlog(waiter))
                if worker is not None:
                    return waiter, worker
        for waiter in self._waiting.newest():
            worker = self._take_idle(waiter.needs)
            if worker is not None:
                return waiter, worker
        return None

    def _retry_after_s(self) -> int:
        return max(1, round(self._limits.timeout_s / 2))

    def _watch(self) -> float:
        """One step of the watchdog; returns the seconds until its next one."""
        with self._lock:
            now = time.monotonic()
            for worker in self._busy:
                if worker.deadline is not None and now > worker.deadline + _GRACE_S:
                    # No thread notices: the one that could is sending to a client that does not read.
                    worker.deadline = None
                    worker.kill()
            self._end_stopped(now)
            soonest_s = self._until_next_deadline(now)
            if now - self._requested_at < _EXPECT_MORE_S:
                # To stay awake takes less than to be woken by the next query.
                soonest_s = min(soonest_s, _QUANTUM_S)
            if self._waiting:
                self._dispatch()
                soonest_s = min(soonest_s, self._preempt_long())
            if self._time_slicing:
                soonest_s = min(soonest_s, self._time_slicing.rotate())
                self._watch_memory()
            return soonest_s

    def _end_stopped(self, now: float) -> None:
        """Kill busy workers that somebody else has stopped: their queries then go to others."""
        if now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            for worker in self._busy:
                if not worker.has_ended and worker.is_lost:
                    worker.kill()

    def _preempt_long(self) -> float:
        """While queries wait, preempt those that have used up their quantum; seconds until the next step.

        Where too many are preempted already, one that has used much more is ended (load shedding): new
        queries go before old.
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
        """Where little memory is left, end the query that has taken most, if that is much."""
        if self._memory.left() < self._limits.memory_kept_free * self._memory.total:
            largest = max(self._busy, key=Worker.own_bytes)
            if largest.own_bytes() > _MUCH_BYTES:
                largest.is_too_big = True
                largest.kill()

    def _until_next_deadline(self, now: float) -> float:
        # A worker that is given to a query does not wake the watchdog: the query's own thread notices its
        # deadline. Once it is preempted, with an answer that may not be read, the watchdog is awake.
        soonest = min((w.deadline for w in self._busy if w.deadline is not None), default=float("inf"))
        return min(_LOOK_S, max(0.0, soonest - now) + _GRACE_S)

    def _supervise(self) -> float:
        """One step of the supervisor; returns the seconds until its next one. What goes wrong is told to the
        queries that find no worker. Raises: what nobody expected."""
        try:
            more = self._replace()
        except Problem as problem:
            self._tell(problem)
            return _RETRY_S
        except Exception:
            self._tell(EngineUnavailable("The processes that evaluate queries cannot be kept."))
            raise
        self._problem = None
        return 0.0 if more else _LOOK_S

    def _tell(self, problem: Problem) -> None:
        with self._lock:
            self._problem = problem
            self._dispatch()

    def _replace(self) -> bool:
        """Fork the workers that are missing, then end one that is replaced; True where there are more.

        Without the lock, because the fork server takes milliseconds. Raises: EngineUnavailable.
        """
        self._drop_lost(time.monotonic())
        try:
            for part in self._parts:
                self._fork_server.prepare(part)
            while (missing := self._missing()) > 0:
                for worker in self._fork_server.fork(min(missing, _FORKED_AT_ONCE)):
                    self._add(worker, None)
            for worker in self._outdated():
                self._add(self._fork_server.fork()[0] if self._is_current(worker) else None, worker)
        finally:
            # Where descriptors or processes are short, that is what gives some back.
            self._end_oldest()
        return bool(self._ending)

    def _end_oldest(self) -> None:
        """End one of the workers that are to be ended."""
        gone = self._ending.popleft() if self._ending else None
        if gone is not None:
            gone.kill()
            gone.await_end(_KILL_S)
            self._fork_server.forget(gone)

    def _drop_lost(self, now: float) -> None:
        """Once a second, take idle workers that were lost from among those that queries get. Cost: some 20
        microseconds for each idle one."""
        if now - self._dropped_at < _LOOK_S:
            return
        self._dropped_at = now
        with self._lock:
            for worker in [worker for worker in self._idle if worker.is_lost]:
                self._idle.remove(worker)
                self._drop(worker)

    def _add(self, new: Worker | None, old: Worker | None) -> None:
        with self._lock:
            if old is not None and old in self._idle:
                self._idle.remove(old)
                self._drop(old)
            if new is not None:
                if self._closed:
                    new.end()
                else:
                    self._idle.append(new)
            self._dispatch()

    def _missing(self) -> int:
        """How many more workers are to be forked: the busy ones will be idle again, unless they are slowed,
        and there must be one for each query that may start."""
        with self._lock:
            if self._closed:
                return 0
            coming_back = sum(not worker.is_slowed for worker in self._busy)
            wanted = self._limits.workers + self._limits.spares
            missing = max(wanted - coming_back, self._places() + self._reserved) - self._ready()
            # Descriptors and memory are counted for so many.
            there = len(self._idle) + len(self._busy) + len(self._ending)
            return min(missing, self._limits.processes - there)

    def _ready(self) -> int:
        return sum(self._is_current(worker) for worker in self._idle)

    def _outdated(self) -> list[Worker]:
        """Idle workers to be replaced: too far behind, without a part that is asked for, or grown."""
        now = time.monotonic()
        with self._lock:
            return [
                worker
                for worker in self._idle
                if not self._is_current(worker)
                or not self._parts <= worker.parts
                or self._is_grown(worker, now)
            ]

    def _is_grown(self, worker: Worker, now: float) -> bool:
        """Whether an idle worker keeps much memory of its own that nobody has needed for a while."""
        if not worker.used_at or now - worker.used_at < self._limits.quiet_s:
            return False
        if worker.own_bytes() > self._limits.quiet_mib << 20:
            return True
        # It does not grow before it is used again.
        worker.used_at = 0.0
        return False


def _stopping() -> EngineUnavailable:
    return EngineUnavailable("The server is being stopped.")
