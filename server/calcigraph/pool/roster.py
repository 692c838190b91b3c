"""Calls for a worker in, workers out: who is idle, who is busy, who is to be replaced.

One thread, the keeper, forks what is missing and ends what has run past its deadline unwatched, so
that no query waits for a fork.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool.caller import Caller
from calcigraph.pool.limits import Limits
from calcigraph.pool.nursery import Nursery, Worker
from calcigraph.pool.problems import EngineUnavailable, QueueFull

_RETRY_S: Final = 1.0
_LOOK_S: Final = 1.0
_GRACE_S: Final = 0.01
_LEAST_READY: Final = 2
# Of processor time: how long a query keeps its turn when others wait; most are done by then.
_FIRST_MOMENT_S: Final = 0.01
_SECOND_MOMENT_S: Final = 0.02


class Roster:
    """The workers of one nursery. All methods may be called from any thread."""

    def __init__(self, nursery: Nursery, limits: Limits) -> None:
        self._nursery = nursery
        self._limits = limits
        # One lock; those who wait for their turn and the keeper are told apart, as waking costs.
        self._lock = threading.RLock()
        self._turn = threading.Condition(self._lock)
        self._work = threading.Condition(self._lock)
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._gone: list[Worker] = []
        self._waiting: deque[object] = deque()
        self._needs_asserted = False
        self._trouble: Problem | None = None
        self._closed = False
        for _ in range(limits.workers + limits.spares):
            self._idle.append(nursery.fork())
        self._keeper = threading.Thread(target=self._keep, name="calcigraph-pool-keeper", daemon=True)
        self._keeper.start()

    def take(self, deadline: float, inference: bool, caller: Caller | None = None) -> Worker:
        """A worker for one query, brought to a version not older than the last publication.

        Waits for its turn until `deadline`, or until `caller` has left.
        Raises: QueueFull, EngineUnavailable, ClientGone.
        """
        with self._lock:
            if not inference and not self._needs_asserted:
                self._needs_asserted = True
                self._work.notify()
            # Who comes later does not go ahead of those who wait.
            worker = None if self._waiting else self._pick(inference)
            if worker is None:
                worker = self._wait(deadline, inference, caller or Caller())
            worker.deadline = deadline
            self._busy.add(worker)
            return worker

    def give_back(self, worker: Worker, cpu_s: float, grown_bytes: int) -> None:
        """Return a worker whose answer is complete, with the processor time and the memory of its own
        that it has taken since it was forked."""
        with self._lock:
            worker.cpu_before_s = cpu_s
            self._busy.discard(worker)
            worker.deadline = None
            worker.is_aside = False
            if worker.is_slowed or grown_bytes > self._limits.private_mib << 20 or self._closed:
                self._drop(worker)
            else:
                self._idle.append(worker)
                if len(self._idle) > self._limits.workers + self._limits.spares:
                    self._drop(self._idle.popleft())
            self._turn.notify_all()

    def move_aside(self, worker: Worker, slow_down: bool) -> bool:
        """Let the next query start although `worker` has not finished; False where too many are aside.

        One that is slowed down runs on at lower priority, and is replaced when it is done, because
        priority cannot be given back; one that waits for its reader is not.
        """
        with self._lock:
            if not worker.is_aside:
                if sum(busy.is_aside for busy in self._busy) >= self._limits.long_queries:
                    return False
                worker.is_aside = True
                self._turn.notify_all()
            if slow_down and not worker.is_slowed:
                worker.is_slowed = True
                worker.lower_priority()
            self._work.notify()
            return True

    def discard(self, worker: Worker) -> None:
        """Kill a worker, whatever it does."""
        with self._lock:
            self._busy.discard(worker)
            self._drop(worker)
            self._turn.notify_all()

    def close(self) -> None:
        """End all workers; who waits gets EngineUnavailable."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
            while self._idle:
                self._idle.pop().end()
            self._turn.notify_all()
            self._work.notify()
        self._keeper.join()

    def refresh(self) -> None:
        """Have workers that are too far behind replaced now rather than when they are needed."""
        with self._lock:
            if self._outdated():
                self._work.notify()

    def counts(self) -> dict[str, int]:
        """How many workers are idle, busy and aside, and how many callers wait."""
        with self._lock:
            aside = sum(worker.is_aside for worker in self._busy)
            return {
                "idle": len(self._idle),
                "busy": len(self._busy) - aside,
                "aside": aside,
                "waiting": len(self._waiting),
            }

    def _wait(self, deadline: float, inference: bool, caller: Caller) -> Worker:
        if len(self._waiting) >= self._limits.queue:
            raise QueueFull(f"{len(self._waiting)} queries are waiting already.", self._retry_after_s())
        turn = object()
        self._waiting.append(turn)
        try:
            while True:
                worker = self._pick(inference) if self._waiting[0] is turn else None
                if worker is not None:
                    return worker
                left = deadline - time.monotonic()
                if left <= 0:
                    raise QueueFull("The query's turn did not come in time.", self._retry_after_s())
                caller.look()
                self._turn.wait(min(left, self._make_way(), caller.left_s()))
        finally:
            self._waiting.remove(turn)
            self._turn.notify_all()

    def _pick(self, inference: bool) -> Worker | None:
        if self._closed:
            raise EngineUnavailable("The server is being stopped.")
        if sum(not worker.is_aside for worker in self._busy) >= self._limits.workers:
            return None
        # The most recently used one: its caches are warm, and the others keep their memory shared.
        for worker in reversed(self._idle):
            if self._is_current(worker) and (inference or worker.has_asserted):
                self._idle.remove(worker)
                return worker
        if self._trouble is not None:
            raise self._trouble
        return None

    def _make_way(self) -> float:
        """While someone waits, move aside who has had its first moment; seconds until the next look.

        Where too many are aside already, who has had its second is ended: new queries go before old.
        """
        soonest = self._limits.patience_s
        for worker in self._busy:
            if worker.is_aside or worker.is_shed:
                continue
            had = worker.cpu_s() - worker.cpu_before_s
            if had >= _FIRST_MOMENT_S and self.move_aside(worker, slow_down=True):
                return 0.0
            if had >= _SECOND_MOMENT_S:
                worker.is_shed = True
                worker.kill()
            else:
                soonest = min(soonest, _FIRST_MOMENT_S)
        return soonest

    def _is_current(self, worker: Worker) -> bool:
        return self._nursery.diffs_since(worker.version) is not None

    def _drop(self, worker: Worker) -> None:
        worker.end()
        self._gone.append(worker)
        self._work.notify()

    def _retry_after_s(self) -> int:
        return max(1, round(self._limits.timeout_s / 2))

    def _keep(self) -> None:
        while True:
            with self._lock:
                while not self._closed and not self._has_work():
                    self._work.wait(self._until_next_look())
                if self._closed:
                    return
            try:
                self._do_work()
                self._trouble = None
            except Problem as problem:
                with self._lock:
                    self._trouble = problem
                    self._turn.notify_all()
                    self._work.wait_for(lambda: self._closed, _RETRY_S)

    def _has_work(self) -> bool:
        now = time.monotonic()
        for worker in self._busy:
            if worker.deadline is not None and now > worker.deadline:
                # Nobody watches it: its caller is sending to a client that does not read.
                worker.deadline = None
                worker.kill()
        return bool(self._gone) or self._missing() > 0 or bool(self._outdated())

    def _do_work(self) -> None:
        """Fork first, then end what is replaced; outside the lock, as the zygote may take its time."""
        if self._needs_asserted:
            self._nursery.prepare_asserted()
        while self._missing() > 0:
            self._welcome(self._nursery.fork(), None)
        for worker in self._outdated():
            self._welcome(self._nursery.fork() if self._is_current(worker) else None, worker)
        with self._lock:
            gone, self._gone = self._gone, []
        for worker in gone:
            self._nursery.forget(worker)

    def _welcome(self, new: Worker | None, old: Worker | None) -> None:
        with self._lock:
            if old is not None and old in self._idle:
                self._idle.remove(old)
                self._drop(old)
            if new is not None:
                if self._closed:
                    new.end()
                else:
                    self._idle.append(new)
            self._turn.notify_all()

    def _missing(self) -> int:
        """How many more workers are to be ready: those at work are counted on to come back."""
        with self._lock:
            if self._closed:
                return 0
            coming_back = sum(not worker.is_slowed for worker in self._busy)
            ready = sum(self._is_current(worker) for worker in self._idle)
            wanted = self._limits.workers + self._limits.spares
            return max(wanted - coming_back, min(wanted, _LEAST_READY)) - ready

    def _outdated(self) -> list[Worker]:
        """Idle workers to be replaced: too far behind, or without the asserted part that is asked for."""
        with self._lock:
            return [
                worker
                for worker in self._idle
                if not self._is_current(worker) or (self._needs_asserted and not worker.has_asserted)
            ]

    def _until_next_look(self) -> float:
        # A worker that is taken does not wake the keeper: its own caller looks at its deadline. Once it
        # is aside, with an answer that may not be read, the keeper has been woken and knows it.
        deadlines = [worker.deadline for worker in self._busy if worker.deadline is not None]
        left = min(deadlines, default=float("inf")) - time.monotonic()
        return min(_LOOK_S, max(0.0, left) + _GRACE_S)
