"""The memory of this process: what is free in it, given back to the system.

glibc keeps what was freed between blocks that are in use. After a crowd of long answers that would be as much
as they took, for good.
"""

from __future__ import annotations

import asyncio
import ctypes
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Final

_LOOK_S: Final = 5.0
# So much more than before is looked through: that takes some milliseconds.
_GROWN: Final = 16 << 20


async def keep_small() -> None:
    """Have free memory given back whenever the process has grown, for as long as this runs; in a thread. Does
    nothing where the C library has no malloc_trim(3)."""
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    before = _resident()
    while trim is not None:
        await asyncio.sleep(_LOOK_S)
        if _resident() > before + _GROWN:
            await asyncio.to_thread(trim, 0)
            before = _resident()
        before = min(before, _resident())


def _resident() -> int:
    """Bytes of memory of this process, as proc(5) has them; 0 where it does not."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()
