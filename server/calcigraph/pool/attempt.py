"""A query in, its answer out: by waiting for it, or by polling.

There is one path from a query to its answer, with two ways to drive it. `finish` waits: for a worker, for the
answer, for another worker where the first was lost. `poll` does what can be done without waiting, for an
event loop that runs many queries.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.engine.text_search import mentions_search
from calcigraph.pool.answer import Answer, Body, ByteSource, Query
from calcigraph.pool.components import Components
from calcigraph.pool.frames import Channel
from calcigraph.pool.guard import Survey
from calcigraph.pool.query_problems import EngineUnavailable
from calcigraph.pool.run import Run, ServiceAwaitedError, WorkerLostError

# All workers may have died while they were idle; more than that is no accident.
_RETRIES: Final = 2
# More of what has changed is joined and sent in a thread.
_MOST_DIFFS_BYTES: Final = 1 << 16


class Attempt:
    """A query that is being answered. For one thread at a time.

    The caller of `Pool.attempt` calls `poll` when there is something to read from `channel`, or room in it
    while it `is_sending`, when it is woken, and at `next_look`; where it `needs_thread`, a thread that calls
    `finish`. Dropping it ends the query. `limit_s` is how long it may take.
    """

    def __init__(
        self,
        components: Components,
        query: Query,
        limit_s: float,
        gone: Callable[[], bool] | None = None,
        since: float | None = None,
    ) -> None:
        self._components = components
        self._query = query
        self.limit_s = limit_s
        self._deadline = (time.monotonic() if since is None else since) + limit_s
        self._gone = gone
        self._needs = _needs(query)
        self._run: Run | None = None
        self._woken: Callable[[], None] = _do_nothing
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_over = False
        self._tries_left = components.limits.workers + components.limits.spares + _RETRIES
        # Whether `poll` cannot answer it, because that means to wait for something else than a worker. It
        # turns out later: when a worker asks for another service, or is far behind.
        self.needs_thread = False

    def begin(self, woken: Callable[[], None]) -> None:
        """Hand the query to a worker that is idle, or wait for one; then `woken` is called, from any thread,
        when there is one. Raises: QueueFull, EngineUnavailable."""
        self._woken = woken
        try:
            self._has_worker(at_once=True)
        except BaseException:
            self.abandon()
            raise

    @property
    def next_look(self) -> float:
        """The moment of the monotonic clock from which on `poll` may have something to do although nothing
        came: to see that the deadline has passed, or that the client has left."""
        return self._deadline if self._run is None else self._run.next_look

    @property
    def is_volatile(self) -> bool:
        """Whether its worker has found that another evaluation over the same data may give another answer.
        Known before it is evaluated."""
        return self._run is not None and self._run.seen is not None and self._run.seen.is_volatile

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
            if self._run is not None and self._run.is_handed_over:
                answer = self._collect(self._run, self._run.more_now)
                if answer is not None:
                    return answer
            # A worker that gets it now has nothing to say yet.
            if not self.needs_thread:
                self._has_worker(at_once=True)
        except BlockingIOError:
            return None
        except ServiceAwaitedError:
            self.needs_thread = True
            return None
        except BaseException:
            self.abandon()
            raise
        return None

    def finish(self) -> Answer:
        """Wait for the answer, as `Pool.ask` does, and raise what it raises. From any thread."""
        try:
            while True:
                run = self._await_worker()
                answer = self._collect(run, run.more)
                if answer is not None:
                    return answer
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """End the query, complete or not; does nothing where it has ended."""
        self._is_over = True
        run, self._run = self._run, None
        if run is not None:
            run.abandon()

    def __del__(self) -> None:
        self.abandon()

    def _await_worker(self) -> Run:
        served = threading.Event()
        self._woken = served.set
        if self._run is not None:
            self._run.called = served.set
        while not self._has_worker(at_once=False):
            served.wait(max(0.0, self.next_look - time.monotonic()))
            served.clear()
        assert self._run is not None, "a worker has it"
        return self._run

    def _has_worker(self, at_once: bool) -> bool:
        """Whether a worker has the query now; asks the scheduler for one. Waits at most for a worker to read,
        and not even that `at_once`."""
        while True:
            run = self._run = self._run or self._new_run()
            if run.is_handed_over:
                return True
            if run.problem is not None:
                raise run.problem
            if run.worker is None:
                run.check_wait()
                return False
            self._use_worker(run, at_once)
            if self.needs_thread and at_once:
                return False

    def _new_run(self) -> Run:
        if not self._tries_left:
            raise EngineUnavailable("The processes that evaluate queries keep ending.")
        self._tries_left -= 1
        run = Run(
            self._components, self._query, self._needs, self._deadline, self.limit_s, self._gone, self._woken
        )
        self._components.scheduler.request(run)
        return run

    def _use_worker(self, run: Run, at_once: bool) -> None:
        """Send the worker the diffs that it lacks, and the query. Where it is too far behind, or too much
        would have to be sent `at_once`, it is returned; then there is no run any more."""
        worker, components = run.worker, self._components
        assert worker is not None, "the scheduler has given one"
        self._pieces, self._size = [], 0
        diffs = components.fork_server.diffs_since(worker.version)
        try:
            if diffs is None:
                components.scheduler.discard(worker)
                self._run = None
            elif at_once and sum(map(len, diffs)) > _MOST_DIFFS_BYTES:
                run.abandon()
                self._run = None
                self.needs_thread = True
            else:
                run.hand_over(diffs)
        except WorkerLostError:
            self._run = None

    def _collect(self, run: Run, more: Callable[[], bytes | None]) -> Answer | None:
        """Read until the end, or until the answer is too long to be kept; None where the worker was lost.

        Raises: what `more` raises.
        """
        try:
            while self._size <= self._components.limits.buffer_bytes:
                piece = more()
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
        if not _survey(run).is_volatile:
            source = self._components.cache.copied(self._query, answer, self._pieces, run)
        return answer._replace(body=Body(self._pieces, source))

    def _whole(self, run: Run) -> Answer:
        self._run, self._is_over = None, True
        content = b"".join(self._pieces)
        answer = self._answer(run, content, Body([content], None))
        if not _survey(run).is_volatile:
            self._components.cache.put(self._query, answer)
        return answer

    def _answer(self, run: Run, content: bytes | None, body: Body) -> Answer:
        form, query = _survey(run).form, self._query
        used = query.graph_format if form.answers_with_graph else query.results_format
        assert used is not None, "the engine is not asked for what nobody can read"
        return Answer(form, used, run.version, content, body, run.is_empty, _survey(run).is_volatile)


def _do_nothing() -> None:
    """In place of `woken`, where `finish` waits."""


def _survey(run: Run) -> Survey:
    """What the worker that answers has found in the text."""
    assert run.seen is not None, "it comes before the answer"
    return run.seen


def _needs(query: Query) -> frozenset[Part]:
    """The parts of the replica without which `query` cannot be answered. Cost: see `mentions_search`."""
    asserted: frozenset[Part] = frozenset() if query.inference else frozenset({"asserted"})
    text: frozenset[Part] = frozenset({"text"}) if mentions_search(query.text) else frozenset()
    return asserted | text
