"""`python -m calcigraph.edition.process DESCRIPTOR`: a writer in a process of its own; see `writer_child` for
the other end."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph import deadline
from calcigraph.deadline import endless
from calcigraph.edition.assembly import assemble, consistent
from calcigraph.edition.change import Change
from calcigraph.edition.edition import Edition
from calcigraph.edition.files import EditionCache, EditionFiles, WorkFolder
from calcigraph.edition.proof_steps import Step, steps_of
from calcigraph.edition.writer import ChangeOutcome, Writer
from calcigraph.edition.writer_child import ABANDON, STEP
from calcigraph.edition.writer_start import WriterStart
from calcigraph.edition.writing import changing, forget_after
from calcigraph.errors import Problem
from calcigraph.evaluating import watched_by
from calcigraph.logs import error_line
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, ReasonerName

_LOOK_S: Final = 0.1


def main() -> None:
    """Answer requests until the other end closes."""
    # These are for the front, which then closes the connection.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection = Connection(int(sys.argv[1]))
    threading.Thread(target=_end_with, args=(connection.fileno(),), daemon=True).start()
    answering = _Answering(connection)
    while True:
        try:
            name, values, left_s = connection.recv()
        except EOFError:
            return
        if name == ABANDON:
            # It came when the answer was on its way.
            continue
        try:
            with _deadline(connection, left_s):
                answer = "value", getattr(answering, name)(*values)
        except Problem as problem:
            answer = "problem", problem
        except Exception as error:  # noqa: BLE001 - the front tells it, and has another process started
            connection.send(("failed", error_line(error, says_all=False)))
            return
        connection.send(answer)


def _deadline(connection: Connection, left_s: float | None) -> AbstractContextManager[None]:
    """That of whoever waits at the other end, who sends nothing meanwhile but that he does so no more."""
    return endless() if left_s is None else deadline.within(left_s, _GivenUp(connection))


class _GivenUp:
    """Whether anything has come. Cost: a system call, seldom."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._looked = time.monotonic()

    def __call__(self) -> bool:
        if time.monotonic() - self._looked < _LOOK_S:
            return False
        self._looked = time.monotonic()
        return self._connection.poll(0)


def _end_with(descriptor: int) -> None:
    """End this process when the other end of its connection is closed, whatever it does: nobody waits for
    that any more, and it may take for ever."""
    poll = select.poll()
    # Nothing but the end.
    poll.register(descriptor, 0)
    poll.poll()
    os._exit(0)


class _Answering:
    """The requests, by name."""

    def __init__(self, connection: Connection) -> None:
        self._writer: Writer | None = None
        self._connection = connection

    def assemble(
        self, root: Path, reasoner: ReasonerName, folder: Path, limits: ReasonerLimits | None
    ) -> Path:
        cache = EditionCache.of_user()
        with watched_by(lambda step: self._connection.send((STEP, step))):
            made = assemble(Root.read(root), reasoner, cache, WorkFolder(folder), limits)
            return consistent(made).files.folder

    def open(self, source: WriterStart) -> None:
        files = EditionFiles(source.files, WorkFolder(source.owner))
        if source.number:
            # Of a writer that was killed, which had told nobody.
            with changing(files.index) as connection:
                forget_after(connection, source.number)
        self._writer = Writer(Edition.open(source.root, files), source.reasoner, limits=source.limits)

    def back_to(self, number: int) -> None:
        self._known.back_to(number)

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> tuple[list[Sequence[Step] | None], bool]:
        found = self._known.proofs(number, triple, limit)
        return [steps_of(proof) for proof in found.items], found.complete

    def after(self, change: Change) -> ChangeOutcome:
        return self._known.after(change)

    @property
    def _known(self) -> Writer:
        assert self._writer is not None
        return self._writer


if __name__ == "__main__":
    main()
