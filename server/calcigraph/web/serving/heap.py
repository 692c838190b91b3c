"""The memory of this process: what is free in it, given back to the system.

glibc keeps what was freed between blocks that are in use. After a crowd of long answers, or of long
bodies, that would be as much as they took, for good.
"""

from __future__ import annotations

import asyncio
import ctypes
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_LOOK_S: Final = 5.0
# So much more than it once was is looked through, which takes some milliseconds; and again whenever so much
# has been done since then that it may have been freed.
_GROWN: Final = 16 << 20
_DONE_S: Final = 0.25
# Of mallopt(3).
_MMAP_THRESHOLD: Final = -3
_LARGE_BYTES: Final = 1 << 18


def keep_large_blocks_apart() -> None:
    """Let each block of 256 KiB or more, as the body of a request may be, have pages of its own, which
    are given back when it is freed.

    By itself glibc does so only until the first such block is freed: from then on it takes blocks as large as
    that one, up to 32 MiB, from the heap. Does nothing where the C library has no mallopt(3).
    """
    mallopt: Callable[[int, int], int] | None = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


async def keep_small() -> None:
    """Have free memory given back while the process is larger than it was, for as long as this runs; in a
    thread. Does nothing where the C library has no malloc_trim(3)."""
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    least, trimmed_at = _resident(), 0.0
    while trim is not None:
        await asyncio.sleep(_LOOK_S)
        least = min(least, _resident())
        if _resident() > least + _GROWN and time.process_time() > trimmed_at + _DONE_S:
            await asyncio.to_thread(trim, 0)
            trimmed_at = time.process_time()


def _resident() -> int:
    """Bytes of memory of this process, as proc(5) has them; 0 where it does not."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()
