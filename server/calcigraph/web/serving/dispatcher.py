"""Requests that were read whole in; each to what answers it, and the response back to its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from flask import Flask

from calcigraph.errors import Problem
from calcigraph.web import sparql_request
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import problem_details
from calcigraph.web.protocol.finishing import finished
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.protocol.request_problems import FrontBusy
from calcigraph.web.serving.document_cache import DocumentCache
from calcigraph.web.serving.page_threads import HEALTH, PageThreads
from calcigraph.web.serving.query_endpoint import QueryEndpoint
from calcigraph.web.site import Publication

InThread = TypeVar("InThread")
_QUERIES: Final = sparql_request.PATH.encode()
# Each makes one piece of a response and is then free for another one.
_THREADS_FOR_PIECES: Final = 32
_METHODS: Final = b"GET, HEAD, OPTIONS, POST"


class Dispatcher:
    """What connections have their requests answered by; for one event loop.

    Queries are answered by the query endpoint, without a thread; everything else by Flask in one of `pages`.
    """

    def __init__(self, publication: Publication, app: Flask, threads: int) -> None:
        self._publication = publication
        self._metrics = publication.current.metrics
        self._pages = PageThreads(app, threads, publication.current.settings.page_queue)
        self._endpoint = QueryEndpoint(publication, self._pages.finish)
        self._pieces = ThreadPoolExecutor(_THREADS_FOR_PIECES, "piece")
        self._documents = DocumentCache()
        self.is_stopping = False

    def take(self, in_flight: InFlight, is_for_health: bool) -> None:
        """Have a request answered; its `done` is called with the response, or with None where a thread is to
        answer it. A connection beyond the limit asks for nothing but health."""
        head = in_flight.head
        if is_for_health and head.raw_path not in HEALTH:
            in_flight.done(finished(self.problem(FrontBusy("All connections are taken.")), head))
        elif head.raw_path == _QUERIES:
            self._endpoint.take(in_flight)
        elif head.raw_path == b"*":
            in_flight.done(finished(self._about_the_server(), head))
        else:
            self._answer(in_flight)

    def answer_in_thread(self, in_flight: InFlight) -> None:
        """Have Flask answer what the query endpoint has left to it."""
        self._pages.answer(in_flight)

    def in_thread(self, make: Callable[..., InThread], *given: object) -> asyncio.Future[InThread]:
        """What `make` gives, made in a thread."""
        return asyncio.get_running_loop().run_in_executor(self._pieces, make, *given)

    def problem(self, problem: Problem) -> HttpResponse:
        """The response to a request that has no route."""
        return problem_details.response(problem, self._publication.current.version)

    def count(self, method: str, response: HttpResponse) -> None:
        """Count a response that is being sent."""
        self._metrics.count_request(response.route or None, method, response.status)

    def count_ended(self, reason: str) -> None:
        """Count a connection that this end has ended."""
        self._metrics.count_ended(reason)

    def close(self) -> None:
        """Begin with nothing more."""
        self._pages.close()
        self._pieces.shutdown(wait=False, cancel_futures=True)

    def _answer(self, in_flight: InFlight) -> None:
        """Answer with the document that the same request had before, or have Flask answer."""
        head, version = in_flight.head, self._publication.current.version
        kept = self._documents.get(head, version)
        if kept is not None:
            in_flight.done(kept)
        else:
            self._pages.answer(in_flight, partial(self._keep, head))

    def _keep(self, head: RequestHead, response: HttpResponse | None) -> None:
        if response is not None:
            self._documents.put(head, response)

    def _about_the_server(self) -> HttpResponse:
        """To `OPTIONS *` (RFC 9110 section 9.3.7)."""
        return HttpResponse(200, [(b"allow", _METHODS)], b"", self._publication.current.version)
