"""A SPARQL request's values in, a complete answer out, without a thread: the query endpoint of `/sparql`.

It takes what a client most often asks for: a query whose answer is sent as it is, or the problem that it
ends with, however long that takes. Pages, and answers that are streamed or compressed, it leaves to the
pages' way, with what it has begun, so that the two answer alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any, Final, TypeGuard

from calcigraph.errors import Problem
from calcigraph.pool import Answer
from calcigraph.web import sparql_request
from calcigraph.web.metrics import ANSWERED
from calcigraph.web.protocol import bodies, problem_details, response_headers, versions
from calcigraph.web.protocol.compression import LEAST_BYTES
from calcigraph.web.protocol.in_flight import Begun, InFlight
from calcigraph.web.protocol.streaming import entity_tag
from calcigraph.web.serving.response_cache import Common, HttpResponse, RequestKey, ResponseCache
from calcigraph.web.serving.running_queries import RunningQueries
from calcigraph.web.site import Publication, Site

Scope = MutableMapping[str, Any]
Headers = dict[bytes, bytes]

# The guard looks at every word of a query: some 2 ms for this many, during which nobody else is served.
_LONG_QUERY: Final = 1 << 15
_MOST_VERSIONS: Final = 8
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# What these ask for depends on more than the query.
_NOT_TAKEN: Final = frozenset({b"if-none-match", b"if-match", b"content-encoding", b"range"})


class QueryEndpoint:
    """The query endpoint of what is published; only for its event loop."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self.metrics = publication.current.metrics
        self._running = RunningQueries(publication.current.engine)
        self._replies = ResponseCache()
        # Two are in use while the data change.
        self._common = lru_cache(_MOST_VERSIONS)(_common)

    def take(
        self,
        scope: Scope,
        given: Headers,
        body: bytes,
        in_flight: InFlight,
        done: Callable[[HttpResponse | None], None],
    ) -> None:
        """Answer a request, and call `done` once with the whole answer; with None where the request is to
        go the other way, with what `in_flight` then has of it. That may be before this returns."""
        if scope["path"] != sparql_request.PATH or scope["method"] not in _METHODS or _is_special(given):
            done(None)
            return
        since = time.perf_counter()
        key = _key(scope, given)
        site = self._publication.current
        kept = self._replies.get(key, site.edition.number) if key is not None else None
        if kept is not None:
            self.metrics.count_repeated(sparql_request.PATH, scope["method"], time.perf_counter() - since)
            done(kept)
            return
        request = _Request(scope["method"], given, key, in_flight, done, site)
        try:
            question = sparql_request.read(_asked(scope, given, body), site)
        except Problem as problem:
            self._refuse(request, problem)
            return
        if question.query is None or _is_left_alone(question):
            done(None)
            return
        self._running.run(question.query, in_flight, partial(self._end, question, request))

    async def answer(
        self, scope: Scope, given: Headers, body: bytes, in_flight: InFlight
    ) -> HttpResponse | None:
        """What `take` gives, to wait for."""
        answered: asyncio.Future[HttpResponse | None] = asyncio.get_running_loop().create_future()
        self.take(scope, given, body, in_flight, answered.set_result)
        return await answered

    def _end(
        self,
        question: sparql_request.Question,
        request: _Request,
        begun: Begun,
        seconds: float,
        is_kept: bool,
    ) -> None:
        if isinstance(begun, Answer | Problem):
            # What goes on is counted by the thread that ends it.
            outcome = ANSWERED if isinstance(begun, Answer) else type(begun).__name__
            self.metrics.count_query(outcome, seconds)
        if isinstance(begun, Problem):
            self._refuse(request, begun)
        elif isinstance(begun, Answer) and _is_sent_as_it_is(begun.content, request.headers):
            site = self._publication.at(begun.version)
            reply = self._reply(begun.content, question.formats.of(begun).content_type, site)
            if is_kept and request.key is not None:
                self._replies.put(request.key, begun.version, reply)
            self._send(request, reply)
        else:
            request.in_flight.begun = begun
            request.done(None)

    def _refuse(self, request: _Request, problem: Problem) -> None:
        offer = problem_details.offer(_text(request.headers.get(b"accept")))
        if offer is not problem_details.PROBLEM_JSON:
            request.in_flight.begun = problem
            request.done(None)
            return
        content = problem_details.written(problem_details.document(problem)).encode()
        own = [(name.lower().encode(), value.encode()) for name, value in problem_details.headers_of(problem)]
        typed = [*_typed(content, offer.content_type), *own]
        common = self._common(request.site.version)
        self._send(request, HttpResponse(problem_details.status_of(problem), typed, common, content))

    def _send(self, request: _Request, reply: HttpResponse) -> None:
        self.metrics.count_request(sparql_request.PATH, request.method, reply.status)
        request.in_flight.end()
        request.done(reply)

    def _reply(self, content: bytes, content_type: str, site: Site) -> HttpResponse:
        own = [
            *_typed(content, content_type),
            (b"etag", f'"{entity_tag(content, content_type)}"'.encode()),
            (b"vary", b"Accept, Accept-Encoding"),
            (b"cache-control", b"no-cache"),
        ]
        return HttpResponse(HTTPStatus.OK, own, self._common(site.version), content)


@dataclass(frozen=True)
class _Request:
    """What is needed of a request to answer it; `key` where the answer may be kept for its like."""

    method: str
    headers: Headers
    key: RequestKey | None
    in_flight: InFlight
    done: Callable[[HttpResponse | None], None]
    site: Site
    """What was published when it came."""


def _common(version: str) -> Common:
    """The header fields of every reply from one version of the data."""
    fields = response_headers.of_version(version) | response_headers.SECURITY | response_headers.READABLE
    return Common([(name.lower().encode(), value.encode()) for name, value in fields.items()])


def _key(scope: Scope, given: Headers) -> RequestKey | None:
    if scope["method"] == "POST":
        return None
    return scope["method"], scope["query_string"], given.get(b"accept"), given.get(b"accept-encoding")


def _typed(content: bytes, content_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", content_type.encode()), (b"content-length", str(len(content)).encode())]


def _is_left_alone(question: sparql_request.Question) -> bool:
    """Whether the answer may be a page, a lasting one, or take long to begin with."""
    assert question.query is not None
    is_lasting = versions.PARAMETER in question.parameters
    return question.formats.may_be_a_page or is_lasting or len(question.query.text) > _LONG_QUERY


def _is_special(given: Headers) -> bool:
    return not _NOT_TAKEN.isdisjoint(given)


def _asked(scope: Scope, given: Headers, body: bytes) -> sparql_request.Asked:
    return sparql_request.Asked(
        scope["method"],
        scope["query_string"],
        _text(given.get(b"content-type")),
        _text(given.get(b"accept")),
        lambda most: bodies.limited(body, most),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _is_sent_as_it_is(content: bytes | None, given: Headers) -> TypeGuard[bytes]:
    if content is None:
        return False
    accepted = given.get(b"accept-encoding", b"")
    return len(content) < LEAST_BYTES or not (b"gzip" in accepted or b"*" in accepted)
