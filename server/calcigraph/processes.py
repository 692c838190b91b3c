"""Modules of this program in, processes that run them out; and what the system says of one, and its end
(proc(5))."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# state and ppid of proc(5), counted from the field after the command.
_STATE: Final = 3 - 3
_PARENT: Final = 4 - 3
_STOPPED: Final = "T"
# The process that workers are forked from, and its environment: the data in pages of 2 MiB, where the system
# has them. A fork then copies some hundred entries in place of some hundred thousand (at a million quads
# 1 ms, not 20), and look-ups miss fewer page tables.
FORK_SERVER: Final = ("calcigraph.pool.fork_server_process", {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"})
# Those that were started ahead, by module.
_ahead: dict[str, tuple[subprocess.Popen[bytes], socket.socket]] = {}


def start_ahead(module: str, environment: Mapping[str, str]) -> None:
    """Begin with a child that `started` will be asked for, so that it loads its modules beside this process.
    Where the system has none to give, that is told when it is asked for."""
    with suppress(OSError):
        _ahead[module] = started(module, environment)
        atexit.register(_end_unused, module)


def _end_unused(module: str) -> None:
    unused = _ahead.pop(module, None)
    if unused is not None:
        _end(*unused)


def _end(process: subprocess.Popen[bytes], ours: socket.socket) -> None:
    ours.close()
    process.kill()
    process.wait()


def started(
    module: str, environment: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A child process that runs a module, whose argument is the number of a descriptor; and the socket that
    this descriptor is connected with. `environment` is in addition to that of this process.

    The child has no standard streams: what goes wrong there it has to say over the socket, and whoever asked
    writes it down in one way. One that was started ahead is given once, where it has not ended. Raises:
    OSError; then there is no child.
    """
    ahead = _ahead.pop(module, None)
    if ahead is not None and ahead[0].poll() is None:
        return ahead
    if ahead is not None:
        _end(*ahead)
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                # -P: no module is taken from the folder that the server happens to be started in.
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                env={**os.environ, **(environment or {})},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except BaseException:
            ours.close()
            raise
    return process, ours


def stat_of(pid: int, part: str = "") -> list[str]:
    """The fields of its `stat` after the name of the command, or of that of a part below it; none where that
    is gone, or cannot be read for want of descriptors."""
    try:
        text = (_PROC / f"{pid}/{part}stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def is_stopped(pid: int) -> bool:
    """Whether a signal has stopped it, so that it does nothing until another one continues it."""
    return stat_of(pid)[_STATE : _STATE + 1] == [_STOPPED]


def children_of(pid: int) -> set[int]:
    """The processes that it has started and not waited for. Cost: some 10 microseconds for each process of
    the machine."""
    try:
        numbers = [int(entry.name) for entry in os.scandir(_PROC) if entry.name.isdigit()]
    except OSError:
        return set()
    return {number for number in numbers if stat_of(number)[_PARENT : _PARENT + 1] == [str(pid)]}


def kill_tree(pid: int) -> None:
    """Kill a child of this process with all that descends from it. Children go first: the number of one is
    its own for as long as its parent has not waited for it."""
    for child in children_of(pid):
        kill_tree(child)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
