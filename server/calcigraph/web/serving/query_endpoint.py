"""Requests to `/sparql` in, whole responses out, without a thread: the query endpoint in the event loop.

It takes what a client most often asks for: a query whose answer is sent as it is, or the problem that it
ends with, however long that takes. Pages, and answers that are streamed or compressed, it leaves to Flask,
with what it has begun, so that the two answer alike.
"""

from __future__ import annotations

import time
from functools import lru_cache
from http import HTTPStatus
from typing import Final, TypeGuard

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Query
from calcigraph.web import sparql_request
from calcigraph.web.in_flight import Headers, InFlight
from calcigraph.web.metrics import ANSWERED
from calcigraph.web.protocol import bodies, field_values, problem_details, response_headers, versions
from calcigraph.web.protocol.compression import LEAST_BYTES
from calcigraph.web.protocol.http_response import CommonHeaders, HttpResponse
from calcigraph.web.protocol.streaming import entity_tag
from calcigraph.web.serving.response_cache import RequestKey, ResponseCache
from calcigraph.web.serving.running_queries import RunningQueries
from calcigraph.web.site import Publication, Site
from calcigraph.web.sparql_request import SparqlRequest

# The guard looks at every word of a query: some 2 ms for this many, during which nobody else is served.
_MOST_VERSIONS: Final = 8
_LONG_QUERY: Final = 1 << 15
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# With one of these header fields, the response depends on more than the query and its formats.
_NOT_TAKEN: Final = frozenset({b"if-none-match", b"if-match", b"content-encoding", b"range"})


class QueryEndpoint:
    """The query endpoint of what is published; only for its event loop."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self.metrics = publication.current.metrics
        self._running = RunningQueries(publication.current.engine, self._end)
        self._cache = ResponseCache()
        # Two are in use while the data change.
        self._common = lru_cache(_MOST_VERSIONS)(_common)

    def take(self, in_flight: InFlight, body: bytes) -> None:
        """Answer a request, and call its `done` once: with the whole response, or with None where Flask is to
        answer it, with what has been begun. That may be before this returns.

        Cost: some 40 microseconds where the response is in the cache, else four to ten times that.
        """
        method, path = in_flight.method, in_flight.scope["path"]
        if path != sparql_request.PATH or method not in _METHODS or _is_special(in_flight.headers):
            in_flight.done(None)
            return
        since = time.perf_counter()
        key, site = _key(in_flight), self._publication.current
        cached = self._cache.get(key, site.edition.number) if key is not None else None
        if cached is not None:
            self.metrics.count_repeated(sparql_request.PATH, method, time.perf_counter() - since)
            in_flight.done(cached)
            return
        try:
            request = in_flight.request = _read(site, in_flight, body)
        except Problem as problem:
            self._refuse(in_flight, problem)
            return
        if request.query is None or _is_left_alone(request, request.query):
            in_flight.done(None)
            return
        self._running.run(request.query, in_flight)

    def _end(self, in_flight: InFlight, seconds: float, is_cached: bool) -> None:
        request, begun = in_flight.request, in_flight.begun
        assert request is not None, "its query has run"
        if isinstance(begun, Answer | Problem):
            # An attempt that goes on is counted by the thread that finishes it.
            outcome = ANSWERED if isinstance(begun, Answer) else type(begun).__name__
            self.metrics.count_query(outcome, seconds)
        if isinstance(begun, Problem):
            self._refuse(in_flight, begun)
        elif isinstance(begun, Answer) and _is_sent_as_it_is(begun.content, in_flight.headers):
            site = self._publication.at(begun.version)
            response = self._response(begun.content, request.offer_for(begun).content_type, site)
            key = _key(in_flight) if is_cached else None
            if key is not None:
                self._cache.put(key, begun.version, response)
            self._send(in_flight, response)
        else:
            in_flight.done(None)

    def _refuse(self, in_flight: InFlight, problem: Problem) -> None:
        offer = problem_details.offer(_text(in_flight.headers.get(b"accept")))
        if offer is not problem_details.PROBLEM_JSON:
            in_flight.begun = problem
            in_flight.done(None)
            return
        content = problem_details.written(problem_details.document(problem)).encode()
        own = [(name.lower().encode(), value.encode()) for name, value in problem_details.headers_of(problem)]
        typed = [*_typed(content, offer.content_type), *own]
        common = self._common(self._publication.current.version)
        self._send(in_flight, HttpResponse(problem_details.status_of(problem), typed, common, content))

    def _send(self, in_flight: InFlight, response: HttpResponse) -> None:
        self.metrics.count_request(sparql_request.PATH, in_flight.method, response.status)
        in_flight.end()
        # The request is part of a circle (its scope, its connection): the answer is not to wait for the
        # collector.
        in_flight.begun = None
        in_flight.done(response)

    def _response(self, content: bytes, content_type: str, site: Site) -> HttpResponse:
        own = [
            *_typed(content, content_type),
            (b"etag", f'"{entity_tag(content, content_type)}"'.encode()),
            (b"vary", b"Accept, Accept-Encoding"),
            (b"cache-control", b"no-cache"),
        ]
        return HttpResponse(HTTPStatus.OK, own, self._common(site.version), content)


def _common(version: str) -> CommonHeaders:
    """The header fields of every response from one version of the data."""
    fields = response_headers.of_version(version) | response_headers.SECURITY | response_headers.READABLE
    return CommonHeaders([(name.lower().encode(), value.encode()) for name, value in fields.items()])


def _key(in_flight: InFlight) -> RequestKey | None:
    """All that the response depends on, besides the data; None for a POST, whose body is no part of a key."""
    if in_flight.method == "POST":
        return None
    headers = in_flight.headers
    return (
        in_flight.method,
        in_flight.scope["query_string"],
        headers.get(b"accept"),
        headers.get(b"accept-encoding"),
    )


def _read(site: Site, in_flight: InFlight, body: bytes) -> SparqlRequest:
    headers = in_flight.headers
    field_values.check(lambda name: _text(headers.get(name.lower().encode())))
    return sparql_request.read(
        site,
        in_flight.method,
        in_flight.scope["query_string"],
        lambda most: bodies.limited(body, most),
        _text(headers.get(b"content-type")),
        _text(headers.get(b"accept")),
    )


def _typed(content: bytes, content_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", content_type.encode()), (b"content-length", str(len(content)).encode())]


def _is_left_alone(request: SparqlRequest, query: Query) -> bool:
    """Whether Flask is to answer: with a page, for a version that is named, or a long query."""
    return request.may_be_a_page or versions.PARAMETER in request or len(query.text) > _LONG_QUERY


def _is_special(headers: Headers) -> bool:
    return not _NOT_TAKEN.isdisjoint(headers)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _is_sent_as_it_is(content: bytes | None, headers: Headers) -> TypeGuard[bytes]:
    if content is None:
        return False
    accepted = headers.get(b"accept-encoding", b"")
    return len(content) < LEAST_BYTES or not (b"gzip" in accepted or b"*" in accepted)
