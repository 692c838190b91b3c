"""A pool in, one of its workers out, taken as a query would take it."""

from __future__ import annotations

import time

from calcigraph.pool import Pool
from calcigraph.pool.waiting_queue import Ticket
from calcigraph.pool.worker import Worker


def taken_from(pool: Pool, seconds: float) -> Worker:
    """An idle worker of `pool`, for so many seconds."""
    ticket = Ticket(time.monotonic() + seconds, frozenset(), "", lambda: None)
    pool._scheduler.request(ticket)
    assert ticket.worker is not None
    return ticket.worker
