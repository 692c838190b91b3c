"""What a peer is, and what one that was started is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.queries.connection import Endpoint

START_S = 600.0


@dataclass(frozen=True)
class Server:
    """A process that answers from the data.

    `start_s` are the seconds from the file of N-Quads to the first answer, `again_s` those to the
    first answer of a further start, where the data is already in files of the peer's own.
    """

    pid: int
    endpoint: Endpoint
    start_s: float
    again_s: float | None = None


@dataclass(frozen=True)
class Peer:
    """A kind of server.

    `version` is None where it is not installed, and `brought_by` the command that would change that.
    `serve` takes the file of N-Quads, a folder for its own files and the number of triples. Above
    `largest` triples it is not started, because of `reason`.
    """

    name: str
    version: Callable[[], str | None]
    brought_by: str
    serve: Callable[[Path, Path, int], AbstractContextManager[Server]]
    largest: int = 100_000_000
    reason: str = ""


def program(name: str) -> str | None:
    """The path of a program beside this Python, else on the search path."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
