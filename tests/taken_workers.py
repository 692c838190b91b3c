"""A pool in, one of its workers out, taken as a query would take it."""

from __future__ import annotations

import time

from calcigraph.pool import Pool, Query
from calcigraph.pool.run import Run
from calcigraph.pool.worker import Worker


def taken_from(pool: Pool, seconds: float) -> Worker:
    """An idle worker of `pool`, for so many seconds."""
    run = waiting_run(pool, "ASK {}", seconds)
    pool._scheduler.request(run)
    assert run.worker is not None
    return run.worker


def waiting_run(pool: Pool, text: str, seconds: float) -> Run:
    """A run that has not asked for a worker yet."""
    deadline = time.monotonic() + seconds
    return Run(pool._components, Query(text), frozenset(), deadline, seconds, None, lambda: None)
