"""The parts of a pool that every query needs."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.federation import Services
from calcigraph.pool.answer_cache import AnswerCache
from calcigraph.pool.fork_server import ForkServer
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.scheduler import Scheduler


@dataclass(frozen=True)
class Components:
    """`services` is None where SERVICE is switched off."""

    limits: QueryLimits
    fork_server: ForkServer
    scheduler: Scheduler
    cache: AnswerCache
    services: Services | None = None
