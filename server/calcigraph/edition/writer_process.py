"""A writer in a process of its own, as everybody else sees it.

What the reasoner holds is some hundred bytes a quad, and closing takes every processor it can get; the
process that answers requests has neither.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from calcigraph import deadline
from calcigraph.deadline import endless
from calcigraph.edition.change import Change
from calcigraph.edition.edition import Edition
from calcigraph.edition.files import EditionCache, EditionFiles, WorkFolder, closing_name
from calcigraph.edition.proof_steps import proof_of
from calcigraph.edition.writer import ChangeOutcome
from calcigraph.edition.writer_child import WriterChild
from calcigraph.edition.writer_problems import MOST_WAITING, WriterBusy, WriterUnavailable
from calcigraph.edition.writer_start import WriterStart
from calcigraph.evaluated_apart import Watch
from calcigraph.reasoning import Proofs
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, ReasonerName, Settings

_LOOK_S: Final = 0.1
# Whoever ends processes may end the next one too; a request that ends them itself ends so many.
_TRIES: Final = 5


class WriterProcess:
    """A `Writer` elsewhere. All methods may be called from any thread; one request is answered at a time.

    A process that has ended is replaced by one that begins with the newest edition that this side knows.
    """

    def __init__(self, source: WriterStart) -> None:
        self._source = self._before = source
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._child: WriterChild | None = None
        self._closed = False

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> Proofs:
        """See `Writer.proofs`. Waits for its turn and for the answer until the deadline of whoever asks;
        the search ends with that. Raises: WriterUnavailable, WriterBusy, and what `deadline.check`
        raises too."""
        with self._turn():
            items, complete = self._answered("proofs", number, triple, limit)
        return Proofs(tuple(filter(None, map(proof_of, items))), complete)

    def after(self, change: Change) -> ChangeOutcome:
        """See `Writer.after`. Raises: WriterUnavailable too; then there is no other edition than before."""
        with self._lock, endless():
            outcome: ChangeOutcome = self._answered("after", change)
            if outcome.number != self._source.number:
                self._before, self._source = self._source, self._source.after(outcome)
            return outcome

    def back_to(self, number: int) -> None:
        """See `Writer.back_to`."""
        with self._lock, endless():
            if number == self._source.number:
                return
            assert number == self._before.number
            self._source = self._before
            # A process that is started anew begins there anyway.
            with suppress(WriterUnavailable):
                if self._child is not None:
                    self._answered("back_to", number)

    def close(self) -> None:
        """End the process, whatever it does; what is asked meanwhile raises WriterUnavailable."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
        with self._lock:
            self._drop()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The turn of whoever asks for a proof. Raises: WriterBusy; what `deadline.check` raises."""
        if not self._room.acquire(blocking=False):
            raise WriterBusy
        try:
            while not self._lock.acquire(timeout=_LOOK_S):
                deadline.check()
            try:
                yield
            finally:
                self._lock.release()
        finally:
            self._room.release()

    def _answered(self, name: str, *values: object) -> Any:
        """What the process answers; where it ended before that, what another one answers, which knows
        nothing of what was begun. Raises: WriterUnavailable where several end, one after the other."""
        for left in reversed(range(_TRIES)):
            try:
                return self._opened().ask(name, *values)
            except WriterUnavailable:
                self._drop()
                if not left or self._closed:
                    raise
        raise AssertionError

    def _opened(self) -> WriterChild:
        """The process; another one where it has ended."""
        if self._child is not None and not self._child.has_ended:
            return self._child
        self._drop()
        if self._closed:
            raise WriterUnavailable("The server is stopping.", "Ask again later.")
        self._child = WriterChild()
        try:
            with endless():
                self._child.ask("open", self._source)
        except BaseException:
            self._drop()
            raise
        return self._child

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def assembled_apart(
    root: Path,
    reasoner: ReasonerName,
    owner: WorkFolder,
    file_limit_s: float = Settings.file_timeout,
    show: Callable[[str], None] | None = None,
    limits: ReasonerLimits | None = None,
) -> EditionFiles:
    """The files of a root's edition in a work folder, made by a process that ends with it: what it takes to
    read and to close is given back to the system.

    Raises: RootMissing, RootInvalid (also for contradictions), Problem as `assemble`; WriterUnavailable;
    EvaluationStopped for a rule that takes longer than `file_limit_s`.
    """
    child = WriterChild(Watch(file_limit_s, show))
    try:
        folder: Path = child.ask("assemble", root, reasoner, owner.path, limits)
        return EditionFiles(folder, owner)
    finally:
        child.end()


def prepared(
    root: Root,
    cache: EditionCache,
    file_limit_s: float,
    show: Callable[[str], None] | None = None,
    limits: ReasonerLimits | None = None,
) -> Edition:
    """The edition of a root, for queries: found made, or made by a process that can be ended.

    `show` is told what is being done. Raises: what `assembled_apart` raises.
    """
    folder = cache.work_folder()
    files = cache.recall(root.digest, closing_name("builtin", limits), folder)
    if files is None:
        files = assembled_apart(root.folder, "builtin", folder, file_limit_s, show, limits)
    return Edition.open(root, files)
