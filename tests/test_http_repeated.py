"""A request that was answered before is answered again at once, as long as that is true and there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.serving.response_cache import RequestKey, ResponseCache
from conftest import PublishedServer

TYPE = ox.NamedNode("urn:type")
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <urn:type> }"


@pytest.fixture(scope="module")
def changing(
    publishing: Callable[..., AbstractContextManager[PublishedServer]],
) -> Iterator[PublishedServer]:
    with publishing("repeated") as server:
        yield server


def things(number: int) -> list[ox.Quad]:
    a = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return [ox.Quad(ox.NamedNode(f"urn:thing{n}"), a, TYPE) for n in range(number)]


def test_a_repeated_request_sees_what_was_published_meanwhile(changing: PublishedServer) -> None:
    for number in (1, 5, 2):
        changing.data.hold(things(number))
        replies = [changing.server.ask(COUNT, accept="text/csv") for _ in range(4)]
        assert [reply.text for reply in replies] == [f"n\r\n{number}\r\n"] * 4
        assert len({reply.headers["etag"] for reply in replies}) == 1


def test_requests_that_differ_in_what_they_accept_are_told_apart(changing: PublishedServer) -> None:
    changing.data.hold(things(3))
    for _ in range(3):
        assert changing.server.ask(COUNT, accept="text/csv").type == "text/csv"
        assert changing.server.ask(COUNT, accept="application/sparql-results+xml").type.endswith("xml")
        assert "uuid" in changing.server.ask("SELECT (STRUUID() AS ?uuid) {}", accept="text/csv").text
    ids = {changing.server.ask("SELECT (STRUUID() AS ?uuid) {}", accept="text/csv").text for _ in range(4)}
    assert len(ids) == 4, "what is another answer at each time is not repeated"


def reply(size: int) -> HttpResponse:
    return HttpResponse(200, [], bytes(size))


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300_000), st.integers(0, 1))))
def test_what_is_kept_stays_within_its_bound(puts: list[tuple[int, int, int]]) -> None:
    replies = ResponseCache()
    for number, size, step in puts:
        key: RequestKey = ("GET", str(number).encode(), None, None)
        version = replies.version + step
        replies.put(key, version, reply(size))
        assert replies.get(key, version + 1) is None
    assert replies.size <= 16 << 20
    assert replies.size >= sum(len(kept.content) for kept in replies)


def test_who_was_asked_for_least_recently_leaves_first() -> None:
    replies = ResponseCache()
    keys: list[RequestKey] = [("GET", str(number).encode(), None, None) for number in range(100)]
    for key in keys:
        replies.put(key, 0, reply(200_000))
        assert replies.get(keys[0], 0) is not None
    assert replies.get(keys[1], 0) is None
    assert replies.get(keys[99], 0) is not None
