"""The command line of a server in, the same server out, whose event loop tells how long its turns take.

Processor time, which is the same on a busy machine. A timer of each millisecond tells turns apart, as each
turn runs what is due once: what a turn takes is at most what its thread has taken since the timer before.
"""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import runpy
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_EVERY_S: Final = 0.001
_SECONDS: Final = struct.Struct("d")


class LongestTurn:
    """Processor time of the longest turn since it was last forgotten; shared by whoever opens `file`."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(_SECONDS.size))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _SECONDS.size)

    @property
    def seconds(self) -> float:
        return float(_SECONDS.unpack(self._shared)[0])

    def forget(self) -> None:
        _SECONDS.pack_into(self._shared, 0, 0.0)

    def take(self, seconds: float) -> None:
        if seconds > self.seconds:
            _SECONDS.pack_into(self._shared, 0, seconds)


@contextlib.contextmanager
def timed(file: Path) -> Iterator[LongestTurn]:
    """Servers that are started meanwhile tell the longest of their turns in a file."""
    import pytest

    import conftest

    plain = conftest.serve_command

    def command(*given: object) -> list[str]:
        # In place of `python -m calcigraph`.
        return [sys.executable, __file__, str(file), *plain(*given)[3:]]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "serve_command", command)
        yield LongestTurn(file)


def watch(loop: asyncio.AbstractEventLoop, longest: LongestTurn) -> None:
    """Have each turn of a loop told, from when it runs."""
    before = None

    def tick() -> None:
        nonlocal before
        now = time.thread_time()
        if before is not None:
            longest.take(now - before)
        before = now
        loop.call_later(_EVERY_S, tick)

    loop.call_soon(tick)


def main() -> None:
    import uvloop

    longest = LongestTurn(Path(sys.argv.pop(1)))
    make = uvloop.new_event_loop

    def watched() -> asyncio.AbstractEventLoop:
        loop = make()
        watch(loop, longest)
        return loop

    uvloop.new_event_loop = watched
    runpy.run_module("calcigraph", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
