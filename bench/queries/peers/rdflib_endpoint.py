"""rdflib-endpoint: rdflib's in-memory store behind FastAPI and uvicorn."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from bench.queries.connection import Endpoint, answers
from bench.queries.peers.peer import START_S, Peer, Server, program
from bench.queries.processes import BenchError, free_port, running, wait

BROUGHT_BY = "pip install 'rdflib-endpoint[cli]'"


def version() -> str | None:
    """Of the distribution and of rdflib, None where it is not installed."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return f"{metadata.version('rdflib-endpoint')} (rdflib {metadata.version('rdflib')})"
    return None


@contextlib.contextmanager
def serve(data: Path, folder: Path, _triples: int) -> Iterator[Server]:
    """`rdflib-endpoint serve FILE`; its default graph is the union."""
    command = program("rdflib-endpoint")
    if command is None:
        raise BenchError(f"there is no program rdflib-endpoint; {BROUGHT_BY}")
    endpoint = Endpoint(free_port(), "/")
    log = folder / "rdflib.log"
    started = time.perf_counter()
    arguments = ["serve", "--host", endpoint.host, "--port", str(endpoint.port), str(data)]
    with running([command, *arguments], log) as pid:
        wait(lambda: answers(endpoint, "ASK { ?s ?p ?o }"), pid, START_S, log)
        yield Server(pid, endpoint, time.perf_counter() - started)


PEER = Peer(
    "rdflib-endpoint",
    version,
    BROUGHT_BY,
    serve,
    largest=1_000_000,
    reason="ten times the memory, loading and querying of its run at 1,000,000 triples",
)
