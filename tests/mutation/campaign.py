"""A mutant in, whether the tests of its room notice it out; in a copy of the repository."""

from __future__ import annotations

import itertools
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from mutation.rooms import Candidate, Room

# How much more processor time than without a mutant tests may take, and how much at least. What others do on
# the machine meanwhile does not count; a test that waits for ever is ended by the clock, much later.
_TIMES, _AT_LEAST_S, _CLOCK_TIMES = 3.0, 30.0, 20.0
_NICER = 10
# What the tests said that ran last.
_OUTPUT = "mutants-output.txt"
_BUILT = "server/calcigraph/web/static/built"


class BaselineFails(RuntimeError):
    """Tests of a room that fail without any mutant, and so would seem to notice each."""


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant; one that a limit of time ended counts as noticed."""

    candidate: Candidate
    survived: bool
    timed_out: bool


@dataclass
class Limits:
    """How many seconds tests may take: of the processor for each process, and by the clock for all."""

    processor_s: float
    clock_s: float


@dataclass
class Campaign:
    """A copy of the repository, and how long the tests of each room may take there."""

    folder: Path
    limits: dict[str, Limits] = field(default_factory=dict)
    _seconds: Iterator[int] = field(default_factory=lambda: itertools.count(int(time.time()) + 1))

    @classmethod
    def prepare(cls, root: Path, folder: Path, rooms: Iterable[Room]) -> Campaign:
        """Copy what is under version control, with what is built, and run the tests of the rooms once.

        Raises: BaselineFails.
        """
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, folder / name)
        if (root / _BUILT).is_dir():
            shutil.copytree(root / _BUILT, folder / _BUILT, dirs_exist_ok=True)
        campaign = cls(folder)
        for room in sorted(rooms, key=lambda room: room.name):
            began, used = time.monotonic(), _used_s()
            if campaign._run(room, None) != 0:
                said = (folder / _OUTPUT).read_text(encoding="utf-8", errors="replace")[-2000:]
                raise BaselineFails(f"the tests of room {room.name!r} fail without a mutant:\n{said}")
            processor_s = max(_AT_LEAST_S, _TIMES * (_used_s() - used))
            clock_s = max(_CLOCK_TIMES * _AT_LEAST_S, _CLOCK_TIMES * (time.monotonic() - began))
            campaign.limits[room.name] = Limits(processor_s, clock_s)
        return campaign

    def judge(self, candidate: Candidate) -> Verdict:
        """Run the tests against the mutant, and take it back. Cost: until the first test that notices it."""
        path = self.folder / candidate.file
        source = path.read_bytes()
        self.write(path, candidate.mutant.apply(source))
        try:
            code = self._run(candidate.room, self.limits[candidate.room.name])
            if code is not None and code < 0:
                # A signal ended the tests: once it may have been somebody's, twice it is the mutant's doing.
                code = self._run(candidate.room, self.limits[candidate.room.name])
        finally:
            self.write(path, source)
        print(f"{'survived' if code == 0 else 'killed' if code else 'late'}: {candidate}", flush=True)
        return Verdict(candidate, code == 0, code is None)

    def write(self, path: Path, source: bytes) -> None:
        """Give the file a second that no other mutant has: of one second and size, it would be taken from the
        bytecode of the mutant before."""
        path.write_bytes(source)
        second = next(self._seconds)
        os.utime(path, (second, second))

    def _run(self, room: Room, limits: Limits | None) -> int | None:
        """The exit code of pytest; None where the time was over, and all that it started is ended then."""
        with (self.folder / _OUTPUT).open("wb") as output:
            process = self._started(room, output, limits)
        try:
            code = process.wait(limits and limits.clock_s)
            return None if code == -signal.SIGXCPU else code
        except subprocess.TimeoutExpired:
            return None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _started(self, room: Room, output: IO[bytes], limits: Limits | None) -> subprocess.Popen[bytes]:
        options = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *(f"tests/{test}" for test in room.tests)],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(self.folder / "server"),
                "HYPOTHESIS_STORAGE_DIRECTORY": str(self.folder / ".hypothesis"),
            },
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=partial(_bounded, limits),
        )


def _bounded(limits: Limits | None) -> None:
    """In the new process: leave the processor to others, and end by SIGXCPU where it takes too much of it."""
    os.nice(_NICER)
    if limits is not None:
        seconds = math.ceil(limits.processor_s)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _used_s() -> float:
    """The processor time of all processes that this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
