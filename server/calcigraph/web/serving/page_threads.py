"""Requests in, responses out: those that need a thread, because Flask answers them or they take long to
finish."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final

from flask import Flask, request

from calcigraph.pool.query_problems import ClientGone
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import problem_details
from calcigraph.web.protocol.finishing import finished
from calcigraph.web.protocol.flask_response import converted
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.request_problems import FrontBusy, Unexpected
from calcigraph.web.serving.daemon_threads import DaemonThreads
from calcigraph.web.serving.wsgi_environ import environ_of
from calcigraph.web.site import current_site, publication_of

_LOG = logging.getLogger(__name__)
# Of those who run the server, who ask when it has most to do.
HEALTH: Final = frozenset({b"/healthz", b"/readyz"})
_THREADS_FOR_HEALTH: Final = 4
# So many are at work at once, of those that were begun no longer than a moment ago: the event loop gets the
# interpreter behind every thread that waits for it, each time that it has something to do. With a crowd of
# short pages in a hundred threads, queries waited for 200 ms.
_AT_WORK: Final = 3
_MOMENT_S: Final = 0.1
Respond = Callable[[], HttpResponse | None]
# Who is told of a response that was made, or of none.
Finished = Callable[[HttpResponse | None], None]


def _nobody(response: HttpResponse | None) -> None:
    """Nobody but the client is told."""


class PageThreads:
    """Threads that answer requests; for one event loop.

    `threads` answer at the same time, `most_waiting` requests more wait for one, and any beyond that is
    refused. A few are begun at once; whatever takes longer than a moment, as what waits for something does,
    holds up none of the others. Those for `HEALTH` have threads of their own. What waits for a client that
    has left is not begun; what was begun ends with its next query or look at the site.
    """

    def __init__(self, app: Flask, threads: int, most_waiting: int) -> None:
        self._app = app
        self._publication = publication_of(app)
        self._most = threads + most_waiting
        self._taken = 0
        self._threads = DaemonThreads(threads, "page")
        self._waiting: deque[tuple[InFlight, Respond, Finished]] = deque()
        # Those that were begun a moment ago, and what ends the moment.
        self._new: dict[InFlight, asyncio.TimerHandle] = {}
        self._health = DaemonThreads(_THREADS_FOR_HEALTH, "health")

    def answer(self, in_flight: InFlight, told: Finished = _nobody) -> None:
        """Have Flask answer, and call `told`, then `done` of the request, with the response; see `finish`."""
        self._run(in_flight, partial(answered, self._app, in_flight), told)

    def finish(self, in_flight: InFlight, response: HttpResponse, told: Finished) -> None:
        """Finish a response; `told` is called once, before `done` of its request is: with the response, or
        with None where it was not made."""
        self._run(in_flight, partial(finished, response, in_flight.head), told)

    def close(self) -> None:
        """Begin with nothing more. Threads that answer are not waited for."""
        self._waiting.clear()
        for threads in (self._threads, self._health):
            threads.cancel()

    def _run(self, in_flight: InFlight, respond: Respond, told: Finished = _nobody) -> None:
        is_health = in_flight.head.raw_path in HEALTH
        if self._taken >= self._most and not is_health:
            busy = FrontBusy("Too many requests wait for their turn.")
            told(None)
            in_flight.done(self._problem(in_flight, busy))
            return
        self._taken += 1
        if is_health:
            self._submit(self._health, in_flight, respond, told)
        else:
            self._waiting.append((in_flight, respond, told))
            self._begin()

    def _begin(self) -> None:
        """Begin with what has waited longest, as far as a few are at work."""
        loop = asyncio.get_running_loop()
        while self._waiting and len(self._new) < _AT_WORK:
            in_flight, respond, told = self._waiting.popleft()
            self._new[in_flight] = loop.call_later(_MOMENT_S, self._let_age, in_flight)
            self._submit(self._threads, in_flight, respond, told)

    def _submit(self, threads: DaemonThreads, in_flight: InFlight, respond: Respond, told: Finished) -> None:
        loop = asyncio.get_running_loop()
        future = threads.submit(partial(_unless_left, in_flight, respond))
        future.add_done_callback(lambda ended: loop.call_soon_threadsafe(self._end, in_flight, ended, told))

    def _let_age(self, in_flight: InFlight) -> None:
        moment = self._new.pop(in_flight, None)
        if moment is not None:
            moment.cancel()
            self._begin()

    def _end(self, in_flight: InFlight, ended: Future[HttpResponse | None], told: Finished) -> None:
        self._taken -= 1
        self._let_age(in_flight)
        if ended.cancelled():
            return
        error = ended.exception()
        if error is not None:
            _LOG.error("a response could not be made", exc_info=error)
            told(None)
            in_flight.done(self._problem(in_flight, Unexpected()))
            return
        response = ended.result()
        told(response)
        if response is not None:
            in_flight.done(response)

    def _problem(self, in_flight: InFlight, problem: FrontBusy | Unexpected) -> HttpResponse:
        version = self._publication.current.version
        return finished(problem_details.response(problem, version), in_flight.head)


def answered(app: Flask, in_flight: InFlight) -> HttpResponse:
    """What Flask answers, as it is sent. In any thread.

    Raises: whatever Flask does not turn into a response.
    """
    with app.request_context(environ_of(in_flight)):
        response = app.full_dispatch_request()
        return finished(converted(response, request, current_site().version), in_flight.head)


def _unless_left(in_flight: InFlight, respond: Respond) -> HttpResponse | None:
    if in_flight.has_left:
        # A query that was begun gives its worker back now, and not when the collector finds it.
        in_flight.begun = None
        return None
    try:
        return respond()
    except ClientGone:
        return None
