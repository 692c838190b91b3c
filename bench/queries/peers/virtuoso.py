"""Virtuoso 7 (Debian's virtuoso-opensource-7), with a configuration and a database of its own."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.queries.connection import Endpoint, answers
from bench.queries.peers.peer import START_S, Peer, Server, program
from bench.queries.processes import BenchError, free_port, running, wait

BROUGHT_BY = "apt-get install virtuoso-opensource-7"
_SERVER, _CLIENT = "virtuoso-t", "isql-vt"
_LEAST_BUFFERS = 20_000
# Pages of 8 KiB; with this all of the data stays in memory.
_TRIPLES_PER_BUFFER = 50
# 0 as the greatest number of rows lets every row through. Nothing else here differs from the
# configuration that the package brings but places, ports, memory and connections.
_CONFIGURATION = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CaseMode = 2
DirsAllowed = {folder}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
CheckpointInterval = 0
MaxClientConnections = 100
ThreadsPerQuery = 4
AsyncQueueMaxThreads = 10
MaxQueryMem = 2G
VectorSize = 1000
MaxVectorSize = 1000000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 64
MaxClientConnections = 64
MaxKeepAlives = 64
KeepAliveTimeout = 600
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = 0
"""
# Its default graph is the union of all graphs, with those in which it describes itself.
_OWN_GRAPHS = (
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/ns/ldp#",
    "http://localuriqaserver/sparql",
)


def version() -> str | None:
    """What the program says of itself, None where it is not installed."""
    command = program(_SERVER)
    if command is None or program(_CLIENT) is None:
        return None
    said = subprocess.run([command, "-?"], capture_output=True, text=True, check=False)
    lines = (line.strip() for line in (said.stdout + said.stderr).splitlines())
    return next(
        (line.removeprefix("Version").split()[0] for line in lines if line.startswith("Version")), "7"
    )


@contextlib.contextmanager
def serve(data: Path, folder: Path, triples: int) -> Iterator[Server]:
    """A new database, loaded by its bulk loader; stopped, and started again to be measured."""
    sql, endpoint = free_port(), Endpoint(free_port(), "/sparql")
    buffers = _LEAST_BUFFERS + triples // _TRIPLES_PER_BUFFER
    configuration = _CONFIGURATION.format(
        sql=sql, http=endpoint.port, folder=data.parent, buffers=buffers, dirty=3 * buffers // 4
    )
    (folder / "virtuoso.ini").write_text(configuration)
    started = time.perf_counter()
    with _serving(folder, endpoint):
        # The graph is a formality: N-Quads name their own.
        _say(sql, f"ld_dir('{data.parent}', '{data.name}', 'http://example.org/none'); rdf_loader_run();")
        _say(sql, "checkpoint;")
        start_s = time.perf_counter() - started
    started = time.perf_counter()
    with _serving(folder, endpoint) as pid:
        again_s = time.perf_counter() - started
        listed = ", ".join(f"iri_to_id('{graph}')" for graph in _OWN_GRAPHS)
        _say(sql, f"log_enable(3, 1); delete from DB.DBA.RDF_QUAD where G in ({listed}); checkpoint;")
        yield Server(pid, endpoint, start_s, again_s)


@contextlib.contextmanager
def _serving(folder: Path, endpoint: Endpoint) -> Iterator[int]:
    log = folder / "virtuoso.out"
    command = [program(_SERVER) or _SERVER, "+configfile", "virtuoso.ini", "+foreground"]
    with running(command, log, folder) as pid:
        wait(lambda: answers(endpoint, "ASK {}"), pid, START_S, log)
        yield pid


def _say(port: int, statements: str) -> None:
    client = [program(_CLIENT) or _CLIENT, f"127.0.0.1:{port}", "dba", "dba", f"exec={statements}"]
    done = subprocess.run(client, capture_output=True, text=True, check=False, timeout=START_S)
    if done.returncode or "*** Error" in done.stdout + done.stderr:
        raise BenchError(f"Virtuoso refused: {(done.stdout + done.stderr)[-300:]}")


PEER = Peer("Virtuoso", version, BROUGHT_BY, serve)
