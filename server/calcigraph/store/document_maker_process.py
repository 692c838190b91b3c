"""`python -P -m calcigraph.store.document_maker_process DESCRIPTOR`: makes one document, and ends.

What that takes, in time and in memory, is bounded here and given back to the system.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import math
import os
import resource
import shutil
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from calcigraph.edition import Edition, EditionFiles
from calcigraph.edition.index import Index
from calcigraph.errors import Problem
from calcigraph.logs import error_line
from calcigraph.store.document_maker import Job, MadeFile, MakerFailure, MakerLimits
from calcigraph.store.document_problems import DocumentTooBig, NoRoomForDocument

_MIB: Final = 1 << 20
_LEVEL: Final = 5
# The front, the fork server and the workers go before whoever makes what is kept for long.
_NICER: Final = 5
_GRACE_S: Final = 5
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Make the document that is sent, say what it is, and end."""
    # An interrupt from the terminal is for the front, which then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(int(sys.argv[1]))
    job: Job = connection.recv()
    # Before there may be no memory left for its stack.
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    _confine(job.limits)
    try:
        outcome: MadeFile | Problem | MakerFailure = _outcome(job)
    except Exception as error:  # noqa: BLE001 - whatever it is, the front writes it down
        outcome = MakerFailure(error_line(error, says_all=False))
    connection.send(outcome)


def _confine(limits: MakerLimits) -> None:
    """Bound this process by what the system counts.

    Memory is what is written to: the index is mapped as well, and that is the system's to take back.
    """
    os.nice(_NICER)
    for kind, most in (
        (resource.RLIMIT_DATA, limits.memory_mib * _MIB),
        (resource.RLIMIT_FSIZE, limits.file_mib * _MIB),
        (resource.RLIMIT_CPU, math.ceil(limits.seconds) + _GRACE_S),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (soft, soft))


def _end_with(connection: Connection) -> None:
    """End this process when the other end closes: nobody waits for what it makes."""
    try:
        connection.recv()
    except (OSError, EOFError):
        os._exit(1)


def _outcome(job: Job) -> MadeFile | Problem:
    try:
        return _made(job)
    except Problem as problem:
        return problem
    except MemoryError:
        return DocumentTooBig(job.limits.memory_mib)
    except OSError as error:
        if error.errno == errno.EFBIG:
            return NoRoomForDocument(job.limits.file_mib)
        if error.errno in _FULL:
            return NoRoomForDocument(None)
        raise


def _made(job: Job) -> MadeFile:
    edition = Edition(job.root, job.number, EditionFiles(job.files), Index(EditionFiles(job.files).index))
    with job.path.open("wb") as out:
        job.content.write(edition, out)
    size, encoding = job.path.stat().st_size, ""
    if job.gzip_from is not None and size >= job.gzip_from:
        _compress(job.path)
        size, encoding = job.path.stat().st_size, "gzip"
    with job.path.open("rb") as written:
        return MadeFile(size, hashlib.file_digest(written, "sha256").hexdigest(), encoding)


def _compress(path: Path) -> None:
    """Put a compressed file in the place of a plain one: without a time in it, the same content has the same
    bytes, as a strong ETag promises."""
    plain = path.with_suffix(".plain")
    path.rename(plain)
    try:
        with (
            plain.open("rb") as read,
            path.open("wb") as out,
            gzip.GzipFile("", "wb", _LEVEL, out, 0) as compressed,
        ):
            shutil.copyfileobj(read, compressed, _MIB)
    finally:
        plain.unlink()


if __name__ == "__main__":
    main()
