"""An endpoint and requests in, requests a second out: eight clients, and beside them forty slow ones.

The eight share one thread that waits for whichever is answered next. That takes less processor time
than a process for each, and how much it took is part of the result: a client that is busy all the
time would measure itself.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.queries.connection import Endpoint, Incoming
from bench.queries.processes import BenchError, running

CLIENTS = 8
SLOW_CLIENTS = 40
_DRIBBLE_S = 0.2
_TIMEOUT_S = 60.0
_PIECE = 1 << 16


@dataclass(frozen=True)
class Rate:
    """Requests a second, their latency in ms, and the share of one core that the clients took."""

    a_second: float
    p50_ms: float
    p95_ms: float
    client_share: float


class _Client:
    """One of the eight: a connection and the request that is under way on it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.connection = endpoint.connect(_TIMEOUT_S)
        self._receive, self._send = self.connection.recv, self.connection.sendall
        self._incoming = Incoming()
        self._sent = 0.0

    def send(self, request: bytes) -> None:
        self._incoming = Incoming()
        self._sent = time.perf_counter()
        self._send(request)

    def receive(self) -> float | None:
        """Seconds that the request took, None where its answer is not whole yet."""
        piece = self._receive(_PIECE)
        if not piece:
            raise BenchError("a connection was closed under load")
        if not self._incoming.add(piece):
            return None
        took = time.perf_counter() - self._sent
        if self._incoming.status() != 200:
            raise BenchError(f"answered {self._incoming.status()} under load")
        return took


def rate(endpoint: Endpoint, requests: Iterator[bytes], seconds: float) -> Rate:
    """Ask for `seconds`, each client its next request once it has its answer.

    Raises: BenchError where any answer is not 200, or none comes.
    """
    took: list[float] = []
    with contextlib.ExitStack() as stack:
        clients = [_Client(endpoint) for _ in range(CLIENTS)]
        for client in clients:
            stack.callback(client.connection.close)
            client.send(next(requests))
        started, busy = time.perf_counter(), time.process_time()
        _take_turns(clients, requests, started + seconds, took)
        elapsed, busy = time.perf_counter() - started, time.process_time() - busy
    took.sort()
    p50, p95 = (1000 * took[int(part * len(took))] for part in (0.5, 0.95))
    return Rate(len(took) / elapsed, p50, p95, busy / elapsed)


def _take_turns(clients: list[_Client], requests: Iterator[bytes], until: float, took: list[float]) -> None:
    by_descriptor = {client.connection.fileno(): client for client in clients}
    with select.epoll() as ready:
        for descriptor in by_descriptor:
            ready.register(descriptor, select.EPOLLIN)
        while time.perf_counter() < until:
            events = ready.poll(_TIMEOUT_S)
            if not events:
                raise BenchError(f"no answer within {_TIMEOUT_S:.0f} s under load")
            for descriptor, _ in events:
                client = by_descriptor[descriptor]
                seconds = client.receive()
                if seconds is not None:
                    took.append(seconds)
                    client.send(next(requests))


@contextlib.contextmanager
def slow_clients(endpoint: Endpoint, log: Path) -> Iterator[None]:
    """Forty clients in a process of their own that never get their requests out."""
    command = [sys.executable, "-m", "bench.queries.load", str(endpoint.port), endpoint.path]
    with running(command, log):
        time.sleep(1.0)
        yield


def dribble(endpoint: Endpoint) -> None:
    """Send headers (every second client) and bodies a byte at a time, for ever."""
    connections = [_begun(endpoint, number) for number in range(SLOW_CLIENTS)]
    while True:
        time.sleep(_DRIBBLE_S)
        for number, connection in enumerate(connections):
            try:
                connection.sendall(b"x")
            except OSError:
                connection.close()
                with contextlib.suppress(OSError):
                    connections[number] = _begun(endpoint, number)


def _begun(endpoint: Endpoint, number: int) -> socket.socket:
    connection = endpoint.connect(_TIMEOUT_S)
    if number % 2:
        connection.sendall(f"GET {endpoint.path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".encode())
    else:
        connection.sendall(
            f"POST {endpoint.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
            "Content-Type: application/sparql-query\r\n\r\n".encode()
        )
    return connection


if __name__ == "__main__":
    dribble(Endpoint(int(sys.argv[1]), sys.argv[2]))
