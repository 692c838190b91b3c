"""Queries in; the answer, the problem, or the attempt that needs a thread, out: without waiting, in an event
loop.

A query is looked at when its worker has written, when the scheduler has a worker for it, and now and then:
its deadline may have passed, or its client may have left.
"""

from __future__ import annotations

import asyncio
import logging
import select
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.pool.frames import Channel
from calcigraph.store import Engine
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol.request_problems import Unexpected

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 0.01
# A request whose query ends here, the seconds that it took, and whether the answer was in the cache.
Ended = Callable[[InFlight, float, bool], None]


class RunningQueries:
    """The queries that run for the requests of one event loop; only for its thread.

    `ended` is called once for each, when `begun` of the request is an answer, the problem that it met, or an
    attempt that needs a thread. The channels of workers stay in an `epoll` of their own: to let the loop
    watch a channel for each query anew takes longer than to read from it.
    """

    def __init__(self, engine: Engine, ended: Ended) -> None:
        self._engine = engine
        self._ended = ended
        self._running: set[InFlight] = set()
        self._clock: asyncio.TimerHandle | None = None
        self._epoll = select.epoll()
        self._known: weakref.WeakSet[Channel] = weakref.WeakSet()
        self._listening: dict[int, InFlight] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def run(self, query: Query, in_flight: InFlight) -> None:
        """Begin `query`; it may have ended before this returns."""
        if self._loop is None:
            self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        in_flight.since = time.perf_counter()
        try:
            begun = self._engine.attempt(query, partial(self._wake, self._loop, in_flight), in_flight.gone)
        except Problem as problem:
            self._end(in_flight, problem)
            return
        if not isinstance(begun, Attempt):
            self._end(in_flight, begun, is_cached=True)
        elif begun.needs_thread:
            self._end(in_flight, begun)
        else:
            self._watch(self._loop, in_flight, begun)

    def _watch(self, loop: asyncio.AbstractEventLoop, in_flight: InFlight, attempt: Attempt) -> None:
        in_flight.begun = attempt
        self._running.add(in_flight)
        if self._clock is None:
            self._clock = loop.call_later(_TICK_S, self._look, loop)
        self._listen(loop, in_flight, attempt)

    def _listen(self, loop: asyncio.AbstractEventLoop, in_flight: InFlight, attempt: Attempt) -> None:
        """Go on with it when there is something to read from its channel."""
        channel = attempt.channel
        if channel is None:
            return
        if channel not in self._known:
            if not self._known:
                loop.add_reader(self._epoll.fileno(), self._read, loop)
            # Edge-triggered: a poll reads until there is no more, and an idle worker's channel is not looked
            # at.
            self._epoll.register(channel.fileno(), select.EPOLLIN | select.EPOLLET)
            self._known.add(channel)
        in_flight.descriptor = channel.fileno()
        self._listening[in_flight.descriptor] = in_flight

    def _wake(self, loop: asyncio.AbstractEventLoop, in_flight: InFlight) -> None:
        """Go on with it soon; from any thread."""
        if threading.get_ident() == self._thread:
            loop.call_soon(self._go_on, loop, in_flight)
        else:
            loop.call_soon_threadsafe(self._go_on, loop, in_flight)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for descriptor, _ in self._epoll.poll(0):
            in_flight = self._listening.get(descriptor)
            if in_flight is not None:
                self._go_on(loop, in_flight)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Poll the attempts that are due."""
        self._clock = None
        now = time.monotonic()
        for in_flight in tuple(self._running):
            attempt = in_flight.begun
            if isinstance(attempt, Attempt) and attempt.next_look <= now:
                self._go_on(loop, in_flight)
        if self._running and self._clock is None:
            self._clock = loop.call_later(_TICK_S, self._look, loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop, in_flight: InFlight) -> None:
        """Poll the attempt. A bug ends this query and no other: the caller has more of them to poll."""
        attempt = in_flight.begun
        if in_flight not in self._running or not isinstance(attempt, Attempt):
            return
        # The channel may at once be busy with another query.
        self._listening.pop(in_flight.descriptor, None)
        in_flight.descriptor = -1
        try:
            answer = attempt.poll()
        except Problem as problem:
            self._end(in_flight, problem)
        except Exception:  # noqa: BLE001 - whatever it is, the other queries go on
            _LOG.exception("a query could not be brought on")
            attempt.abandon()
            self._end(in_flight, Unexpected())
        else:
            if answer is not None or attempt.needs_thread:
                self._end(in_flight, answer or attempt)
            else:
                self._listen(loop, in_flight, attempt)

    def _end(self, in_flight: InFlight, begun: Answer | Attempt | Problem, is_cached: bool = False) -> None:
        self._running.discard(in_flight)
        in_flight.begun = begun
        self._ended(in_flight, time.perf_counter() - in_flight.since, is_cached)
