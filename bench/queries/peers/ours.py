"""Our server: front, fork server and workers."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.queries.connection import Endpoint, answers
from bench.queries.peers.peer import START_S, Peer, Server
from bench.queries.processes import free_port, running, wait
from calcigraph import __version__

NAME = "ours"


@contextlib.contextmanager
def serve(data: Path, folder: Path, _triples: int) -> Iterator[Server]:
    """Started as `calcigraph serve` is, on the data instead of a root."""
    endpoint = Endpoint(free_port(), "/sparql")
    log = folder / "ours.log"
    started = time.perf_counter()
    with running([sys.executable, "-m", "bench.queries.launch", str(data), str(endpoint.port)], log) as pid:
        wait(lambda: answers(endpoint, "ASK { ?s ?p ?o }"), pid, START_S, log)
        yield Server(pid, endpoint, time.perf_counter() - started)


PEER = Peer(NAME, lambda: __version__, "pip install .", serve)
