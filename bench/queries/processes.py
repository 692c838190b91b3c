"""A command in, a process that is ended by its own id out; what its tree of processes holds in memory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_GRACE_S = 20.0
_LOOK_S = 0.02
_PROC = Path("/proc")


class BenchError(Exception):
    """A peer that does not do what it has to; the message says what."""


@contextlib.contextmanager
def running(command: Sequence[str], log: Path, folder: Path | None = None) -> Iterator[int]:
    """The id of a process that runs `command` (in `folder`), asked to end on leaving, then made to."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A TCP port of the loopback interface on which nobody listens."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(is_ready: Callable[[], bool], pid: int, seconds: float, log: Path) -> None:
    """Look until `is_ready`.

    Raises: BenchError with the end of the log, where the process has ended or the time is over.
    """
    until = time.monotonic() + seconds
    while not is_ready():
        if _has_ended(pid) or time.monotonic() > until:
            raise BenchError(f"not ready: {_end_of(log)}")
        time.sleep(_LOOK_S)


@dataclass(frozen=True)
class Memory:
    """Of one process, in bytes: its proportional share, and what nobody else shares."""

    pid: int
    command: str
    proportional: int
    private: int


def memory(pid: int) -> list[Memory]:
    """Of the process and all its descendants, itself first. Those that end meanwhile are left out."""
    found = []
    for each in (pid, *_descendants(pid)):
        with contextlib.suppress(OSError):
            found.append(_memory_of(each))
    return found


def _memory_of(pid: int) -> Memory:
    fields = {}
    for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        fields[name.rstrip(":")] = 1024 * int(value)
    command = (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return Memory(pid, command, fields["Pss"], fields["Private_Clean"] + fields["Private_Dirty"])


def _descendants(pid: int) -> Iterator[int]:
    for task in _listed(_PROC / str(pid) / "task"):
        with contextlib.suppress(OSError):
            for child in (_PROC / str(pid) / "task" / task / "children").read_text().split():
                yield int(child)
                yield from _descendants(int(child))


def _listed(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(folder)
    return []


def _has_ended(pid: int) -> bool:
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return " | ".join(line for line in lines[-6:] if line) or "no word of why"
