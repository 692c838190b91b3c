"""A document to be made in, a process that makes it, and what it has made, out.

Both ends (see `document_maker_process`) are this program, so what is sent is pickled.
"""

from __future__ import annotations

import logging
import signal
import subprocess
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from calcigraph.errors import Problem
from calcigraph.processes import started
from calcigraph.root import Root
from calcigraph.store.document_contents import DocumentContent
from calcigraph.store.document_problems import (
    DocumentLost,
    DocumentTimedOut,
    DocumentTooBig,
)

_LOG: Final = logging.getLogger(__name__)
RETRY_AFTER_S: Final = 5
REST_S: Final = 30
"""How long a document is left alone that could not be made within its limits."""
_PROGRAM: Final = "calcigraph.store.document_maker_process"
_FAREWELL_S: Final = 5


@dataclass(frozen=True)
class MakerLimits:
    """What making one document may take: seconds, MiB of memory, and MiB of the file."""

    seconds: float
    memory_mib: int
    file_mib: int


@dataclass(frozen=True)
class Job:
    """A document to be made: of which edition, what, where to, and how. With `gzip_from` it is compressed
    where it has so many bytes."""

    root: Root
    number: int
    files: Path
    content: DocumentContent
    path: Path
    gzip_from: int | None
    limits: MakerLimits


@dataclass(frozen=True)
class MadeFile:
    """What was made: bytes of the file, their SHA-256, and the coding that was applied to the content."""

    size: int
    sha256: str
    encoding: str


@dataclass(frozen=True)
class MakerFailure:
    """What nobody expected to go wrong while a document was made, as a line for the log."""

    error: str


class Maker:
    """The process, from its start to its end."""

    def __init__(self, job: Job) -> None:
        """Start it. Raises: OSError where no process can be had."""
        self._job = job
        self._process, ours = started(_PROGRAM)
        self._connection = Connection(ours.detach())

    def result(self) -> MadeFile:
        """What it has made, whole. Waits for it, no longer than its limit.

        Raises: DocumentTimedOut, DocumentTooBig, NoRoomForDocument, FormatUnfit; DocumentLost where it ended
        by somebody else's hand, or failed, which is logged.
        """
        limits = self._job.limits
        try:
            self._connection.send(self._job)
            if not self._connection.poll(limits.seconds):
                raise DocumentTimedOut(limits.seconds, REST_S)
            answer = self._connection.recv()
        except (OSError, EOFError):
            # The engine's serialisers abort where they get no memory.
            if self._ended() == -signal.SIGABRT:
                raise DocumentTooBig(limits.memory_mib) from None
            raise DocumentLost(RETRY_AFTER_S) from None
        if isinstance(answer, Problem):
            raise answer
        if isinstance(answer, MakerFailure):
            _LOG.error("a document could not be made: %s", answer.error)
            raise DocumentLost(RETRY_AFTER_S)
        assert isinstance(answer, MadeFile)
        return answer

    def kill(self) -> None:
        """End it at once; who waits for the result is told that it is lost. From any thread."""
        self._process.kill()

    def close(self) -> None:
        """End it, whatever it does."""
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def _ended(self) -> int | None:
        """The status that it ended with, once its end of the connection is closed."""
        try:
            return self._process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            return None
