"""Queries in, how far each has come out, all of them in one event loop: nothing here waits.

A query is looked at when its worker has written, when its turn has come, and now and then: its
deadline may have passed, or its client may have left.
"""

from __future__ import annotations

import asyncio
import logging
import select
import threading
import time
import weakref
from collections.abc import Callable
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool import Attempt, Query
from calcigraph.pool.frames import Channel
from calcigraph.store import Engine
from calcigraph.web.protocol.in_flight import Begun, InFlight
from calcigraph.web.protocol.problem_details import Unexpected

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 0.01
# How far a query has come, the seconds that it took, and whether it is an answer that was kept.
Ended = Callable[[Begun, float, bool], None]


class RunningQueries:
    """The queries that are under way in one event loop.

    The channels of workers stay in an `epoll` of their own: to let the loop watch a channel for each query
    anew takes longer than to read from it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._under_way: set[_RunningQuery] = set()
        self._clock: asyncio.TimerHandle | None = None
        self._epoll = select.epoll()
        self._known: weakref.WeakSet[Channel] = weakref.WeakSet()
        self._listening: dict[int, _RunningQuery] = {}

    def run(self, query: Query, in_flight: InFlight, ended: Ended) -> None:
        """Begin `query`, and call `ended` once: with an answer, with the problem that it met, or with an
        attempt that needs a thread. That may be before this returns."""
        running = _RunningQuery(self, in_flight, ended)
        try:
            begun = self._engine.attempt(query, running.wake, in_flight.gone)
        except Problem as problem:
            running.end(problem)
            return
        if not isinstance(begun, Attempt):
            running.end(begun, is_kept=True)
        elif begun.needs_thread:
            running.end(begun)
        else:
            running.watch(begun)

    def listen(self, query: _RunningQuery, channel: Channel) -> int:
        """Let it go on when there is something to read from `channel`; under the number that it then has."""
        if channel not in self._known:
            if not self._known:
                query.loop.add_reader(self._epoll.fileno(), self._hear)
            # At the edge: who reads, reads until there is no more, and who is no query is not of interest.
            self._epoll.register(channel.fileno(), select.EPOLLIN | select.EPOLLET)
            self._known.add(channel)
        descriptor = channel.fileno()
        self._listening[descriptor] = query
        return descriptor

    def forget(self, descriptor: int) -> None:
        """Listen no more; the channel may at once be busy with another query."""
        self._listening.pop(descriptor, None)

    def join(self, query: _RunningQuery) -> None:
        """Look at it now and then."""
        self._under_way.add(query)
        if self._clock is None:
            self._clock = query.loop.call_later(_TICK_S, self._look)

    def leave(self, query: _RunningQuery) -> None:
        """Look at it no more."""
        self._under_way.discard(query)

    def _hear(self) -> None:
        for descriptor, _ in self._epoll.poll(0):
            query = self._listening.get(descriptor)
            if query is not None:
                query.go_on()

    def _look(self) -> None:
        self._clock = None
        now = time.monotonic()
        for query in tuple(self._under_way):
            query.look(now)
        if self._under_way and self._clock is None:
            loop = next(iter(self._under_way)).loop
            self._clock = loop.call_later(_TICK_S, self._look)


class _RunningQuery:
    """One query until it has an answer, or until a thread has to go on with it."""

    def __init__(self, queries: RunningQueries, in_flight: InFlight, ended: Ended) -> None:
        self.loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._queries = queries
        self._in_flight = in_flight
        self._ended = ended
        self._since = time.perf_counter()
        self._attempt: Attempt | None = None
        self._descriptor = -1

    def watch(self, attempt: Attempt) -> None:
        """Look at `attempt` from now on."""
        self._attempt = attempt
        self._queries.join(self)
        self._listen(attempt)

    def wake(self) -> None:
        """Look at it soon; from any thread."""
        if threading.get_ident() == self._thread:
            self.loop.call_soon(self.go_on)
        else:
            self.loop.call_soon_threadsafe(self.go_on)

    def look(self, now: float) -> None:
        """Look at it if it is time to; what is looked at now and then may be for nobody."""
        self._in_flight.watch()
        if self._attempt is not None and self._attempt.next_look <= now:
            self.go_on()

    def end(self, begun: Begun, is_kept: bool = False) -> None:
        """Say how far it has come."""
        self._attempt = None
        self._queries.leave(self)
        self._ended(begun, time.perf_counter() - self._since, is_kept)

    def _listen(self, attempt: Attempt) -> None:
        channel = attempt.channel
        if channel is not None:
            self._descriptor = self._queries.listen(self, channel)

    def go_on(self) -> None:
        """Bring it on as far as that needs no waiting. A fault of our own ends this query and no other:
        who calls has more of them to look at."""
        attempt = self._attempt
        if attempt is None:
            return
        self._queries.forget(self._descriptor)
        self._descriptor = -1
        try:
            answer = attempt.poll()
        except Problem as problem:
            self.end(problem)
        except Exception:  # noqa: BLE001 - whatever it is, the other queries go on
            _LOG.exception("a query could not be brought on")
            attempt.abandon()
            self.end(Unexpected())
        else:
            if answer is not None or attempt.needs_thread:
                self.end(answer or attempt)
            else:
                self._listen(attempt)
