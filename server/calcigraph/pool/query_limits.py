"""The limits of a pool, each with its unit and the reason for it.

Those that the server's settings hold have their defaults from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from calcigraph.federation import CallLimits
from calcigraph.settings import Settings

# Ended ones whose end has not been waited for; more than that are not begun meanwhile.
_ENDING: Final = 8
# A worker has a socket and a handle; a call of another service has a socket, and one more while its host is
# looked up.
_OF_WORKER: Final = 2
_OF_CALL: Final = 2
# The data and their copy, the channel, what it takes to start a process, and the files that tell how much
# memory is left.
_OF_POOL: Final = 32


@dataclass(frozen=True)
class QueryLimits:
    """How much queries may take.

    `workers` queries run at the same time. One that has had 5 ms of processor time is preempted, at
    once if others wait and else after `patience_s`, and lets the next one start; so does a long answer
    that waits for its reader. Those that are preempted go on by turns (see
    `calcigraph.pool.time_slicing`). At most `long_queries` are preempted, and beyond that a long query is
    ended with `QueueFull`. `spares` more processes wait to take the place of one that is preempted or
    ended. `queue` callers may wait for their turn.

    An answer of up to `buffer_bytes` is read to its end before anyone sees it; a longer one is streamed.
    A process whose own memory has grown past `private_mib` is replaced, unless a share of `memory_plenty` of
    the machine's is left: the pages of the data that it has made its own are what makes it fast, and with
    ten million quads a query of a new one takes two to six times as long. One that has not been used for
    `quiet_s` seconds is replaced if it keeps more than `quiet_mib`. One query may add `memory_mib`, all
    together leave a share of `memory_kept_free` of the machine's memory, or the largest is ended. One may
    be `query_bytes` long, and nobody may set a limit above `timeout_s` seconds. Answers are kept for as long
    as they are true, in `cache_bytes`, of which one may take a quarter. `calls` bounds calls
    of other services.
    """

    workers: int = Settings.workers
    spares: int = 4
    long_queries: int = 128
    patience_s: float = 0.05
    queue: int = 128
    timeout_s: float = Settings.timeout
    memory_mib: int = Settings.worker_memory_mib
    memory_kept_free: float = 0.15
    private_mib: int = 512
    memory_plenty: float = 0.5
    quiet_s: float = 2.0
    quiet_mib: int = 48
    buffer_bytes: int = 1 << 20
    query_bytes: int = Settings.query_bytes
    cache_bytes: int = 128 << 20
    calls: CallLimits = field(default_factory=CallLimits)

    def __post_init__(self) -> None:
        if self.workers < 1 or self.timeout_s <= 0:
            raise ValueError("a pool has at least one worker and a timeout above 0")

    @classmethod
    def of(cls, settings: Settings) -> QueryLimits:
        """The limits that the settings of a server ask for."""
        return cls(
            workers=settings.workers,
            timeout_s=settings.timeout,
            memory_mib=settings.worker_memory_mib,
            query_bytes=settings.query_bytes,
        )

    @property
    def processes(self) -> int:
        """How many worker processes there may be at the same time, those among them that are being ended."""
        return self.workers + self.spares + self.long_queries + _ENDING

    @property
    def descriptors(self) -> int:
        """How many descriptors a pool takes of this process, at most."""
        return _OF_WORKER * self.processes + _OF_CALL * self.calls.at_once + _OF_POOL

    @property
    def callers(self) -> int:
        """How many queries may run or wait at the same time; beyond that a query is refused with `QueueFull`.

        A server that waits in threads needs one for each of them, and some more for its other requests.
        """
        return self.workers + self.long_queries + self.queue
