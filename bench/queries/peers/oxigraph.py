"""`oxigraph serve` of the PyPI distribution `oxigraph`, in memory and on disk."""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from bench.queries.connection import Endpoint, answers
from bench.queries.peers.peer import START_S, Peer, Server, program
from bench.queries.processes import BenchError, free_port, running, wait

BROUGHT_BY = "pip install oxigraph"


def version() -> str | None:
    """Of the distribution, None where it is not installed."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version("oxigraph")
    return None


@contextlib.contextmanager
def in_memory(data: Path, folder: Path, _triples: int) -> Iterator[Server]:
    """Started empty, then given the data through the Graph Store Protocol."""
    started = time.perf_counter()
    with _serving(folder, []) as (pid, endpoint):
        _upload(endpoint, data)
        yield Server(pid, endpoint, time.perf_counter() - started)


@contextlib.contextmanager
def on_disk(data: Path, folder: Path, _triples: int) -> Iterator[Server]:
    """Loaded into RocksDB with `oxigraph load`, then served."""
    location = ["--location", str(folder / "oxigraph")]
    started = time.perf_counter()
    subprocess.run([_program(), "load", *location, "--file", data], check=True, capture_output=True)
    loaded = time.perf_counter()
    with _serving(folder, location) as (pid, endpoint):
        ready = time.perf_counter()
        yield Server(pid, endpoint, ready - started, ready - loaded)


@contextlib.contextmanager
def _serving(folder: Path, location: list[str]) -> Iterator[tuple[int, Endpoint]]:
    endpoint = Endpoint(free_port(), "/query")
    bind = ["--bind", f"{endpoint.host}:{endpoint.port}", "--union-default-graph"]
    log = folder / "oxigraph.log"
    with running([_program(), "serve", *location, *bind], log) as pid:
        wait(lambda: answers(endpoint, "ASK {}"), pid, START_S, log)
        yield pid, endpoint


def _upload(endpoint: Endpoint, data: Path) -> None:
    connection = http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=START_S)
    headers = {"Content-Type": "application/n-quads", "Content-Length": str(data.stat().st_size)}
    with contextlib.closing(connection), data.open("rb") as body:
        connection.request("POST", "/store", body, headers)
        status = connection.getresponse().status
    if status >= 300:
        raise BenchError(f"the upload was answered {status}")


def _program() -> str:
    found = program("oxigraph")
    if found is None:
        raise BenchError(f"there is no program oxigraph; {BROUGHT_BY}")
    return found


MEMORY = Peer("oxigraph, memory", version, BROUGHT_BY, in_memory)
DISK = Peer("oxigraph, disk", version, BROUGHT_BY, on_disk)
