"""Requests and queries in, figures for Prometheus out; no query, address or client is among them.

Every label takes its values from a short list, so that no client can make the exposition grow.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from calcigraph import __version__
from calcigraph.errors import Problem
from calcigraph.store import Engine

# When each series began would be as many series again.
disable_created_metrics()  # type: ignore[no-untyped-call] # it says nothing of its types

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
# From an answer out of the cache to the longest deadline that anyone sets, in seconds.
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ANSWERED = "answered"
_OTHER = "other"
# Why the server ends a connection: it was idle for too long, or for longest when all were taken (shed), or
# even the last were; its head or body came too slowly; its client did not read; a response broke off.
ENDINGS = ("idle", "shed", "full", "head", "body", "ahead", "unread", "broken")


class Metrics:
    """The figures of one server process. All methods may be called from any thread.

    A registry of its own, so that two applications in one process do not mix theirs.
    """

    def __init__(self, engine: Engine) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "calcigraph_http_requests",
            "Requests whose response was begun.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        ended = Counter(
            "calcigraph_http_connections_ended",
            "Connections that the server has ended or refused, by the reason.",
            ("reason",),
            registry=self._registry,
        )
        self._endings = {reason: ended.labels(reason) for reason in ENDINGS}
        self._queries = Histogram(
            "calcigraph_query_seconds",
            "Time until a query was answered, or its answer was long enough to be streamed, or it failed.",
            ("outcome",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._gauges = _Gauges(engine)
        self._registry.register(self._gauges)
        # Finding a series by its labels takes longer than counting.
        self._request = cache(lambda *labels: self._requests.labels(*map(str, labels)))
        self._query = cache(self._queries.labels)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def count_request(self, route: str | None, method: str, status: int) -> None:
        """Count a response. `route` is the pattern of the address, as "/id/<path:name>", never the
        address itself; None where no route was found."""
        known = method if method in _METHODS else _OTHER
        self._request(route or _OTHER, known, status).inc()

    def count_ended(self, reason: str) -> None:
        """Count a connection that this end has ended, or refused: one of `ENDINGS`."""
        self._endings[reason].inc()

    def count_repeated(self, seconds: float) -> None:
        """Count an answer that was found, in `seconds`, without asking the pool."""
        self.count_query(ANSWERED, seconds)
        self._gauges.repeated += 1

    @contextlib.contextmanager
    def timed_query(self) -> Iterator[None]:
        """Measure one query around what asks the pool; a Problem passes through and names the outcome."""
        outcome, begun = ANSWERED, time.perf_counter()
        try:
            yield
        except Problem as problem:
            outcome = type(problem).__name__
            raise
        finally:
            self.count_query(outcome, time.perf_counter() - begun)

    def count_query(self, outcome: str, seconds: float) -> None:
        """Count one query that ended after `seconds`: "answered", or the class of its Problem."""
        self._query(outcome).observe(seconds)

    def exposition(self, accept: str | None) -> tuple[bytes, str]:
        """All figures as text and its media type: OpenMetrics where `accept` asks for it, else
        Prometheus's own format. Cost: some milliseconds; reads files of this process below /proc."""
        encode, content_type = choose_encoder(accept or "")
        return encode(self._registry), content_type


class _Gauges(Collector):
    """What is read when the figures are asked for: the pool's counts and the program's version."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Answers that were found without asking the pool, which has them as well.
        self.repeated = 0

    def collect(self) -> Iterable[Metric]:
        """The gauges, read now."""
        counts = self._engine.counts()
        workers = GaugeMetricFamily(
            "calcigraph_pool_workers", "Processes that evaluate queries.", labels=("state",)
        )
        for state in ("idle", "busy", "preempted"):
            workers.add_metric((state,), counts[state])
        yield workers
        yield GaugeMetricFamily(
            "calcigraph_pool_waiting", "Queries that wait for a process.", value=counts["waiting"]
        )
        yield GaugeMetricFamily(
            "calcigraph_pool_cached_bytes",
            "Memory that kept answers take, in bytes.",
            value=counts["cached_bytes"],
        )
        yield GaugeMetricFamily(
            "calcigraph_pool_index_bytes",
            "Memory that the index of text took when it was built, in bytes; 0 before.",
            value=counts["index_bytes"],
        )
        yield CounterMetricFamily(
            "calcigraph_pool_failures",
            "Errors that nobody expected in the threads that keep the processes; they went on.",
            value=counts["failures"],
        )
        looked = {"hits": counts["cache_hits"] + self.repeated, "misses": counts["cache_misses"]}
        for name, value in looked.items():
            yield CounterMetricFamily(
                f"calcigraph_pool_cache_{name}",
                f"Queries that were looked for among kept answers: {name}.",
                value=value,
            )
        yield from _of_documents(counts)
        version = GaugeMetricFamily("calcigraph_info", "The version of the program.", labels=("version",))
        version.add_metric((__version__,), 1)
        yield version


def _of_documents(counts: Mapping[str, int]) -> Iterator[Metric]:
    """What becomes of large documents (dumps, graphs)."""
    for state, text in (
        ("at_work", "Large documents that are being made."),
        ("waiting", "Clients that wait for a large document."),
        ("bytes", "Bytes of disk that large documents are kept in."),
    ):
        yield GaugeMetricFamily(f"calcigraph_documents_{state}", text, value=counts[f"documents_{state}"])
    for outcome, text in (("made", "were made"), ("failed", "could not be made")):
        yield CounterMetricFamily(
            f"calcigraph_documents_{outcome}",
            f"Large documents that {text}.",
            value=counts[f"documents_{outcome}"],
        )
