"""One query and where it can be answered in, its answer out: waited for, or looked for now and then.

There is one path from a query to its answer, with two gaits. `finish` waits: for a worker, for the
answer, for another worker where the first was lost. `poll` never waits, for callers who watch many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.engine.search import mentions_search
from calcigraph.federation import Services
from calcigraph.pool.answer import Answer, Body, Query, Source
from calcigraph.pool.cache import Cache
from calcigraph.pool.caller import Caller
from calcigraph.pool.diagnosis import Diagnosis
from calcigraph.pool.guard import Survey
from calcigraph.pool.limits import Limits
from calcigraph.pool.nursery import Nursery
from calcigraph.pool.problems import EngineUnavailable, QueryTimedOut
from calcigraph.pool.process import Worker
from calcigraph.pool.roster import Roster
from calcigraph.pool.run import Deadline, Run, WorkerLostError

# All workers may have died while they waited; after that, it is not by chance.
_RETRIES: Final = 2
_VARIABLE: Final = re.compile(r"[?$]\w+")
# A worker that is idle reads at once, and this much is taken by its socket even before it does.
_AT_ONCE_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class Means:
    """What queries are answered with."""

    limits: Limits
    prefixes: Mapping[str, str]
    nursery: Nursery
    roster: Roster
    cache: Cache
    services: Services | None = None


class Attempt:
    """A query that is being answered. For one thread at a time.

    Who gets one from `Pool.attempt` watches `fileno()`, calls `poll` when there is something to read,
    and gives it to a thread that calls `finish` once `needs_thread` says so or a moment (10 ms, say)
    has passed. Dropping it ends the query.
    """

    def __init__(self, means: Means, query: Query, seen: Survey, deadline: Deadline, caller: Caller) -> None:
        self._means = means
        self._query = query
        self._seen = seen
        self._deadline = deadline
        self._caller = caller
        self._needs = _needs(query)
        self._run: Run | None = None
        self._pieces: list[bytes] = []
        self._size = 0
        self._tries_left = means.limits.workers + means.limits.spares + _RETRIES

    @property
    def needs_thread(self) -> bool:
        """Whether `poll` has no more to give, because the worker was lost: only `finish` can go on."""
        return self._run is None

    def begin(self) -> bool:
        """Hand the query to a worker that is idle now; False where that cannot be done without
        waiting. Raises: EngineUnavailable."""
        if len(self._query.text) > _AT_ONCE_BYTES // 4 or self._seen.calls_services:
            return False
        worker = self._means.roster.take_idle(self._deadline.at, self._needs)
        if worker is None:
            return False
        diffs = self._means.nursery.diffs_since(worker.version)
        if diffs is None or sum(map(len, diffs)) > _AT_ONCE_BYTES:
            self._means.roster.put_back(worker)
            return False
        return self._hand_over(worker, diffs)

    def fileno(self) -> int:
        """The descriptor that becomes readable when `poll` may have more; -1 where it never will."""
        return -1 if self._run is None else self._run.fileno()

    def poll(self) -> Answer | None:
        """The answer, if enough of it has arrived; never waits. Raises: what `Pool.ask` raises."""
        if self._run is None:
            return None
        try:
            return self._collect(self._run, wait=False)
        except BlockingIOError:
            return None

    def finish(self) -> Answer:
        """Wait for the answer, as `Pool.ask` does, and raise what it raises. From any thread."""
        while True:
            if self._run is None:
                self._take_worker()
            if self._run is not None:
                answer = self._collect(self._run, wait=True)
                if answer is not None:
                    return answer

    def abandon(self) -> None:
        """End the query, complete or not; harmless when it has ended."""
        run, self._run = self._run, None
        if run is not None:
            run.abandon()

    def __del__(self) -> None:
        self.abandon()

    def _take_worker(self) -> None:
        if not self._tries_left:
            raise EngineUnavailable("The processes that evaluate queries keep ending.")
        self._tries_left -= 1
        roster = self._means.roster
        worker = roster.take_idle(self._deadline.at, self._needs)
        if worker is None:
            breadth = len(set(_VARIABLE.findall(self._query.text)))
            try:
                worker = roster.take(self._deadline.at, self._needs, self._caller, breadth)
            except TimeoutError:
                raise QueryTimedOut(self._deadline.limit_s, in_queue=True) from None
        diffs = self._means.nursery.diffs_since(worker.version)
        if diffs is None:
            roster.discard(worker)
        else:
            self._hand_over(worker, diffs)

    def _hand_over(self, worker: Worker, diffs: tuple[bytes, ...]) -> bool:
        means = self._means
        diagnosis = Diagnosis(self._query.text, means.prefixes, self._query.base_iri is not None)
        run = Run(means.roster, worker, means.limits, self._deadline, self._caller, diagnosis, means.services)
        self._pieces, self._size = [], 0
        try:
            run.hand_over(self._query, diffs)
        except WorkerLostError:
            return False
        except BaseException:
            run.abandon()
            raise
        self._run = run
        return True

    def _collect(self, run: Run, wait: bool) -> Answer | None:
        """Read until the end or until it is too much to keep; None where the worker was lost.

        Raises: BlockingIOError where that would mean to wait.
        """
        try:
            while self._size <= self._means.limits.buffer_bytes:
                piece = run.more() if wait else run.more_now()
                if piece is None:
                    return self._whole(run)
                self._pieces.append(piece)
                self._size += len(piece)
            run.stream()
        except WorkerLostError:
            self._run = None
            return None
        except BlockingIOError:
            raise
        except BaseException:
            # A Problem has freed the worker already; an interrupt of this thread has not.
            self.abandon()
            raise
        self._run = None
        return self._long(run)

    def _long(self, run: Run) -> Answer:
        answer = self._answer(run, None, Body([], None))
        source: Source = run
        if not self._seen.is_volatile:
            source = self._means.cache.copied(self._query, answer, self._pieces, run)
        return replace(answer, body=Body(self._pieces, source))

    def _whole(self, run: Run) -> Answer:
        self._run = None
        content = b"".join(self._pieces)
        answer = self._answer(run, content, Body([content], None))
        if not self._seen.is_volatile:
            self._means.cache.put(self._query, answer)
        return answer

    def _answer(self, run: Run, content: bytes | None, body: Body) -> Answer:
        form, query = self._seen.form, self._query
        assert form is not None, "the engine takes no query without a form"
        used = query.graph_format if form.answers_with_graph else query.results_format
        assert used is not None, "the engine is not asked for what nobody can read"
        return Answer(form, used, run.version, content, body)


def _needs(query: Query) -> frozenset[Part]:
    """The parts of the replica without which `query` cannot be answered."""
    asserted: frozenset[Part] = frozenset() if query.inference else frozenset({"asserted"})
    text: frozenset[Part] = frozenset({"text"}) if mentions_search(query.text) else frozenset()
    return asserted | text
