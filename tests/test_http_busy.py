"""More queries than there is room for: those that find none are told when to come back."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from conftest import PublishedServer, Reply

# Eats time and no memory; each is another query, so that none is answered from what is kept.
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != %d) }"
CLIENTS = 30
NODES = [ox.NamedNode(f"urn:{n}") for n in range(1000)]


@pytest.fixture(scope="module")
def cramped(
    publishing: Callable[..., AbstractContextManager[PublishedServer]],
) -> Iterator[PublishedServer]:
    """A server with room for a few queries."""
    with publishing("cramped", "--workers", "1", long_queries=2, queue=3) as server:
        server.data.hold(ox.Quad(node, NODES[0], node) for node in NODES)
        yield server


def test_who_finds_no_room_is_told_when_to_come_back(cramped: PublishedServer) -> None:
    replies: list[Reply] = []

    def run(number: int) -> None:
        replies.append(cramped.server.ask(RUNAWAY % number, timeout="5"))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == CLIENTS
    assert {reply.status for reply in replies} <= {429, 503}
    refused = [reply for reply in replies if reply.status == 429]
    assert refused, [reply.json["detail"] for reply in replies]
    for reply in refused:
        assert int(reply.headers["retry-after"]) > 0
        assert reply.headers["retry-after"] in reply.json["hint"]
    for reply in replies:
        assert reply.type == "application/problem+json"
        assert reply.headers["cache-control"] == "no-store"
        if reply.status == 503:
            assert "5 s" in reply.json["detail"]


def test_a_crowd_that_asks_one_thing_is_answered_as_one(cramped: PublishedServer) -> None:
    """Fifty clients, where three may wait; compressed or not, sent as GET or POST."""
    text = "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?a != ?d) } GROUP BY ?a"
    before = figures(cramped)
    replies: list[Reply] = []

    def run(number: int) -> None:
        coding = {"Accept-Encoding": "gzip"} if number % 2 else {}
        if number % 5:
            path = f"/sparql?{urlencode({'query': text})}"
            replies.append(cramped.server.request("GET", path, headers={"Accept": "text/csv", **coding}))
        else:
            sent = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
            replies.append(cramped.server.request("POST", "/sparql", text.encode(), sent))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.status for reply in replies] == [200] * 50
    bodies = {
        gzip.decompress(reply.body) if reply.headers.get("content-encoding") else reply.body
        for reply in replies
    }
    assert [body.count(b"\r\n") for body in bodies] == [len(NODES) + 1]
    grown = figures(cramped) - before
    assert grown["calcigraph_pool_cache_misses_total"] == 1
    assert grown['calcigraph_query_seconds_count{outcome="answered"}'] == 50


def figures(server: PublishedServer) -> Counter[str]:
    lines = (line.rpartition(" ") for line in server.server.get("/metrics").text.splitlines())
    return Counter({name: int(float(value)) for name, _, value in lines if name[:1] != "#"})


def test_afterwards_everyone_finds_room_again(cramped: PublishedServer) -> None:
    assert [cramped.server.ask(f"ASK {{}} # {n}").status for n in range(10)] == [200] * 10
