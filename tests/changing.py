"""A real server whose data a test changes: `calcigraph serve`, but for the way in for changes.

As long as there is no writing over HTTP, changes come by the standard input of the serving process, one a
line, and go where a writer will hand them over: `Publication.publish`. Run as a program, this module is that
server.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from calcigraph.web.site import Publication

PROBLEM = "problem"


class RefusedError(Exception):
    """A change that the server did not make: the title of its problem."""


@dataclass(frozen=True)
class Changes:
    """The way in for changes."""

    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def publish(self, *, add: Iterable[ox.Quad] = (), remove: Iterable[ox.Quad] = ()) -> str:
        """Make a change; returns the version that every query asked from now on sees.

        Raises: RefusedError.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = json.dumps([_text(add), _text(remove)])
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        said, _, value = self.process.stdout.readline().decode().strip().partition(" ")
        if said == PROBLEM:
            raise RefusedError(value)
        assert said == "version", "the server took the change"
        return value

    def helpers(self, module: str) -> list[int]:
        """The process ids of the server's own processes that run a module."""
        return helpers_of(self.pid, module)


def helpers_of(pid: int, module: str) -> list[int]:
    """The process ids of the processes that a process has started, that run a module, and have not ended."""
    paths = Path(f"/proc/{pid}/task").glob("*/children")
    found = {int(child) for path in paths for child in _read(path).split()}
    return sorted(child for child in found if module in _read(Path(f"/proc/{child}/cmdline")))


def _text(quads: Iterable[ox.Quad]) -> str:
    return (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode()


def _read(path: Path) -> str:
    """What a file of a thread or a process says; nothing where that has ended meanwhile."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


@contextlib.contextmanager
def running(folder: Path, port: int, log: Path) -> Iterator[Changes]:
    """The server's process, ended by its id."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, __file__, str(folder), str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            yield Changes(process)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main() -> None:
    """Serve the root in the folder and at the port that the arguments name."""
    from calcigraph.edition import EditionCache
    from calcigraph.root import Root
    from calcigraph.settings import Settings
    from calcigraph.store import LocalEngine
    from calcigraph.web.app import create_app
    from calcigraph.web.serving.listening import listen
    from calcigraph.web.serving.server import serve
    from calcigraph.web.site import publication_of
    from polling import MOST_S

    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = replace(Settings(), port=port, timeout=MOST_S)
    with contextlib.closing(LocalEngine.start(Root.read(folder), settings, EditionCache.of_user())) as engine:
        app = create_app(engine, settings)
        taking = threading.Thread(target=_take_changes, args=(publication_of(app),), daemon=True)
        serve(app, listen(settings.host, port), ready=taking.start)


def _take_changes(publication: Publication) -> None:
    from calcigraph.edition import Change
    from calcigraph.errors import Problem

    # Unbuffered: a buffer's lock that is held at the end would hinder the process from ending.
    with open(0, "rb", buffering=0, closefd=False) as incoming:
        for line in _lines(incoming):
            add, remove = (list(ox.parse(text, ox.RdfFormat.N_QUADS)) for text in json.loads(line))
            try:
                publication.publish(Change.of(add=add, remove=remove))
            except Problem as problem:
                said = f"{PROBLEM} {problem.title}"
            except BaseException:
                # Whoever waits for a receipt is to be told.
                os.write(1, b"bug\n")
                raise
            else:
                said = f"version {publication.current.version}"
            os.write(1, f"{said}\n".encode())


def _lines(incoming: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while piece := incoming.read(1 << 16):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


if __name__ == "__main__":
    main()
