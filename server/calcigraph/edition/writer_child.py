"""Requests in, what a process that proves and changes answers out: the process, and the connection to it.

Requests and answers are pickled: both ends are this program.
"""

from __future__ import annotations

import logging
import subprocess
from multiprocessing.connection import Connection
from typing import Any, Final

from calcigraph import deadline
from calcigraph.edition.writer_problems import WriterUnavailable
from calcigraph.errors import Problem
from calcigraph.evaluated_apart import Watch
from calcigraph.processes import is_stopped, started

# What is sent beside requests and answers: that nobody waits any more, and at what file an evaluation is.
ABANDON: Final = "abandon"
STEP: Final = "step"
_LOG: Final = logging.getLogger(__name__)
_FAREWELL_S: Final = 2.0
# Somebody who stops all processes, and then continues them one after the other, has not stopped this one.
_STOPPED_S: Final = 5.0
_LOOK_S: Final = 0.1


class WriterChild:
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
            if kind != STEP:
                self._owed = self._is_abandoned = False
                return kind, answer
            if self._watch is not None:
                self._watch.note(answer)

    def _abandon(self) -> None:
        """Let it know, once, that nobody waits for its answer."""
        if not self._is_abandoned:
            self._is_abandoned = True
            self._connection.send((ABANDON, (), None))

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
