"""One query and where it can be answered in, its answer out: waited for, or looked for now and then.

There is one path from a query to its answer, with two ways to drive it. `finish` waits: for a worker, for the
answer, for another worker where the first was lost. `poll` brings it on without waiting, for callers
who watch many.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.engine.text_search import mentions_search
from calcigraph.federation import Services
from calcigraph.pool.answer import Answer, Body, ByteSource, Query
from calcigraph.pool.answer_cache import AnswerCache
from calcigraph.pool.caller import Caller
from calcigraph.pool.diagnosis import Diagnosis
from calcigraph.pool.fork_server import ForkServer
from calcigraph.pool.frames import Channel
from calcigraph.pool.guard import Survey
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.query_problems import EngineUnavailable, QueryTimedOut
from calcigraph.pool.run import Deadline, Run, WorkerLostError
from calcigraph.pool.scheduler import Scheduler
from calcigraph.pool.waiting_queue import Ticket
from calcigraph.pool.worker import Worker

# All workers may have died while they waited; after that, it is not by chance.
_RETRIES: Final = 2
# A worker that is idle reads at once, and this much is taken by its socket even before it does.
_AT_ONCE_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class PoolParts:
    """What queries are answered with."""

    limits: QueryLimits
    prefixes: Mapping[str, str]
    fork_server: ForkServer
    scheduler: Scheduler
    cache: AnswerCache
    services: Services | None = None


class Attempt:
    """A query that is being answered. For one thread at a time.

    Who gets one from `Pool.attempt` calls `poll` when there is something to read from `channel`, when it is
    woken, and at `next_look`; where it `needs_thread`, a thread that calls `finish`. Dropping it ends the
    query.
    """

    def __init__(
        self, parts: PoolParts, query: Query, seen: Survey, deadline: Deadline, caller: Caller
    ) -> None:
        self._parts_of_pool = parts
        self._query = query
        self._seen = seen
        self._deadline = deadline
        self._caller = caller
        self._needs = _needs(query)
        self._ticket: Ticket | None = None
        self._run: Run | None = None
        self._woken: Callable[[], None] = _ignore
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_over = False
        self._tries_left = parts.limits.workers + parts.limits.spares + _RETRIES
        # Whether `poll` cannot bring it on, because that would mean to wait for others than workers.
        self.needs_thread = seen.calls_services or len(query.text) > _AT_ONCE_BYTES

    def begin(self, woken: Callable[[], None]) -> None:
        """Hand the query to a worker that is idle, or line up for one; then `woken` is called, from any
        thread, when its turn has come. Raises: QueueFull, EngineUnavailable."""
        if not self.needs_thread:
            self._woken = woken
            try:
                self._has_worker(at_once=True)
            except BaseException:
                self.abandon()
                raise

    @property
    def next_look(self) -> float:
        """The moment of the monotonic clock from which on `poll` may have something to do although nothing
        came: to see that the deadline has passed, or who asked has left."""
        if self._run is not None:
            return self._run.next_look
        return min(self._deadline.at, self._caller.next_look)

    @property
    def channel(self) -> Channel | None:
        """What becomes readable when `poll` may have more; None while there is no worker."""
        return None if self._run is None else self._run.channel

    def poll(self) -> Answer | None:
        """The answer, if enough of it has arrived; never waits. None once it was given, or abandoned.
        Raises: what `Pool.ask` raises."""
        if self._is_over:
            return None
        try:
            if self._run is not None:
                answer = self._collect(wait=False)
                if answer is not None:
                    return answer
            # A worker that gets it now has nothing to say yet.
            if not self.needs_thread:
                self._has_worker(at_once=True)
        except BlockingIOError:
            return None
        except BaseException:
            self.abandon()
            raise
        return None

    def finish(self) -> Answer:
        """Wait for the answer, as `Pool.ask` does, and raise what it raises. From any thread."""
        try:
            while True:
                self._await_worker()
                answer = self._collect(wait=True)
                if answer is not None:
                    return answer
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """End the query, complete or not; harmless when it has ended."""
        self._is_over = True
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._parts_of_pool.scheduler.leave(ticket)
        run, self._run = self._run, None
        if run is not None:
            run.abandon()

    def __del__(self) -> None:
        self.abandon()

    def _await_worker(self) -> None:
        served = threading.Event()
        self._woken = served.set
        if self._ticket is not None:
            self._ticket.called = served.set
        while not self._has_worker(at_once=False):
            served.wait(max(0.0, self.next_look - time.monotonic()))
            served.clear()

    def _has_worker(self, at_once: bool) -> bool:
        """Whether a worker has the query now; lines up for one. Waits at most for a worker to read, and
        not even that `at_once`."""
        while self._run is None:
            ticket = self._ticket = self._ticket or self._requested()
            if ticket.problem is not None:
                raise ticket.problem
            if ticket.worker is None:
                self._keep_time()
                return False
            self._ticket = None
            self._employ(ticket.worker, at_once)
            if self.needs_thread and at_once:
                return False
        return True

    def _requested(self) -> Ticket:
        if not self._tries_left:
            raise EngineUnavailable("The processes that evaluate queries keep ending.")
        self._tries_left -= 1
        ticket = Ticket(self._deadline.at, self._needs, self._query.text, self._woken)
        self._parts_of_pool.scheduler.request(ticket)
        return ticket

    def _keep_time(self) -> None:
        """See whether it has waited for too long. Raises: QueryTimedOut, ClientGone."""
        if time.monotonic() >= self._deadline.at:
            raise QueryTimedOut(self._deadline.limit_s, in_queue=True)
        self._caller.look()

    def _employ(self, worker: Worker, at_once: bool) -> None:
        """Bring the worker up to date and hand the query over, if it can take both and is not lost."""
        diffs = self._parts_of_pool.fork_server.diffs_since(worker.version)
        if diffs is None:
            self._parts_of_pool.scheduler.discard(worker)
        elif at_once and sum(map(len, diffs)) > _AT_ONCE_BYTES:
            self._parts_of_pool.scheduler.release_unused(worker)
            self.needs_thread = True
        else:
            self._hand_over(worker, diffs)

    def _hand_over(self, worker: Worker, diffs: tuple[bytes, ...]) -> None:
        parts = self._parts_of_pool
        diagnosis = Diagnosis(self._query.text, parts.prefixes, self._query.base_iri is not None)
        run = Run(
            parts.scheduler, worker, parts.limits, self._deadline, self._caller, diagnosis, parts.services
        )
        self._run, self._pieces, self._size = run, [], 0
        try:
            run.hand_over(self._query, diffs)
        except WorkerLostError:
            self._run = None

    def _collect(self, wait: bool) -> Answer | None:
        """Read until the end or until it is too much to keep; None where the worker was lost.

        Raises: BlockingIOError where that would mean to wait.
        """
        run = self._run
        assert run is not None, "there is a worker by now"
        try:
            while self._size <= self._parts_of_pool.limits.buffer_bytes:
                piece = run.more() if wait else run.more_now()
                if piece is None:
                    return self._whole(run)
                self._pieces.append(piece)
                self._size += len(piece)
            run.stream()
        except WorkerLostError:
            self._run = None
            return None
        return self._long(run)

    def _long(self, run: Run) -> Answer:
        self._run, self._is_over = None, True
        answer = self._answer(run, None, Body([], None))
        source: ByteSource = run
        if not self._seen.is_volatile:
            source = self._parts_of_pool.cache.copied(self._query, answer, self._pieces, run)
        return replace(answer, body=Body(self._pieces, source))

    def _whole(self, run: Run) -> Answer:
        self._run, self._is_over = None, True
        content = b"".join(self._pieces)
        answer = self._answer(run, content, Body([content], None))
        if not self._seen.is_volatile:
            self._parts_of_pool.cache.put(self._query, answer)
        return answer

    def _answer(self, run: Run, content: bytes | None, body: Body) -> Answer:
        form, query = self._seen.form, self._query
        assert form is not None, "the engine takes no query without a form"
        used = query.graph_format if form.answers_with_graph else query.results_format
        assert used is not None, "the engine is not asked for what nobody can read"
        return Answer(form, used, run.version, content, body)


def _ignore() -> None:
    """Who waits for nothing is not woken."""


def _needs(query: Query) -> frozenset[Part]:
    """The parts of the replica without which `query` cannot be answered."""
    asserted: frozenset[Part] = frozenset() if query.inference else frozenset({"asserted"})
    text: frozenset[Part] = frozenset({"text"}) if mentions_search(query.text) else frozenset()
    return asserted | text
