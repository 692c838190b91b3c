"""More queries than there is room for: those that find none are told when to come back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

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


def test_afterwards_everyone_finds_room_again(cramped: PublishedServer) -> None:
    assert [cramped.server.ask(f"ASK {{}} # {n}").status for n in range(10)] == [200] * 10
