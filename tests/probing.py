"""A port in, queries beside whatever else happens there; how long each waited out.

A process of its own asks them, so that what the test does beside it takes none of its time. It is told to end
by the end of its standard input, and says what it found as JSON.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
_PATIENCE_S = 120.0
CACHED = "ASK {}"


@dataclass(frozen=True)
class Waits:
    """Seconds that each query waited from when it was due; what became of those that failed."""

    seconds: list[float]
    failures: list[str]

    @property
    def longest(self) -> float:
        return max(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(0.95 * len(self.seconds))]


class Probe:
    """Queries that are asked until the end of a `with`; then `waits` says how long they took.

    One every `every_s` seconds, over `connections` kept ones in turn; every `fresh`th is one that no cache
    can answer, none where it is 0. With a `pause_s` each connection asks so long after the answer before.
    """

    def __init__(
        self, port: int, every_s: float = 0.0, connections: int = 1, fresh: int = 0, pause_s: float = 0.0
    ) -> None:
        self.waits = Waits([], [])
        given = (port, every_s, connections, fresh, pause_s)
        self._command = [sys.executable, __file__, *map(str, given)]

    def __enter__(self) -> Probe:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        said, _ = self._process.communicate(timeout=2 * _PATIENCE_S)
        assert self._process.returncode == 0
        self.waits = Waits(**json.loads(said))


class Asker:
    """One kept connection and what became of its queries."""

    def __init__(self, port: int) -> None:
        # Imported here, as the repository is on the path of the process that asks alone.
        from bench.queries.connection import Endpoint, Incoming

        self.seconds: list[float] = []
        self.failures: list[str] = []
        self._endpoint = Endpoint(port, "/sparql")
        self._incoming: Callable[[], Incoming] = Incoming
        self._connection: socket.socket | None = None

    def ask(self, number: int, is_fresh: bool, due: float) -> None:
        mark = f"{number}-{secrets.token_hex(4)}"
        request = self._endpoint.request(f'SELECT ("{mark}" AS ?m) {{}}' if is_fresh else CACHED)
        wanted = mark.encode() if is_fresh else b'"boolean":true'
        try:
            answer = self._exchange(request)
        except OSError as error:
            self.close()
            self.failures.append(type(error).__name__)
        else:
            if wanted not in answer:
                self.failures.append(answer[:300].decode("latin-1"))
        self.seconds.append(time.monotonic() - due)

    def _exchange(self, request: bytes) -> bytes:
        if self._connection is None:
            self._connection = self._endpoint.connect(_PATIENCE_S)
        self._connection.sendall(request)
        incoming = self._incoming()
        while True:
            piece = self._connection.recv(1 << 18)
            if not piece:
                raise ConnectionResetError
            if incoming.add(piece):
                return bytes(incoming.received)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def ask_in_turn(
    asker: Asker, dues: Iterator[tuple[int, float]], fresh: int, pause_s: float, is_over: threading.Event
) -> None:
    """Ask when each is due, whatever has become of the one before: who is late has waited since then. At
    least one is asked, however little time there was.

    With a `pause_s` it is asked so long after the answer before in place of that: what one waits is not
    counted again for the next.
    """
    for number, due in dues:
        moment = time.monotonic() + pause_s if pause_s else due
        if is_over.wait(max(0.0, moment - time.monotonic())) and asker.seconds:
            break
        asker.ask(number, bool(fresh) and number % fresh == 0, min(moment, time.monotonic()))
    asker.close()


def main(port: int, every_s: float, connections: int, fresh: int, pause_s: float) -> None:
    is_over = threading.Event()
    askers = [Asker(port) for _ in range(connections)]
    # The first of each kind makes what the others find.
    for asker in askers:
        asker.ask(0, False, time.monotonic())
        assert asker.failures == []
        asker.seconds.clear()
    print("ready", flush=True)
    begun = time.monotonic()
    threads = [
        threading.Thread(
            target=ask_in_turn,
            args=(
                asker,
                ((number, begun + number * every_s) for number in itertools.count(place, connections)),
                fresh,
                pause_s,
                is_over,
            ),
        )
        for place, asker in enumerate(askers)
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    is_over.set()
    for thread in threads:
        thread.join()
    found = Waits(
        [wait for asker in askers for wait in asker.seconds],
        [one for asker in askers for one in asker.failures],
    )
    print(json.dumps({"seconds": found.seconds, "failures": found.failures}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
