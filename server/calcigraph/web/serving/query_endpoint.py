"""Requests to `/sparql` in, whole responses out, without a thread: the query endpoint in the event loop.

It takes what a client most often asks for: a query whose answer is known whole and is not very long, or the
problem that it ends with, however long that takes. Pages, and answers that are long or streamed, it leaves to
Flask, with what it has begun, so that the two answer alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool import Answer
from calcigraph.web import sparql_request
from calcigraph.web.in_flight import InFlight
from calcigraph.web.metrics import ANSWERED
from calcigraph.web.protocol import bodies, problem_details, versions
from calcigraph.web.protocol.caching import link_value
from calcigraph.web.protocol.finishing import finished, is_conditional, is_heavy
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.protocol.streaming import entity_tag
from calcigraph.web.serving.response_cache import RequestKey, ResponseCache
from calcigraph.web.serving.running_queries import RunningQueries
from calcigraph.web.serving.turns import Turns
from calcigraph.web.site import Publication, Site
from calcigraph.web.sparql_request import SparqlRequest

# To hash a longer answer for its entity tag takes a millisecond and more, during which nobody else is served.
_LONG_ANSWER: Final = 1 << 18
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# Has a response finished in a thread, and calls back before it is sent: with it, or with None where there is
# none.
FinishInThread = Callable[[InFlight, HttpResponse, Callable[[HttpResponse | None], None]], None]
# A request, and what its query gave.
Outcome = tuple[InFlight, Answer]


class QueryEndpoint:
    """The query endpoint of what is published; only for its event loop."""

    def __init__(self, publication: Publication, finish_in_thread: FinishInThread) -> None:
        self._publication = publication
        self._metrics = publication.current.metrics
        self._running = RunningQueries(publication.current.engine, self._end)
        self._cache = ResponseCache()
        # Responses that are being compressed, and who waits for the same one.
        self._finishing: dict[tuple[RequestKey, int], list[Outcome]] = {}
        self._turns = Turns()
        self._finish_in_thread = finish_in_thread

    def take(self, in_flight: InFlight) -> None:
        """Answer a request, and call its `done` once: with the whole response, or with None where Flask is to
        answer it, with what has been begun. That may be before this returns.

        Cost: some 20 microseconds where the response is in the cache, else ten to twenty times that.
        """
        head = in_flight.head
        # Flask refuses what is compressed.
        if head.method not in _METHODS or b"content-encoding" in head.fields:
            in_flight.done(None)
            return
        since = time.perf_counter()
        key, site = _key(head), self._publication.current
        cached = self._cache.get(key, site.edition.number) if key is not None else None
        if cached is not None:
            self._metrics.count_repeated(time.perf_counter() - since)
            in_flight.done(cached)
            return
        try:
            request = in_flight.request = _read(site, in_flight)
        except Problem as problem:
            self._refuse(in_flight, problem)
            return
        if request.query is None or _is_left_alone(request):
            in_flight.done(None)
            return
        self._running.run(request.query, in_flight, site.edition.number)

    def _end(self, in_flight: InFlight, seconds: float, is_repeated: bool) -> None:
        request, begun = in_flight.request, in_flight.begun
        assert request is not None, "its query has run"
        if isinstance(begun, Answer | Problem):
            # An attempt that goes on is counted by the thread that finishes it.
            outcome = ANSWERED if isinstance(begun, Answer) else type(begun).__name__
            self._metrics.count_query(outcome, seconds)
        if isinstance(begun, Problem):
            self._refuse(in_flight, begun)
        elif isinstance(begun, Answer) and begun.content is not None and len(begun.content) <= _LONG_ANSWER:
            self._answer(in_flight, begun, is_repeated)
        else:
            in_flight.done(None)

    def _answer(self, in_flight: InFlight, answer: Answer, is_repeated: bool) -> None:
        """Answer from what is kept where others ask the same, and keep it for them."""
        head = in_flight.head
        key = _key(head) if is_repeated else None
        kept = self._cache.get(key, answer.version) if key is not None else None
        if kept is not None:
            in_flight.done(kept)
            return
        waiting = self._finishing.get((key, answer.version)) if key is not None else None
        if waiting is not None:
            waiting.append((in_flight, answer))
            return
        response = self._response(in_flight, answer)
        if is_heavy(response, head):
            self._finish(in_flight, answer.version, response, key)
            return
        response = finished(response, head)
        self._keep(key, answer.version, response)
        in_flight.done(response)

    def _response(self, in_flight: InFlight, answer: Answer) -> HttpResponse:
        request, content, site = in_flight.request, answer.content, self._publication.at(answer.version)
        assert request is not None, "its query has run"
        assert content is not None, "it is known whole"
        content_type = request.offer_for(answer).content_type
        fields = [
            (b"content-type", content_type.encode()),
            (b"etag", f'"{entity_tag(content, content_type)}"'.encode()),
            (b"vary", b"Accept"),
            (b"cache-control", b"no-cache"),
        ]
        why = request.explanation(site) if answer.is_empty else None
        if why is not None:
            fields.append((b"link", link_value(*why).encode()))
        return HttpResponse(HTTPStatus.OK, fields, content, site.version, sparql_request.PATH)

    def _finish(
        self, in_flight: InFlight, version: int, response: HttpResponse, key: RequestKey | None
    ) -> None:
        """Have a thread finish the response, once for all who ask the same meanwhile."""
        if key is None:
            self._finish_in_thread(in_flight, response, lambda _: None)
        else:
            self._finishing[key, version] = []
            self._finish_in_thread(in_flight, response, partial(self._finished, key, version))

    def _finished(self, key: RequestKey, version: int, response: HttpResponse | None) -> None:
        """Send it to the others; where it could not be made, the next of them has it made."""
        waiting = self._finishing.pop((key, version))
        if response is not None:
            self._keep(key, version, response)
            self._turns.add(partial(in_flight.done, response) for in_flight, _ in waiting)
        else:
            self._turns.add(partial(self._answer, *request, True) for request in waiting)

    def _keep(self, key: RequestKey | None, version: int, response: HttpResponse) -> None:
        if key is not None:
            self._cache.put(key, version, response)

    def _refuse(self, in_flight: InFlight, problem: Problem) -> None:
        if problem_details.offer(in_flight.head.text(b"accept")) is not problem_details.PROBLEM_JSON:
            in_flight.begun = problem
            in_flight.done(None)
            return
        version = self._publication.current.version
        response = problem_details.response(problem, version, sparql_request.PATH)
        in_flight.done(finished(response, in_flight.head))


def _key(head: RequestHead) -> RequestKey | None:
    """All that the response depends on, besides the data; None where there is more: the body of a POST, and
    what the client has already."""
    if head.method == "POST" or is_conditional(head):
        return None
    fields = head.fields
    return head.method, head.query_string, fields.get(b"accept"), fields.get(b"accept-encoding")


def _read(site: Site, in_flight: InFlight) -> SparqlRequest:
    head = in_flight.head
    return sparql_request.read(
        site,
        head.method,
        head.query_string,
        lambda most: bodies.limited(in_flight.body, most),
        head.text(b"content-type"),
        head.text(b"accept"),
    )


def _is_left_alone(request: SparqlRequest) -> bool:
    """Whether Flask is to answer: with a page, for a version that is named, or why an answer is empty."""
    return request.may_be_a_page or request.explains or versions.PARAMETER in request
