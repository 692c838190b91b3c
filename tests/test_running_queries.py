"""Queries in an event loop: each ends once, whatever becomes of its worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Pool, Query, QueryLimits
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import request_head
from calcigraph.web.protocol.request_problems import Unexpected
from calcigraph.web.serving.running_queries import RunningQueries
from polling import MOST_S

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
HEAD = request_head.read(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 100)
Told = TypeVar("Told")
DATA = "".join(f"<urn:s{n}> <urn:p> <urn:s{n * 7 % 3000}> .\n" for n in range(3000)).encode()


def in_a_loop(ask: Callable[[Pool], Awaitable[Told]], pool: Pool) -> Told:
    """What `ask` gives in a loop of its own thread; the tests' thread has one since a browser was used."""

    async def asked() -> Told:
        return await ask(pool)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asked())).result()


Outcome = Answer | Attempt | Problem | None


def running(pool: Pool) -> RunningQueries:
    """Queries of which each tells its request that it has ended, by `done`."""
    return RunningQueries(pool, lambda in_flight, _seconds, _is_cached: in_flight.done(None))


async def outcome(queries: RunningQueries, pool: Pool, text: str, breaks: bool = False) -> Outcome:
    ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    in_flight = InFlight(HEAD, b"", ended.set_result)
    queries.run(Query(text), in_flight, pool.version)
    if breaks:
        (busy,) = pool._scheduler._workforce.busy
        # Its descriptor is no socket any more, which is nothing that a worker can do to it.
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), busy.channel.fileno(), inheritable=False)
    await asyncio.wait_for(ended, MOST_S)
    return in_flight.begun


def test_a_fault_of_our_own_ends_the_query_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def ask(pool: Pool) -> None:
        queries = running(pool)
        broken = asyncio.ensure_future(outcome(queries, pool, CROSS, breaks=True))
        other = asyncio.ensure_future(outcome(queries, pool, "ASK { ?s ?p ?o }"))
        assert isinstance(await broken, Unexpected)
        assert isinstance(await other, Answer)
        assert isinstance(await outcome(queries, pool, "ASK { ?s ?q ?o }"), Answer)

    with Pool.start(DATA, limits=QueryLimits(workers=1, spares=2, cache_bytes=0)) as pool:
        in_a_loop(ask, pool)
        assert pool.counts()["busy"] == pool.counts()["waiting"] == 0
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [OSError]


@pytest.mark.parametrize("number", [1, 5, 40])
def test_many_queries_end_each_with_its_own_answer(number: int) -> None:
    async def ask(pool: Pool) -> list[Outcome]:
        queries = running(pool)
        texts = [f"SELECT ({n} AS ?n) {{}}" for n in range(number)]
        return await asyncio.gather(*(outcome(queries, pool, text) for text in texts))

    with Pool.start(DATA, limits=QueryLimits(workers=2, spares=1)) as pool:
        found = in_a_loop(ask, pool)
    assert len(found) == number
    for n, begun in enumerate(found):
        assert isinstance(begun, Answer)
        assert f'"value":"{n}"'.encode() in (begun.content or b"")
