"""Queries in, answers or Problems out; diffs in, seen by the very next query.

This is the only door to the engine for text that comes from outside. It knows no HTTP.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.formats import Form
from calcigraph.engine.replica import Diff
from calcigraph.engine.view import DefaultGraphMode
from calcigraph.pool.answer import Answer, Body, Query
from calcigraph.pool.cache import Cache
from calcigraph.pool.caller import Caller
from calcigraph.pool.diagnosis import Diagnosis, check_acceptable
from calcigraph.pool.guard import Survey, survey
from calcigraph.pool.limits import Limits
from calcigraph.pool.nursery import Nursery
from calcigraph.pool.problems import EngineUnavailable, QueryMalformed
from calcigraph.pool.roster import Roster
from calcigraph.pool.run import Deadline, Run, WorkerLostError

# All workers may have died while they waited; after that, it is not by chance.
_RETRIES: Final = 2


class Pool:
    """The dataset and the processes that answer from it. All methods may be called from any thread."""

    def __init__(
        self,
        nquads: bytes | Iterable[bytes],
        *,
        limits: Limits | None = None,
        default_graph: DefaultGraphMode = "union",
        unasserted: Iterable[str] = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._prefixes = dict(prefixes or {})
        self._cache = Cache(self.limits.cache_bytes)
        self._nursery = Nursery(nquads, default_graph, unasserted, self._prefixes, self.limits.memory_mib)
        self._roster = Roster(self._nursery, self.limits)
        self._closing = weakref.finalize(self, _close, self._roster, self._nursery)

    @classmethod
    def start(
        cls,
        nquads: bytes | Iterable[bytes],
        *,
        limits: Limits | None = None,
        default_graph: DefaultGraphMode = "union",
        unasserted: Iterable[str] = (),
        prefixes: Mapping[str, str] | None = None,
    ) -> Pool:
        """A pool that is ready to answer from `nquads` (N-Quads, whole or in pieces).

        `unasserted` names the graphs that a query without inference does not see; `prefixes` (prefix
        to namespace) are offered in messages and declared in Turtle answers.
        Cost: some 400 bytes a quad and, at a million quads, 4 to 11 s, as busy as the machine is.
        Raises: DiffUnreadable where it is not N-Quads, EngineUnavailable.
        """
        return cls(
            nquads, limits=limits, default_graph=default_graph, unasserted=unasserted, prefixes=prefixes
        )

    @property
    def version(self) -> int:
        """How many diffs have been published; every answer started from now on knows them all."""
        return self._nursery.version

    def ask(self, query: Query, gone: Callable[[], bool] | None = None) -> Answer:
        """Evaluate `query`; returns once the answer is complete, or too long to be kept in memory.

        `gone` says whether who asked has left. It is called a few times a second, by the thread that
        waits for the answer or reads its body, and must not block; once it is True the query is ended.
        Cost: some 50 microseconds more than the evaluation. Close the answer's body.
        Raises: QueryMalformed, QueryRefused, ServiceForbidden, UpdateForbidden, NotAcceptable,
        QueryTimedOut, QueryTooBig, QueryFailed, QueueFull, EngineUnavailable, ClientGone.
        """
        kept = self._cache.get(query, self.version)
        if kept is not None:
            return kept
        _check_graphs(query)
        seen = survey(query.text, self.limits.query_bytes)
        check_acceptable(seen, query.results_format, query.graph_format)
        limit_s = min(query.timeout_s or self.limits.timeout_s, self.limits.timeout_s)
        deadline = Deadline.after(limit_s)
        answer = self._answer(query, seen, deadline, Caller(gone))
        if not seen.is_volatile:
            self._cache.put(query, answer)
        return answer

    def publish(self, diff: Diff) -> int:
        """Change the data; returns the new version, once every query asked from now on will see it.

        Raises: DiffUnreadable, with nothing changed; EngineUnavailable.
        """
        version = self._nursery.publish(diff)
        self._roster.refresh()
        return version

    def counts(self) -> dict[str, int]:
        """Gauges: workers idle, busy and aside, callers waiting, bytes in the cache."""
        return {**self._roster.counts(), "cached_bytes": self._cache.size}

    def close(self) -> None:
        """End every process; queries that run raise EngineUnavailable or QueryFailed."""
        self._closing()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, query: Query, seen: Survey, deadline: Deadline, caller: Caller) -> Answer:
        diagnosis = Diagnosis(query.text, self._prefixes, query.base_iri is not None)
        for _ in range(self.limits.workers + self.limits.spares + _RETRIES):
            worker = self._roster.take(deadline.at, query.inference, caller)
            diffs = self._nursery.diffs_since(worker.version)
            if diffs is None:
                self._roster.discard(worker)
                continue
            run = Run(self._roster, worker, self.limits, deadline, caller, diagnosis)
            try:
                run.hand_over(query, diffs)
                return self._collect(run, seen, worker.version)
            except WorkerLostError:
                continue
            except BaseException:
                # A Problem has freed the worker already; an interrupt of this thread has not.
                run.abandon()
                raise
        raise EngineUnavailable("The processes that evaluate queries keep ending.")

    def _collect(self, run: Run, seen: Survey, version: int) -> Answer:
        """Read until the end or until it is too much to keep."""
        pieces: list[bytes] = []
        size = 0
        while size <= self.limits.buffer_bytes:
            piece = run.more()
            if piece is None:
                content = b"".join(pieces)
                return Answer(_form(run, seen), run.format, version, content, Body([content], None))
            pieces.append(piece)
            size += len(piece)
        run.stream()
        return Answer(_form(run, seen), run.format, version, None, Body(pieces, run))


def _check_graphs(query: Query) -> None:
    for iri in (*query.default_graphs, *query.named_graphs):
        try:
            ox.NamedNode(iri)
        except ValueError:
            raise QueryMalformed(
                f"<{iri}> is asked for as a graph of the dataset and is not an absolute IRI.",
                "Write the whole IRI of the graph.",
            ) from None


def _form(run: Run, seen: Survey) -> Form:
    assert seen.form is not None, "the engine takes no query without a form"
    return seen.form


def _close(roster: Roster, nursery: Nursery) -> None:
    roster.close()
    nursery.close()
