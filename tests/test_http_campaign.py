"""A hundred runaways beside fifty ordinary queries a second, over HTTP: each is answered in time, no
ordinary one fails or waits, the front goes on, and nothing grows."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from conftest import PublishedServer, Server
from polling import MOST_S
from runaways import DATA, KINDS, ORDINARY_S, Outcome, ordinary, runaway

RUNAWAYS_S = 5.0
# Answered with a reason: refused by the guard, or ended by its deadline or for its size.
EXPECTED = {400, 503}
AFTERWARDS_S = 1.0


@pytest.fixture(scope="module")
def attacked(
    publishing: Callable[..., AbstractContextManager[PublishedServer]],
) -> Iterator[Server]:
    with publishing("attacked", "--default-graph", "union", "--worker-memory-mib", "256") as server:
        server.data.hold(ox.parse(DATA, ox.RdfFormat.N_QUADS))
        # What is opened once, at the first of its kind, is no growth.
        attack(server.server, 20, 10, 0.2)
        yield server.server


class Exchange:
    """One request on a connection of its own, and what has come back so far."""

    def __init__(self, port: int, request: bytes, due: float, deadline_s: float | None) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), MOST_S)
        self.connection.sendall(request)
        self.due = due
        self.deadline_s = deadline_s
        self._received = b""

    def read(self) -> bool:
        """Whether the answer is whole now."""
        piece = self.connection.recv(1 << 16)
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not piece:
            return True
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        return bool(found) and len(body) >= int(length or b"0")

    def end(self, outcome: Outcome) -> None:
        """Note what became of it."""
        self.connection.close()
        took = time.monotonic() - self.due
        status = int(self._received[9:12] or b"0")
        if self.deadline_s is not None:
            outcome.answers[status] += 1
            outcome.late.append(took - self.deadline_s)
            if status not in EXPECTED:
                outcome.failures.append(f"a runaway: {self._received[:500]!r}")
        else:
            outcome.ordinary.append(took)
            if status != 200 or b'"uri"' not in self._received:
                outcome.failures.append(f"an ordinary query: {self._received[:500]!r}")


def attack(server: Server, runaways: int, at_once: int, deadline_s: float) -> Outcome:
    """Keep `at_once` of the `runaways` under way until all are answered, and send an ordinary query every
    20 ms meanwhile, whatever has become of the ones before."""
    # Written beforehand: that takes longer than to answer them.
    outcome, waiting = Outcome(), deque(posted(runaway(number), deadline_s) for number in range(runaways))
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as opened:

        def watch(exchange: Exchange) -> None:
            opened.enter_context(exchange.connection)
            selector.register(exchange.connection, selectors.EVENT_READ, exchange)

        attackers, number, due = 0, 0, time.monotonic()
        while waiting or attackers:
            while waiting and attackers < at_once:
                watch(Exchange(server.port, waiting.popleft(), time.monotonic(), deadline_s))
                attackers += 1
            if (now := time.monotonic()) >= due:
                watch(Exchange(server.port, got(ordinary(number)), due, None))
                number, due = number + 1, due + ORDINARY_S
            for key, _ in selector.select(max(0.0, due - now)):
                if key.data.read():
                    selector.unregister(key.fileobj)
                    attackers -= key.data.deadline_s is not None
                    key.data.end(outcome)
        for key in list(selector.get_map().values()):
            while not key.data.read():
                pass
            key.data.end(outcome)
    return outcome


def posted(query: str, timeout_s: float) -> bytes:
    """As forms are sent, which is how most clients send what is long."""
    body = urlencode({"query": query, "timeout": timeout_s})
    return (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
    ).encode()


def got(query: str) -> bytes:
    return f"GET /sparql?{urlencode({'query': query})} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def belongings(server: Server) -> tuple[int, int]:
    """The open files of the front, without the two of each worker, and its size in KiB."""
    workers = float(series(server, 'calcigraph_pool_workers{state="idle"}'))
    files = len(os.listdir(f"/proc/{server.pid}/fd")) - 2 * int(workers)
    return files, int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * 4


def series(server: Server, name: str) -> str:
    (line,) = (line for line in server.get("/metrics").text.splitlines() if line.startswith(name))
    return line.rpartition(" ")[2]


def settle(server: Server) -> tuple[int, int]:
    """What the front has once all is quiet: workers that were ended are gone, connections closed."""
    give_up, before = time.monotonic() + MOST_S, None
    while before != (now := belongings(server)):
        assert time.monotonic() < give_up
        before = now
        time.sleep(AFTERWARDS_S)
    return now


def check(server: Server, runaways: int, at_once: int, deadline_s: float) -> Outcome:
    files, size = settle(server)
    outcome = attack(server, runaways, at_once, deadline_s)
    print(f"{runaways} runaways, {at_once} at once: {outcome}")
    assert outcome.failures == []
    assert outcome.answers.total() == runaways
    assert Path(f"/proc/{server.pid}").exists(), "the front is the process that it was"
    assert "Traceback" not in server.log.read_text()
    give_up = time.monotonic() + MOST_S
    while (now := settle(server))[0] > files:
        # A process that took much memory takes its time to go.
        assert time.monotonic() < give_up, "descriptors are left"
    assert now[1] - size < 30_000
    return outcome


def test_runaways_of_every_kind_hurt_nobody(attacked: Server) -> None:
    # How late is measured by the campaign, on a machine that does nothing else.
    check(attacked, 2 * len(KINDS), len(KINDS), deadline_s=0.5)


@pytest.mark.campaign
@pytest.mark.parametrize(("at_once", "tolerance_s"), [(10, 0.1), (25, 0.1), (50, 0.1), (100, 0.3)])
def test_a_hundred_runaways_hurt_nobody(attacked: Server, at_once: int, tolerance_s: float) -> None:
    # Where a hundred come within one millisecond, the last of them waits until the others are read.
    outcome = check(attacked, 100, at_once, RUNAWAYS_S)
    assert max(outcome.late) <= tolerance_s
    ordered = sorted(outcome.ordinary)
    assert ordered[int(0.95 * len(ordered))] <= 0.02
