"""A process id in; what the system says of that process, and its end, out (proc(5))."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# state and ppid of proc(5), counted from the field after the command.
_STATE: Final = 3 - 3
_PARENT: Final = 4 - 3
_STOPPED: Final = "T"


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
