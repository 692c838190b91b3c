"""Numbered queries in, the median of the seconds that a peer takes for them out."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from bench.queries.connection import Connection
from bench.queries.processes import BenchError
from bench.queries.workload import fresh

MODES = ("cold", "repeated")
"""As nobody has asked them yet, or as they have just been asked."""


def median_s(connection: Connection, texts: Iterable[tuple[int, str]], mode: str) -> float:
    """The median of the seconds until the last byte; the numbers are such that none has been used before.

    Raises: BenchError where an answer is none.
    """
    times = []
    for number, text in texts:
        request = connection.endpoint.request(fresh(text, number) if mode == "cold" else text)
        if mode == "repeated":
            connection.ask(request)
        reply = connection.ask(request)
        if reply.status != 200:
            raise BenchError(f"a query was answered {reply.status}")
        times.append(reply.total_s)
    return median(times)
