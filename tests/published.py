"""A real server, as `calcigraph serve` starts it, whose data a test changes from outside.

As long as there is no writing over HTTP, the data of the W3C tests goes straight into the pool of the
serving process, by the way that the writer will use: `Pool.publish`. Everything else is asked
over HTTP. Run as a program, this module is that server; its standard input brings the changes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from calcigraph.edition.index import Index
from calcigraph.pool import Diff, Pool, QueryLimits
from calcigraph.web.site import Publication

LIMITS = "CALCIGRAPH_TEST_LIMITS"
SIZES = struct.Struct("!QQ")


class Published:
    """The server's data, which each test replaces by its own."""

    def __init__(self, changes: IO[bytes], receipts: IO[bytes]) -> None:
        self._changes = changes
        self._receipts = receipts
        self._held = b""

    def hold(self, quads: Iterable[ox.Quad]) -> None:
        """Make the server hold these quads and no others; returns once every query sees them."""
        data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
        assert data is not None
        if data != self._held:
            self._changes.write(SIZES.pack(len(data), len(self._held)) + data + self._held)
            self._changes.flush()
            assert self._receipts.readline().startswith(b"version "), "the server took the change"
            self._held = data


def read_all(files: Iterable[tuple[str, bytes, ox.RdfFormat, str]]) -> list[ox.Quad]:
    """The quads of some files: graph name ("" for the default graph), content, format and base IRI of
    each; blank nodes of different files are different."""
    found: list[ox.Quad] = []
    for name, content, form, base in files:
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        parsed = ox.parse(content, form, base_iri=base, rename_blank_nodes=True)
        found += [ox.Quad(q.subject, q.predicate, q.object, graph) for q in parsed]
    return found


@contextlib.contextmanager
def running(
    folder: Path, port: int, log: Path, *options: str, **limits: int
) -> Iterator[tuple[subprocess.Popen[bytes], Published]]:
    """The server's process, and its data; `limits` are those of its pool that no option sets."""
    command = [sys.executable, __file__, "--root", str(folder), "--port", str(port), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            env=os.environ | {LIMITS: json.dumps(limits)},
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            yield process, Published(process.stdin, process.stdout)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _take_changes(pool: Pool, publications: list[Publication]) -> None:
    # Unbuffered: a buffer's lock that is held at the end would hinder the process from ending.
    with open(0, "rb", buffering=0, closefd=False) as incoming:
        while head := _read(incoming, SIZES.size):
            added, removed = SIZES.unpack(head)
            diff = Diff(added=_read(incoming, added), removed=_read(incoming, removed))
            version = pool.publish(diff)
            for publication in publications:
                publication.current = publication.at(version)
            os.write(1, f"version {version}\n".encode())


def _read(incoming: IO[bytes], size: int) -> bytes:
    found = b""
    while len(found) < size and (piece := incoming.read(size - len(found))):
        found += piece
    return found


def main() -> None:
    """`calcigraph serve` with the arguments given; its pool is empty and takes changes from outside."""
    from calcigraph.cli import main as calcigraph
    from calcigraph.web import site

    start, install, facts = Pool.start, site.install, Index.facts
    publications: list[Publication] = []

    def start_open(_nquads: object, *, limits: QueryLimits, **named: object) -> Pool:
        smaller = dataclasses.replace(limits, **json.loads(os.environ[LIMITS]))
        # Without what the server says about itself, which would be among the data of a test.
        pool = start(b"", limits=smaller, **named)  # type: ignore[arg-type]
        threading.Thread(target=_take_changes, args=(pool, publications), daemon=True).start()
        return pool

    def install_open(publication: Publication) -> None:
        publications.append(publication)
        install(publication)

    Pool.start = start_open  # type: ignore[method-assign,assignment]
    site.install = install_open
    # What goes past the editions has no facts of its own: those of the root are told instead.
    Index.facts = lambda index, _number: facts(index, 0)  # type: ignore[method-assign]
    sys.argv[1:1] = ["serve"]
    calcigraph()


if __name__ == "__main__":
    main()
