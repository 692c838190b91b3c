"""Texts that are made to take long: each costs its own worker, within its deadline, and nobody else waits."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable

import pytest

from conftest import ROOTS, Reply, Server
from polling import until
from test_http_leaving import at_work, client, post, spent
from test_http_stopping import is_alive

BYTES = 64_000
# Each took seconds or minutes of the process that serves everybody, or could have.
HOSTILE = {
    "names": "ASK{" + "a." * (BYTES // 2),
    "a long name": "ASK{:" + "a" * BYTES,
    "brackets": "SELECT * " + "{" * BYTES,
    "filters": "SELECT * {?s ?p ?o " + "FILTER(?o>1)" * (BYTES // 12) + "}",
    "long strings that are not closed": "ASK{" + '"""' + '\n\\"""' * (BYTES // 5),
    "strings that are not closed": "ASK{" + '\\"' * (BYTES // 2),
    "prefixes": "ASK{" + ":." * (BYTES // 2),
    "concatenations": "ASK{" + "GROUP_CONCAT a " * (BYTES // 15),
}
# What nothing refuses, and keeps its worker busy for as long as it may.
LASTING = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(9)) + " }"


@pytest.fixture(scope="module")
def narrow(start: Callable[..., Server]) -> Server:
    """A server with two workers, which gives each query very much time."""
    return start("narrow", ROOTS["toy"], "--reasoner", "none", "--workers", "2", "--timeout", "600")


def posted(server: Server, text: str, timeout_s: int) -> Reply:
    headers = {"Content-Type": "application/sparql-query"}
    return server.request("POST", f"/sparql?timeout={timeout_s}", text.encode(), headers)


def test_each_of_many_at_once_is_answered_with_a_reason(narrow: Server) -> None:
    replies: dict[str, Reply] = {}

    def send(name: str) -> None:
        replies[name] = posted(narrow, HOSTILE[name], 1)

    threads = [threading.Thread(target=send, args=(name,)) for name in HOSTILE]
    for thread in threads:
        thread.start()
    assert narrow.ask("ASK {}").status == 200
    for thread in threads:
        thread.join()
    assert {name: reply.status for name, reply in replies.items() if reply.status not in (400, 503)} == {}
    assert len(replies) == len(HOSTILE)
    for reply in replies.values():
        assert reply.type == "application/problem+json"
        assert reply.json["hint"]


def test_a_lasting_one_is_passed_by_others_and_ends_with_its_client(narrow: Server) -> None:
    before = spent(narrow)
    with client(narrow, post(LASTING)) as waiting:
        until(lambda: bool(at_work(narrow, before)))
        begun = at_work(narrow, before)
        for number in range(10):
            assert narrow.ask(f"ASK {{ ?s ?p {number} }}").status == 200
        assert not select.select([waiting], [], [], 0)[0], "the lasting one is not answered yet"
    until(lambda: not any(is_alive(worker) for worker in begun))
