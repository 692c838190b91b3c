"""The values that a pool runs with, each with its unit and a reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much queries may take.

    `workers` queries run at full priority at the same time. One that has run for `patience_s`, or has
    had 10 ms of processor time while others wait, is moved aside, at lower priority, and lets the next
    one start; so does a long answer that waits for its reader. At most `long_queries` are aside, and
    beyond that a long query is ended with `QueueFull`. `spares` more processes wait to take the place
    of one that is moved aside or ended. `queue` callers may wait for their turn.

    An answer of up to `buffer_bytes` is read to its end before anyone sees it; a longer one is streamed.
    A process whose own memory has grown past `private_mib` is replaced; one query may add `memory_mib`,
    be `query_bytes` long, and nobody may set a limit above `timeout_s` seconds. Whole answers are kept
    for as long as they are true, in `cache_bytes`.
    """

    workers: int = 4
    spares: int = 4
    long_queries: int = 16
    patience_s: float = 1.0
    queue: int = 128
    timeout_s: float = 10.0
    memory_mib: int = 1024
    private_mib: int = 512
    buffer_bytes: int = 1 << 20
    query_bytes: int = 256_000
    cache_bytes: int = 64 << 20

    def __post_init__(self) -> None:
        if self.workers < 1 or self.timeout_s <= 0:
            raise ValueError("a pool has at least one worker and a timeout above 0")
