"""The name of a root in, its closure computed by one process that runs tests and read by the others."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def closed_once(name: str) -> Iterator[None]:
    """Have the block, which computes the closure or finds it in the cache of this run, run in one process at
    a time, until it has been computed: else each of them computes it at the same moment."""
    folder = Path(os.environ["XDG_CACHE_HOME"])
    done = folder / f"{name}.closed"
    with (folder / f"{name}.lock").open("w") as lock:
        if not done.exists():
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        done.touch()
