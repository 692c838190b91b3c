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
from calcigraph.pool.workforce import Workforce

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
# How long a background thread may take to end what it does.
_FAREWELL_S: Final = 2.0


class Scheduler:
    """Gives the workers of one fork server to the queries that wait. For any thread."""

    def __init__(self, fork_server: ForkServer, limits: QueryLimits) -> None:
        self._fork_server = fork_server
        self._limits = limits
        self._lock = threading.RLock()
        self._time_slicing = TimeSlicing()
        self._waiting = WaitingQueue()
        self._memory = Memory()
        self._problem: Problem | None = None
        self._requested_at = 0.0
        self._workforce = Workforce(fork_server, limits, self._memory)
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
            if not waiter.needs <= self._workforce.parts:
                self._workforce.parts |= waiter.needs
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
            self._workforce.give_back(worker, grown_bytes)
            if self._workforce.ending:
                self._supervisor.wake()
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
            self._workforce.is_closed = True
            for worker in self._workforce.busy:
                worker.kill()
            self._waiting.fail_all(_stopping())
        # The supervisor may wait for it.
        self._fork_server.interrupt()
        self._supervisor.stop(_FAREWELL_S)
        self._watchdog.stop(_FAREWELL_S)
        self._workforce.end_all()
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
                "idle": len(self._workforce.idle),
                "busy": len(self._workforce.busy) - len(self._time_slicing),
                "preempted": len(self._time_slicing),
                "waiting": len(self._waiting),
                "failures": self._supervisor.failures + self._watchdog.failures,
            }

    def _take_idle(self, needs: frozenset[Part], warm: bool = True) -> Worker | None:
        if self._workforce.is_closed:
            raise _stopping()
        if self._places() <= 0:
            return None
        worker = self._workforce.take(needs, warm)
        if worker is None and self._problem is not None:
            raise self._problem
        return worker

    def _places(self) -> int:
        """How many more queries may start now."""
        return self._limits.workers - len(self._workforce.busy) + len(self._time_slicing)

    def _assign(self, worker: Worker, deadline: float) -> None:
        worker.deadline = deadline
        self._workforce.busy.add(worker)
        self._time_slicing.reserve_processor()

    def _unassign(self, worker: Worker) -> None:
        self._workforce.busy.discard(worker)
        self._time_slicing.leave(worker)

    def _drop(self, worker: Worker) -> None:
        self._workforce.drop(worker)
        self._supervisor.wake()

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
        if self._time_slicing.can_admit and self._workforce.ready() > self._workforce.reserved:
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
            for worker in self._workforce.busy:
                if worker.deadline is not None and now > worker.deadline + _GRACE_S:
                    # No thread notices: the one that could is sending to a client that does not read.
                    worker.deadline = None
                    worker.kill()
            self._workforce.kill_stopped(now)
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

    def _preempt_long(self) -> float:
        """While queries wait, preempt those that have used up their quantum; seconds until the next step.

        Where too many are preempted already, one that has used much more is ended (load shedding): new
        queries go before old.
        """
        soonest_s = _QUANTUM_S
        for worker in list(self._workforce.busy):
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
            largest = max(self._workforce.busy, key=Worker.own_bytes)
            if largest.own_bytes() > _MUCH_BYTES:
                largest.is_too_big = True
                largest.kill()

    def _until_next_deadline(self, now: float) -> float:
        # A worker that is given to a query does not wake the watchdog: the query's own thread notices its
        # deadline. Once it is preempted, with an answer that may not be read, the watchdog is awake.
        deadlines = (worker.deadline for worker in self._workforce.busy)
        soonest = min((moment for moment in deadlines if moment is not None), default=float("inf"))
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
        with self._lock:
            self._workforce.drop_lost(time.monotonic())
        try:
            for part in self._workforce.parts:
                self._fork_server.prepare(part)
            while (missing := self._missing()) > 0:
                for worker in self._fork_server.fork(min(missing, _FORKED_AT_ONCE)):
                    self._add(worker, None)
            for worker in self._outdated():
                self._add(self._fork_server.fork()[0] if self._workforce.is_current(worker) else None, worker)
        finally:
            # Where descriptors or processes are short, that is what gives some back.
            self._workforce.end_oldest()
        return bool(self._workforce.ending)

    def _add(self, new: Worker | None, old: Worker | None) -> None:
        with self._lock:
            self._workforce.add(new, old)
            self._dispatch()

    def _missing(self) -> int:
        with self._lock:
            return self._workforce.missing(self._places())

    def _outdated(self) -> list[Worker]:
        with self._lock:
            return self._workforce.outdated()


def _stopping() -> EngineUnavailable:
    return EngineUnavailable("The server is being stopped.")
