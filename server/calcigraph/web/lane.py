"""A SPARQL request's values in, a complete answer out, without a thread: the fast lane of `/sparql`.

It takes what a client most often asks for: a query whose answer is short, comes within a moment and is
sent as it is. Whatever is more than that it leaves to the pages' way, with what it has begun, so
that the two answer alike.
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
from calcigraph.pool import Answer, Attempt, Pool, Query
from calcigraph.web import door
from calcigraph.web.metrics import ANSWERED
from calcigraph.web.protocol import bodies, headers, versions
from calcigraph.web.protocol.compression import LEAST_BYTES
from calcigraph.web.protocol.streaming import entity_tag
from calcigraph.web.protocol.visit import Begun, Visit
from calcigraph.web.site import Site

Scope = MutableMapping[str, Any]
Headers = dict[bytes, bytes]

# A query that takes longer is waited for by a thread, which can look at its deadline meanwhile.
_MOMENT_S: Final = 0.01
# The guard looks at every word of a query, which for a longer one is no matter of a moment.
_LONG_QUERY: Final = 1 << 14
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# What these ask for depends on more than the query.
_NOT_TAKEN: Final = (b"if-none-match", b"if-match", b"content-encoding", b"range")


@dataclass(frozen=True)
class Reply:
    """A complete answer; header names in lower case."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


class Lane:
    """The fast lane of one site; only for its event loop."""

    def __init__(self, site: Site) -> None:
        self._site = site
        common = headers.of_version(site.version) | headers.SECURITY | headers.READABLE
        self._common = [(name.lower().encode(), value.encode()) for name, value in common.items()]

    def take(
        self, scope: Scope, given: Headers, body: bytes, visit: Visit, done: Callable[[Reply | None], None]
    ) -> None:
        """Answer a request, and call `done` once with the whole answer; with None where the request is to
        go the other way, with what `visit` then has of it. That may be before this returns."""
        if scope["path"] != door.PATH or scope["method"] not in _METHODS or _is_special(given):
            done(None)
            return
        try:
            question = door.read(_asked(scope, given, body), self._site)
        except Problem as problem:
            visit.begun = problem
            done(None)
            return
        if question.query is None or _is_left_alone(question):
            done(None)
            return
        _Errand(
            self._site.pool, question.query, visit, partial(self._end, question, scope, given, done)
        ).run()

    async def answer(self, scope: Scope, given: Headers, body: bytes, visit: Visit) -> Reply | None:
        """What `take` gives, to wait for."""
        answered: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.take(scope, given, body, visit, answered.set_result)
        return await answered

    def _end(
        self,
        question: door.Question,
        scope: Scope,
        given: Headers,
        done: Callable[[Reply | None], None],
        begun: Begun,
        seconds: float,
    ) -> None:
        if isinstance(begun, Answer | Problem):
            # What goes on is counted by the thread that ends it.
            outcome = ANSWERED if isinstance(begun, Answer) else type(begun).__name__
            self._site.metrics.count_query(outcome, seconds)
        if isinstance(begun, Answer) and _is_sent_as_it_is(begun.content, given):
            self._site.metrics.count_request(door.PATH, scope["method"], HTTPStatus.OK)
            done(self._reply(begun.content, question.formats.of(begun).content_type))
        else:
            done(None)

    def _reply(self, content: bytes, content_type: str) -> Reply:
        own = [
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"etag", f'"{entity_tag(content, content_type)}"'.encode()),
            (b"vary", b"Accept, Accept-Encoding"),
            (b"cache-control", b"no-cache"),
        ]
        return Reply(HTTPStatus.OK, own + self._common, content)


class _Errand:
    """One query in the lane, until it has an answer or its moment is over. `ended` is called once with
    how far it has come, which `visit` has too, and the seconds that it took."""

    def __init__(self, pool: Pool, query: Query, visit: Visit, ended: Callable[[Begun, float], None]) -> None:
        self._pool = pool
        self._query = query
        self._visit = visit
        self._ended = ended
        self._since = time.perf_counter()
        self._timer: asyncio.TimerHandle | None = None

    def run(self) -> None:
        """Begin it."""
        try:
            begun = self._pool.attempt(self._query, self._visit.gone)
        except Problem as problem:
            self._end(problem)
            return
        if not isinstance(begun, Attempt):
            self._end(begun)
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_MOMENT_S, self._leave, loop, begun, begun.fileno())
        loop.add_reader(begun.fileno(), self._look, loop, begun, begun.fileno())

    def _look(self, loop: asyncio.AbstractEventLoop, attempt: Attempt, descriptor: int) -> None:
        # Once there is an answer, the descriptor may at once be busy with another query.
        loop.remove_reader(descriptor)
        try:
            answer = attempt.poll()
        except Problem as problem:
            self._end(problem)
            return
        if answer is not None or attempt.needs_thread:
            self._end(answer or attempt)
        else:
            loop.add_reader(descriptor, self._look, loop, attempt, descriptor)

    def _leave(self, loop: asyncio.AbstractEventLoop, attempt: Attempt, descriptor: int) -> None:
        loop.remove_reader(descriptor)
        self._end(attempt)

    def _end(self, begun: Begun) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._visit.begun = begun
        self._ended(begun, time.perf_counter() - self._since)


def _is_left_alone(question: door.Question) -> bool:
    """Whether the answer may be a page, a lasting one, or take long to begin with."""
    assert question.query is not None
    is_lasting = question.single(versions.PARAMETER) is not None
    return question.formats.may_be_a_page or is_lasting or len(question.query.text) > _LONG_QUERY


def _is_special(given: Headers) -> bool:
    return any(name in given for name in _NOT_TAKEN)


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
