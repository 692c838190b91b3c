"""A peer that runs in, what it does under load and how it grows out."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bench.queries import load, workload
from bench.queries.connection import Connection, Reply
from bench.queries.peers import Peer, Server
from bench.queries.processes import BenchError, memory
from bench.queries.results import Footprint, Result

_QUERY_LIMIT_S = 120.0
_REST_S = 1.0
# A worker that has grown is replaced when it has not been used for a while.
_QUIET_S = 4.0
_WARM_TEXTS = 64
_HEAVY_EVERY = 250
_HOLDER = "calcigraph.pool.fork_server_process"
_NUMBERS = itertools.count(1)


class Subject:
    """A peer that is running and being measured."""

    def __init__(self, peer: Peer, server: Server, triples: int) -> None:
        self.server, self.triples = server, triples
        self.connection = Connection(server.endpoint, _QUERY_LIMIT_S)
        time.sleep(_REST_S)
        self.result = Result(
            triples,
            peer.name,
            peer.version() or "",
            start_s=server.start_s,
            again_s=server.again_s,
            footprint=Footprint(_total(server.pid), core=_core(server.pid)),
        )

    def ask(self, text: str) -> Reply:
        """Raises: BenchError where the answer is not 200, or there is none in time."""
        try:
            reply = self.connection.ask(self.server.endpoint.request(text))
        except OSError as error:
            self.close()
            self.connection = Connection(self.server.endpoint, _QUERY_LIMIT_S)
            raise BenchError(f"no answer ({type(error).__name__}, {_QUERY_LIMIT_S:.0f} s at most)") from error
        if reply.status != 200:
            raise BenchError(f"answered {reply.status}: {reply.body[:120]!r}")
        return reply

    def close(self) -> None:
        self.connection.close()

    def under_load(self, seconds: float, folder: Path) -> None:
        """Requests a second in all modes."""
        texts = [workload.point(number % workload.products(self.triples)) for number in range(_WARM_TEXTS)]
        for text in texts:
            self.ask(text)
        repeated = [self.server.endpoint.request(text) for text in texts]
        modes: dict[str, Callable[[], Iterator[bytes]]] = {
            "cold": self._fresh_points,
            "repeated": lambda: itertools.cycle(repeated),
        }
        for mode, requests in modes.items():
            self._rate(mode, requests(), seconds)
        with load.slow_clients(self.server.endpoint, folder / "slow.log"):
            for mode, requests in modes.items():
                self._rate(f"{mode}, slow", requests(), seconds)

    def grow(self, most: int, seconds: float) -> None:
        """Memory before and after a mix of `most` queries of all shapes, none of them asked before."""
        rest = self.result.footprint
        assert rest is not None
        before, asked, until = _total(self.server.pid), 0, time.monotonic() + seconds
        answered = [name for name, measured in self.result.queries.items() if not measured.failed]
        heavy = itertools.cycle([name for name in answered if name not in workload.SMALL] or answered)
        small = itertools.cycle([name for name in answered if name in workload.SMALL] or answered)
        with contextlib.suppress(BenchError):
            while answered and asked < most and time.monotonic() < until:
                asked += 1
                self.ask(unasked(next(small if asked % _HEAVY_EVERY else heavy)))
        time.sleep(_QUIET_S)
        grown = replace(rest, before=before, after=_total(self.server.pid), mixed=asked)
        self.result = replace(self.result, footprint=grown)

    def _fresh_points(self) -> Iterator[bytes]:
        """Requests that cost this process little: the text is quoted once, the numbers are put in."""
        text = workload.fresh(workload.point(0), 0).replace("# 0", "# NNN").replace("product0", "productPPP")
        before, between, after = self.server.endpoint.request(text).replace(b"PPP", b"NNN").split(b"NNN")
        products = workload.products(self.triples)
        for number in _NUMBERS:
            yield b"%b%d%b%d%b" % (before, number, between, number * 7919 % products, after)

    def _rate(self, mode: str, requests: Iterator[bytes], seconds: float) -> None:
        with contextlib.suppress(BenchError, OSError):
            self.result.rates[mode] = load.rate(self.server.endpoint, requests, seconds)


def unasked(name: str) -> str:
    """The text of a query as nobody has asked it yet."""
    return workload.fresh(workload.query(name), next(_NUMBERS))


def _total(pid: int) -> int:
    return sum(each.proportional for each in memory(pid))


def _core(pid: int) -> int | None:
    """What remains of the pool where all workers but two are thought away: their own pages."""
    holders = [each for each in memory(pid) if _HOLDER in each.command]
    if not holders:
        return None
    return sum(each.proportional for each in holders) - sum(each.private for each in holders[3:])
