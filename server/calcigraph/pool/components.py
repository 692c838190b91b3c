"""The parts of a pool that every query needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcigraph.federation import Services
from calcigraph.pool.answer_cache import AnswerCache
from calcigraph.pool.fork_server import ForkServer
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.scheduler import Scheduler


@dataclass(frozen=True)
class Components:
    """`prefixes` are those that a message can offer; `services` is None where SERVICE is switched off."""

    limits: QueryLimits
    prefixes: Mapping[str, str]
    fork_server: ForkServer
    scheduler: Scheduler
    cache: AnswerCache
    services: Services | None = None
