"""Queries in, answers or Problems out; diffs in, seen by every query asked after that.

This is the only way to the engine for text that comes from outside. It knows no HTTP.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType

from calcigraph.engine.replica import Diff
from calcigraph.federation import AllowList, Services
from calcigraph.pool.answer import Answer, Query
from calcigraph.pool.answer_cache import AnswerCache
from calcigraph.pool.attempt import Attempt
from calcigraph.pool.components import Components
from calcigraph.pool.fork_server import ForkServer
from calcigraph.pool.guard import check_length
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.scheduler import Scheduler
from calcigraph.settings import DefaultGraph, Settings


class Pool:
    """The dataset and the processes that answer from it. All methods may be called from any thread."""

    def __init__(
        self,
        nquads: bytes | Iterable[bytes],
        *,
        limits: QueryLimits | None = None,
        default_graph: DefaultGraph = Settings.default_graph,
        unasserted: Iterable[str] = (),
        prefixes: Mapping[str, str] | None = None,
        allow_service: Iterable[str] = (),
    ) -> None:
        self.limits = limits or QueryLimits()
        allowed = AllowList(allow_service)
        services = Services(allowed, self.limits.calls) if allowed else None
        self._fork_server = ForkServer(
            nquads, default_graph, unasserted, prefixes or {}, self.limits.memory_mib
        )
        self._scheduler = Scheduler(self._fork_server, self.limits)
        cache = AnswerCache(self.limits.cache_bytes)
        self._components = Components(self.limits, self._fork_server, self._scheduler, cache, services)
        self._closing = weakref.finalize(self, _close, self._scheduler, self._fork_server)

    @classmethod
    def start(
        cls,
        nquads: bytes | Iterable[bytes],
        *,
        limits: QueryLimits | None = None,
        default_graph: DefaultGraph = Settings.default_graph,
        unasserted: Iterable[str] = (),
        prefixes: Mapping[str, str] | None = None,
        allow_service: Iterable[str] = (),
    ) -> Pool:
        """A pool that is ready to answer from `nquads` (N-Quads, whole or in pieces).

        `unasserted` names the graphs that a query without inference does not see; `prefixes` (prefix
        to namespace) are offered in messages and declared in Turtle answers; `allow_service` are the
        beginnings of the IRIs that SERVICE may call, none by default.
        Cost: some 400 bytes a quad and, at a million quads, 4 to 11 s, as busy as the machine is.
        Raises: DiffUnreadable where it is not N-Quads, AllowListMalformed, EngineUnavailable.
        """
        return cls(
            nquads,
            limits=limits,
            default_graph=default_graph,
            unasserted=unasserted,
            prefixes=prefixes,
            allow_service=allow_service,
        )

    @property
    def version(self) -> int:
        """How many diffs have been published; every answer started from now on knows them all."""
        return self._fork_server.version

    def ask(self, query: Query, gone: Callable[[], bool] | None = None, since: float | None = None) -> Answer:
        """Evaluate `query`; returns once the answer is complete, or too long to be kept in memory.

        `gone` says whether the client has left. It is called a few times a second, by the thread that
        waits for the answer or reads its body, and must not block; once it is True the query is ended. Its
        time limit counts from `since`, a moment of the monotonic clock, None for now.
        Cost: some 50 microseconds more than the evaluation. Close the answer's body.
        Raises: QueryMalformed, QueryRefused, ServiceForbidden, UpdateForbidden, NotAcceptable,
        QueryTimedOut, QueryTooBig, QueryFailed, QueueFull, EngineUnavailable, ClientGone; for searches and
        SERVICE those of `calcigraph.engine.engine_problems` and `calcigraph.federation.service_problems`.
        """
        prepared = self._prepared(query, gone, since)
        return prepared if isinstance(prepared, Answer) else prepared.finish()

    def attempt(
        self,
        query: Query,
        woken: Callable[[], None],
        gone: Callable[[], bool] | None = None,
        since: float | None = None,
    ) -> Answer | Attempt:
        """As `ask`, but never waits: the answer out of the cache, or an `Attempt`, which a worker has, or
        which waits for one, or which needs a thread.

        `woken` is called, from any thread, when there is a worker for it, and must not block; `gone` is
        called by `Attempt.poll`. Of the text only the length is looked at; the worker finds out the rest.
        Raises: QueryRefused, QueueFull, EngineUnavailable.
        """
        prepared = self._prepared(query, gone, since)
        if isinstance(prepared, Attempt):
            prepared.begin(woken)
        return prepared

    def publish(self, diff: Diff) -> int:
        """Change the data; returns the new version, once every query asked from now on will see it.

        Raises: DiffUnreadable, with nothing changed; EngineUnavailable.
        """
        version = self._fork_server.publish(diff)
        self._scheduler.refresh()
        return version

    def counts(self) -> dict[str, int]:
        """Gauges: workers idle, busy and preempted, callers waiting, bytes in the cache; literals in the
        index of texts, and its bytes, when it was built. Counters: answers that were in the cache, and that
        were not."""
        indexed = self._fork_server.text_size
        return {
            **self._scheduler.counts(),
            "cached_bytes": self._components.cache.size,
            "cache_hits": self._components.cache.hits,
            "cache_misses": self._components.cache.misses,
            "indexed_literals": indexed.literals,
            "index_bytes": indexed.bytes,
        }

    def close(self) -> None:
        """End every process; queries that run raise EngineUnavailable or QueryFailed."""
        self._closing()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepared(
        self, query: Query, gone: Callable[[], bool] | None, since: float | None
    ) -> Answer | Attempt:
        """The answer out of the cache, or an attempt that has not begun. Raises: QueryRefused."""
        kept = self._components.cache.get(query, self.version)
        if kept is not None:
            return kept
        check_length(query.text, self.limits.query_bytes)
        limit_s = min(query.timeout_s or self.limits.timeout_s, self.limits.timeout_s)
        return Attempt(self._components, query, limit_s, gone, since)


def _close(scheduler: Scheduler, fork_server: ForkServer) -> None:
    scheduler.close()
    fork_server.close()
