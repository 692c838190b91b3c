"""`python -m calcigraph.edition.process DESCRIPTOR`: a writer in a process of its own, and our side of it.

What the reasoner holds is some hundred bytes a quad, and closing takes every processor it can get; the
process that answers requests has neither. Requests and answers are pickled: both ends are this program.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, Final

import pyoxigraph as ox

from calcigraph import deadline
from calcigraph.deadline import endless
from calcigraph.edition.assembly import assemble, consistent
from calcigraph.edition.change import Change
from calcigraph.edition.edition import Edition
from calcigraph.edition.files import EditionCache, EditionFiles, WorkFolder, closing_name
from calcigraph.edition.writer import ChangeOutcome, Writer
from calcigraph.edition.writing import changing, forget_after
from calcigraph.errors import Problem
from calcigraph.evaluated_apart import Watch
from calcigraph.evaluating import watched_by
from calcigraph.logs import error_line
from calcigraph.processes import is_stopped, started
from calcigraph.reasoning import Proof, Proofs, Statement, leaves_first
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, ReasonerName, Settings

# So many threads may wait for proofs; others are left for pages that need none.
_MOST_WAITING: Final = 32
_RETRY_AFTER_S: Final = 5
_ABANDON: Final = "abandon"
_STEP: Final = "step"
_LOG: Final = logging.getLogger(__name__)
_FAREWELL_S: Final = 2.0
# Somebody who stops all processes, and then continues them one after the other, has not stopped this one.
_STOPPED_S: Final = 5.0
_LOOK_S: Final = 0.1
# Whoever ends processes may end the next one too; a request that ends them itself ends so many.
_TRIES: Final = 5
_Step = tuple[Statement, str, tuple[Statement, ...], tuple[int, ...]]


class WriterUnavailable(Problem):
    """The process that proves and changes has ended; the next request starts another one."""

    title: ClassVar[str] = "The reasoner is not available"


class WriterBusy(Problem):
    """As many proofs are waited for as may be; `retry_after_s` says when to try again."""

    title: ClassVar[str] = "Too many proofs are asked for"

    def __init__(self) -> None:
        super().__init__(
            f"{_MOST_WAITING} proofs are waited for, which are found one after the other.",
            f"Try again in {_RETRY_AFTER_S} s.",
        )
        self.retry_after_s = _RETRY_AFTER_S


@dataclass(frozen=True)
class WriterStart:
    """What a writer begins with: a root, the edition that there is, its files, and the folder for more."""

    root: Root
    number: int
    files: Path
    owner: Path
    reasoner: ReasonerName
    limits: ReasonerLimits | None = None

    def after(self, outcome: ChangeOutcome) -> WriterStart:
        """What a writer begins with once there is another edition."""
        files = EditionFiles(self.files, WorkFolder(self.owner)).changed.folder
        return replace(self, root=outcome.root or self.root, number=outcome.number, files=files)


class WriterProcess:
    """A `Writer` elsewhere. All methods may be called from any thread; one request is answered at a time.

    A process that has ended is replaced by one that begins with the newest edition that this side knows.
    """

    def __init__(self, source: WriterStart) -> None:
        self._source = self._before = source
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(_MOST_WAITING)
        self._child: _Child | None = None
        self._closed = False

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> Proofs:
        """See `Writer.proofs`. Waits for its turn and for the answer until the deadline of whoever asks;
        the search ends with that. Raises: WriterUnavailable, WriterBusy, and what `deadline.check`
        raises too."""
        with self._turn():
            items, complete = self._answered("proofs", number, triple, limit)
        return Proofs(tuple(filter(None, map(_whole, items))), complete)

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

    def _opened(self) -> _Child:
        """The process; another one where it has ended."""
        if self._child is not None and not self._child.has_ended:
            return self._child
        self._drop()
        if self._closed:
            raise WriterUnavailable("The server is stopping.", "Ask again later.")
        self._child = _Child()
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
    child = _Child(Watch(file_limit_s, show))
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


class _Child:
    """The process, and the connection to it."""

    def __init__(self, watch: Watch | None = None) -> None:
        """A `watch` ends evaluations that take too long. Raises: WriterUnavailable where the system gives no
        process or no descriptors."""
        self._watch = watch
        self._owed = self._is_abandoned = False
        try:
            self._spawn()
        except OSError as error:
            raise WriterUnavailable(
                f"The process that proves and changes cannot be started: {error.strerror}.",
                "Ask again; if it lasts, allow more processes and descriptors (ulimit -u, ulimit -n).",
            ) from error

    def _spawn(self) -> None:
        self._process, ours = started("calcigraph.edition.process")
        self._connection = Connection(ours.detach())

    def ask(self, name: str, *values: object) -> Any:
        """Have one request answered, after what nobody waited for.

        Raises: WriterUnavailable; the Problem that the writer raised; what `deadline.check` raises, and then
        the writer is told that nobody waits for it.
        """
        try:
            while self._owed:
                self._answer()
            self._connection.send((name, values, deadline.left_s()))
            self._owed = True
            kind, answer = self._answer()
        except (OSError, EOFError):
            self.end()
            raise (self._watch.ended() if self._watch is not None else _ended()) from None
        if kind == "problem":
            raise answer
        if kind == "failed":
            _LOG.error("the process that proves and changes failed: %s", answer)
            self.end()
            raise _ended()
        return answer

    def _answer(self) -> tuple[str, Any]:
        while True:
            self._await_answer()
            kind, answer = self._connection.recv()
            if kind != _STEP:
                self._owed = self._is_abandoned = False
                return kind, answer
            if self._watch is not None:
                self._watch.note(answer)

    def _abandon(self) -> None:
        """Let it know, once, that nobody waits for its answer."""
        if not self._is_abandoned:
            self._is_abandoned = True
            self._connection.send((_ABANDON, (), None))

    def _await_answer(self) -> None:
        """Wait until there is something to read, or it has ended; one that somebody has stopped is killed."""
        stopped_s = 0.0
        while not self._connection.poll(_LOOK_S):
            try:
                deadline.check()
            except Problem:
                self._abandon()
                raise
            if self._watch is not None:
                self._watch_evaluation(self._watch)
            stopped_s = stopped_s + _LOOK_S if is_stopped(self._process.pid) else 0.0
            if stopped_s >= _STOPPED_S:
                self.kill()

    def _watch_evaluation(self, watch: Watch) -> None:
        """Raises: EvaluationStopped, and then it has been killed."""
        try:
            watch.check()
        except Problem:
            self.kill()
            raise

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself, or was ended."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """End it at once; whoever waits for an answer is told so."""
        self._process.kill()

    def end(self) -> None:
        """End it; harmless where it has ended."""
        self._connection.close()
        try:
            self._process.wait(0 if is_stopped(self._process.pid) else _FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _ended() -> WriterUnavailable:
    return WriterUnavailable(
        "The process that proves and changes has ended before it answered.", "Ask again."
    )


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
        if name == _ABANDON:
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
        with watched_by(lambda step: self._connection.send((_STEP, step))):
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

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> tuple[list[Sequence[_Step] | None], bool]:
        found = self._known.proofs(number, triple, limit)
        return [_steps(proof) for proof in found.items], found.complete

    def after(self, change: Change) -> ChangeOutcome:
        return self._known.after(change)

    @property
    def _known(self) -> Writer:
        assert self._writer is not None
        return self._writer


def _steps(proof: Proof | None) -> Sequence[_Step] | None:
    """A proof as a list, each step after those it rests on, as deep as it may be: pickling would recur."""
    if proof is None:
        return None
    places: dict[int, int] = {}
    steps: list[_Step] = []
    for step in leaves_first(proof):
        places[id(step)] = len(steps)
        below = tuple(places[id(premise)] for premise in step.premises)
        steps.append((step.triple, step.rule, step.axioms, below))
    return steps


def _whole(steps: Sequence[_Step] | None) -> Proof | None:
    """The proof that `steps` lists."""
    if steps is None:
        return None
    made: list[Proof] = []
    for triple, rule, axioms, below in steps:
        made.append(Proof(triple, rule, axioms, tuple(made[place] for place in below)))
    return made[-1]


if __name__ == "__main__":
    main()
