"""How many bytes of memory are left for this process, on the machine or in its container."""

from __future__ import annotations

import math
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_CGROUPS: Final = Path("/sys/fs/cgroup")
_LOOK_S: Final = 1.0
# More than any of the files has.
_MOST_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class _CgroupFiles:
    """The files of a control group that tell its limit, what it uses, and what of that is a cache."""

    limit: str
    usage: str
    caches: frozenset[str]


_SECOND: Final = _CgroupFiles("memory.max", "memory.current", frozenset({"inactive_file", "active_file"}))
_FIRST: Final = _CgroupFiles(
    "memory.limit_in_bytes",
    "memory.usage_in_bytes",
    frozenset({"total_inactive_file", "total_active_file"}),
)


class Memory:
    """The memory of the machine, or of the smallest container around this process.

    See proc(5) for MemAvailable, and the kernel's documents on both versions of control groups. The files are
    opened once and then read again, so that they can be read where no descriptor is left.
    """

    def __init__(self) -> None:
        """Raises: OSError where there are no descriptors for it."""
        self._machine = _KeptFile(_PROC / "meminfo")
        total, _ = self._meminfo()
        limits = [(limit, group, names) for group, names in _groups() if (limit := _limit(group, names))]
        self._groups = [_Group(limit, group, names) for limit, group, names in limits if limit < total]
        self.total = min([total, *(group.limit for group in self._groups)])
        self._looked_at = -math.inf
        self._share_left = 0.0

    def left(self) -> int:
        """Bytes that can still be had without swapping. Cost: some 30 microseconds."""
        _, available = self._meminfo()
        return min([available, *(group.left() for group in self._groups)])

    def share_left(self) -> float:
        """What part of the total is left, as it was within the last second."""
        if time.monotonic() - self._looked_at > _LOOK_S:
            self._looked_at = time.monotonic()
            self._share_left = self.left() / self.total
        return self._share_left

    def close(self) -> None:
        """Close the files; a second call does nothing."""
        for file in (self._machine, *(file for group in self._groups for file in group.files)):
            file.close()

    def _meminfo(self) -> tuple[int, int]:
        """Bytes in total, and bytes available."""
        found = {}
        for line in self._machine.read().splitlines()[:3]:
            name, value, *_ = line.split()
            found[name] = int(value) << 10
        return found["MemTotal:"], found["MemAvailable:"]


class _KeptFile:
    """A file of the kernel's, which has other content each time that it is read from its beginning."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._descriptor = descriptor
        self.close = weakref.finalize(self, os.close, descriptor)

    def read(self) -> str:
        return os.pread(self._descriptor, _MOST_BYTES, 0).decode("ascii")


class _Group:
    """A control group with a limit (bytes) below the machine's memory."""

    def __init__(self, limit: int, folder: Path, names: _CgroupFiles) -> None:
        self.limit = limit
        self._caches = names.caches
        self.files: tuple[_KeptFile, ...] = ()
        with suppress(OSError):
            self.files = _KeptFile(folder / names.usage), _KeptFile(folder / "memory.stat")

    def left(self) -> int:
        """Bytes below its limit; all of it where the group does not tell."""
        try:
            usage, statistics = (file.read() for file in self.files)
            used = int(usage)
        except (OSError, ValueError):
            return self.limit
        # The page cache is given back when memory is needed, its active part too.
        pairs = (line.split() for line in statistics.splitlines())
        return self.limit - used + sum(int(size) for name, size in pairs if name in self._caches)


def _groups() -> Iterator[tuple[Path, _CgroupFiles]]:
    """The control groups that this process is in, and those around them."""
    try:
        lines = (_PROC / "self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if number == "0":
            root, names = _CGROUPS, _SECOND
        elif controllers == "memory":
            root, names = _CGROUPS / "memory", _FIRST
        else:
            continue
        # In a container the path is that of the machine, and what is mounted here is the group itself.
        group = root / path.lstrip("/")
        yield from ((folder, names) for folder in (group, *group.parents) if folder.is_relative_to(root))


def _limit(group: Path, names: _CgroupFiles) -> int:
    """The limit in bytes, 0 where there is none."""
    try:
        return int((group / names.limit).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
