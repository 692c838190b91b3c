"""A SPARQL request's values in, a complete answer out, without a thread: the fast lane of `/sparql`.

It takes what a client most often asks for: a query whose answer is sent as it is, or the problem that it
ends with, however long that takes. Pages, and answers that are streamed or compressed, it leaves to the
pages' way, with what it has begun, so that the two answer alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final, TypeGuard

from calcigraph.errors import Problem
from calcigraph.pool import Answer
from calcigraph.web import door
from calcigraph.web.metrics import ANSWERED
from calcigraph.web.protocol import bodies, headers, problems, versions
from calcigraph.web.protocol.compression import LEAST_BYTES
from calcigraph.web.protocol.streaming import entity_tag
from calcigraph.web.protocol.visit import Begun, Visit
from calcigraph.web.serving.errands import Errands
from calcigraph.web.serving.replies import Common, Key, Replies, Reply
from calcigraph.web.site import Site

Scope = MutableMapping[str, Any]
Headers = dict[bytes, bytes]

# The guard looks at every word of a query: some 2 ms for this many, during which nobody else is served.
_LONG_QUERY: Final = 1 << 15
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# What these ask for depends on more than the query.
_NOT_TAKEN: Final = frozenset({b"if-none-match", b"if-match", b"content-encoding", b"range"})


class Lane:
    """The fast lane of one site; only for its event loop."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.metrics = site.metrics
        self._errands = Errands(site.pool)
        self._replies = Replies()
        common = headers.of_version(site.version) | headers.SECURITY | headers.READABLE
        self._common = Common([(name.lower().encode(), value.encode()) for name, value in common.items()])

    def take(
        self, scope: Scope, given: Headers, body: bytes, visit: Visit, done: Callable[[Reply | None], None]
    ) -> None:
        """Answer a request, and call `done` once with the whole answer; with None where the request is to
        go the other way, with what `visit` then has of it. That may be before this returns."""
        if scope["path"] != door.PATH or scope["method"] not in _METHODS or _is_special(given):
            done(None)
            return
        since = time.perf_counter()
        key = _key(scope, given)
        kept = self._replies.get(key, self._site.pool.version) if key is not None else None
        if kept is not None:
            self.metrics.count_repeated(door.PATH, scope["method"], time.perf_counter() - since)
            done(kept)
            return
        request = _Request(scope["method"], given, key, visit, done)
        try:
            question = door.read(_asked(scope, given, body), self._site)
        except Problem as problem:
            self._refuse(request, problem)
            return
        if question.query is None or _is_left_alone(question):
            done(None)
            return
        self._errands.run(question.query, visit, partial(self._end, question, request))

    async def answer(self, scope: Scope, given: Headers, body: bytes, visit: Visit) -> Reply | None:
        """What `take` gives, to wait for."""
        answered: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.take(scope, given, body, visit, answered.set_result)
        return await answered

    def _end(
        self, question: door.Question, request: _Request, begun: Begun, seconds: float, is_kept: bool
    ) -> None:
        if isinstance(begun, Answer | Problem):
            # What goes on is counted by the thread that ends it.
            outcome = ANSWERED if isinstance(begun, Answer) else type(begun).__name__
            self.metrics.count_query(outcome, seconds)
        if isinstance(begun, Problem):
            self._refuse(request, begun)
        elif isinstance(begun, Answer) and _is_sent_as_it_is(begun.content, request.headers):
            reply = self._reply(begun.content, question.formats.of(begun).content_type)
            if is_kept and request.key is not None:
                self._replies.put(request.key, begun.version, reply)
            self._send(request, reply)
        else:
            request.visit.begun = begun
            request.done(None)

    def _refuse(self, request: _Request, problem: Problem) -> None:
        offer = problems.offer(_text(request.headers.get(b"accept")))
        if offer is not problems.PROBLEM_JSON:
            request.visit.begun = problem
            request.done(None)
            return
        content = problems.written(problems.document(problem)).encode()
        own = [(name.lower().encode(), value.encode()) for name, value in problems.headers_of(problem)]
        typed = [*_typed(content, offer.content_type), *own]
        self._send(request, Reply(problems.status_of(problem), typed, self._common, content))

    def _send(self, request: _Request, reply: Reply) -> None:
        self.metrics.count_request(door.PATH, request.method, reply.status)
        request.visit.end()
        request.done(reply)

    def _reply(self, content: bytes, content_type: str) -> Reply:
        own = [
            *_typed(content, content_type),
            (b"etag", f'"{entity_tag(content, content_type)}"'.encode()),
            (b"vary", b"Accept, Accept-Encoding"),
            (b"cache-control", b"no-cache"),
        ]
        return Reply(HTTPStatus.OK, own, self._common, content)


@dataclass(frozen=True)
class _Request:
    """What is needed of a request to answer it; `key` where the answer may be kept for its like."""

    method: str
    headers: Headers
    key: Key | None
    visit: Visit
    done: Callable[[Reply | None], None]


def _key(scope: Scope, given: Headers) -> Key | None:
    if scope["method"] == "POST":
        return None
    return scope["method"], scope["query_string"], given.get(b"accept"), given.get(b"accept-encoding")


def _typed(content: bytes, content_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", content_type.encode()), (b"content-length", str(len(content)).encode())]


def _is_left_alone(question: door.Question) -> bool:
    """Whether the answer may be a page, a lasting one, or take long to begin with."""
    assert question.query is not None
    is_lasting = versions.PARAMETER in question.parameters
    return question.formats.may_be_a_page or is_lasting or len(question.query.text) > _LONG_QUERY


def _is_special(given: Headers) -> bool:
    return not _NOT_TAKEN.isdisjoint(given)


def _asked(scope: Scope, given: Headers, body: bytes) -> door.Asked:
    return door.Asked(
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
