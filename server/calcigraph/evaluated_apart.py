"""Work that evaluates files of a root in, done by a process of its own that is ended where a file takes too
long; what it gives out.

Neither an engine nor a library that matches regular expressions looks at a clock, so nothing less than the
end of its process ends an evaluation. The process says at which file it is (`evaluating`), so the end names
that file.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, ClassVar, Final, cast

from calcigraph.errors import EnvironmentProblem, Finding, InputUnreadable, Problem
from calcigraph.evaluating import Evaluation, Step, watched_by
from calcigraph.logs import error_line
from calcigraph.processes import started

_LOOK_S: Final = 0.1
# So many new objects are some 10 MiB.
_ALLOCATED: Final = 100_000
# Whoever looks so seldom was stopped, and the other process with him, as by Ctrl-Z.
_STOPPED_S: Final = 2.0
# How long a process that has said all may take to end.
_ENDING_S: Final = 10.0
# The number that prctl has for the signal at the end of the parent.
_PR_SET_PDEATHSIG: Final = 1


class EvaluationStopped(InputUnreadable):
    """A file whose evaluation came to no end of its own; `finding` says so as a check does."""

    title: ClassVar[str] = "A file of the root cannot be evaluated"

    def __init__(self, evaluation: Evaluation, detail: str, remedy: str) -> None:
        super().__init__(detail, remedy, evaluation.place)
        self.finding = Finding(evaluation.check, evaluation.place, detail, remedy, node=evaluation.node)


class Watch:
    """What another process says that it is at; `limit_s` is how long one evaluation may take."""

    def __init__(self, limit_s: float, show: Callable[[str], None] | None = None) -> None:
        self._limit_s = limit_s
        self._show = show
        self._step: Step = None
        self._since = self._looked = time.monotonic()

    def note(self, step: Step) -> None:
        """Take note of what the other process begins, or that it has ended that."""
        self._step = step
        self._since = self._looked = time.monotonic()
        if step is not None and self._show is not None:
            self._show(str(step))

    def check(self) -> None:
        """Called every now and then while nothing is heard. Raises: EvaluationStopped."""
        now = time.monotonic()
        if now - self._looked > _STOPPED_S:
            self._since += now - self._looked
        self._looked = now
        if isinstance(self._step, Evaluation) and now - self._since > self._limit_s:
            raise EvaluationStopped(
                self._step,
                _not_ended(self._step, self._limit_s),
                f"{_remedy(self._step)}, or raise --file-timeout.",
            )

    def ended(self) -> Problem:
        """Why the other process may have ended by itself."""
        if isinstance(self._step, Evaluation):
            return EvaluationStopped(
                self._step,
                "The process that evaluated it has ended, perhaps for want of memory.",
                f"{_remedy(self._step)}, or give this program more memory.",
            )
        return EnvironmentProblem(
            "The process that does this work has ended before its end.", "Try again, with more memory."
        )


def _not_ended(step: Evaluation, limit_s: float) -> str:
    if step.check == "import":
        return f"It was not read and written within {limit_s:g} s, so nothing was imported."
    return f"Its evaluation did not end within {limit_s:g} s, so nothing after it was judged."


def _remedy(step: Evaluation) -> str:
    """What an editor can do about a file that takes too much."""
    if step.check in ("files", "import"):
        return "Split it into several files"
    return "Write it so that it looks at less (each pattern tied to one before it)"


def evaluated_apart(
    module: str, values: tuple[object, ...], limit_s: float, show: Callable[[str], None] | None = None
) -> Iterator[Any]:
    """What the function that `module` gives to `answer` yields for some values, as it comes.

    `show` is told what is being done. Cost: that of starting Python and importing the module.
    Raises: EvaluationStopped where a file takes longer than `limit_s`; the Problem that the work raises;
    EnvironmentProblem where the process cannot be started or ends by itself.
    """
    try:
        process, ours = started(module)
    except OSError as error:
        raise EnvironmentProblem(
            f"The process that does this work cannot be started: {os.strerror(error.errno or 0)}.",
            "Allow more processes and descriptors (ulimit -u, ulimit -n).",
        ) from error
    watch = Watch(limit_s, show)
    try:
        with Connection(ours.detach()) as connection:
            connection.send(values)
            problem = yield from _heard(connection, watch)
        # What it keeps in files for a while, it removes when it ends by itself.
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_S)
        if problem is not None:
            raise problem
    except (EOFError, OSError):
        raise watch.ended() from None
    finally:
        process.kill()
        process.wait()


def _heard(connection: Connection, watch: Watch) -> Generator[Any, None, Exception | None]:
    """What the other process gives, as it comes; returns why there is no more, None where that was all."""
    while True:
        while not connection.poll(_LOOK_S):
            watch.check()
        kind, value = connection.recv()
        if kind == "step":
            watch.note(value)
        elif kind == "value":
            yield value
        elif kind == "failed":
            return RuntimeError(value)
        else:
            return cast("Problem | None", value)


def answer(work: Callable[..., Iterable[Any]]) -> None:
    """The other side: called by a module that is run with the number of a descriptor, whose `work` gives
    values for what is asked for."""
    end_with_parent()
    # What is read here stays until the end. To look through all of it for cycles, again and again while it
    # grows, would take a sixth of the time.
    gc.freeze()
    gc.set_threshold(_ALLOCATED)
    with Connection(int(sys.argv[1])) as connection, suppress(BrokenPipeError):
        values = connection.recv()
        with watched_by(lambda step: connection.send(("step", step))):
            connection.send(given(connection, lambda: work(*values)))


def given(connection: Connection, work: Callable[[], Iterable[Any]]) -> tuple[str, object]:
    """Send what `work` gives as it comes; how that ended, to be sent as the last. Raises: BrokenPipeError."""
    try:
        for value in work():
            connection.send(("value", value))
    except BrokenPipeError:
        raise
    except Problem as problem:
        return "problem", problem
    except Exception as error:  # noqa: BLE001 - whoever asked raises it
        return "failed", error_line(error, says_all=True)
    return "end", None


def end_with_parent() -> None:
    """Have the system end this process when its parent ends, whatever it does then."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == 1:
        sys.exit()
