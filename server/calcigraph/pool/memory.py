"""How many bytes of memory are left for this process, on the machine or in its container."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_CGROUPS: Final = Path("/sys/fs/cgroup")
_LOOK_S: Final = 1.0


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

    See proc(5) for MemAvailable, and the kernel's documents on both versions of control groups.
    """

    def __init__(self) -> None:
        total, _ = _meminfo()
        limits = [(limit, group, names) for group, names in _groups() if (limit := _limit(group, names))]
        self._groups = [(limit, group, names) for limit, group, names in limits if limit < total]
        self.total = min([total, *(limit for limit, _, _ in self._groups)])
        self._looked_at = -math.inf
        self._share_left = 0.0

    def left(self) -> int:
        """Bytes that can still be had without swapping. Cost: some 50 microseconds."""
        _, available = _meminfo()
        return min([available, *(_left_in(*group) for group in self._groups)])

    def share_left(self) -> float:
        """What part of the total is left, as it was within the last second."""
        if time.monotonic() - self._looked_at > _LOOK_S:
            self._looked_at = time.monotonic()
            self._share_left = self.left() / self.total
        return self._share_left


def _meminfo() -> tuple[int, int]:
    """Bytes in total, and bytes available."""
    found = {}
    for line in (_PROC / "meminfo").read_text(encoding="ascii").splitlines()[:3]:
        name, value, *_ = line.split()
        found[name] = int(value) << 10
    return found["MemTotal:"], found["MemAvailable:"]


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


def _left_in(limit: int, group: Path, names: _CgroupFiles) -> int:
    try:
        used = int((group / names.usage).read_text(encoding="ascii"))
        statistics = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return limit
    # The page cache is given back when memory is needed, its active part too.
    pairs = (line.split() for line in statistics)
    return limit - used + sum(int(size) for name, size in pairs if name in names.caches)
