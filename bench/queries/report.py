"""Results in, the report in Markdown out."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from statistics import geometric_mean

import pyoxigraph

from bench.queries.criteria import Beside, verdicts
from bench.queries.peers import PEERS
from bench.queries.results import Measured, Result, Times
from bench.queries.workload import QUERIES

_MIB = 1 << 20
_OPENING = """\
# Fifteen queries over HTTP: this server and its peers

Written by `python -m bench.queries`; {cores} cores, Python {python}, pyoxigraph {pyoxigraph}.
Every peer is a process of its own on the loopback interface, loaded with the same N-Quads (eight
graphs, of which the default graph is the union), with the settings that it comes with, but for a limit
of time (120 s) and none of rows. SELECT is answered as JSON, CONSTRUCT as N-Triples. The run fails where
two peers give answers that differ as multisets.

- **Cold**: every request has another comment in its text, so that nobody can have kept the answer.
- **Repeated**: the same text again and again.
- Times are milliseconds as one client on a kept connection sees them: median (95th percentile).
- **ratio** is ours divided by the better `oxigraph serve`, memory or disk, query by query; smaller is better.
- Peers take turns at each query where they fit into memory together, and run one by one where not.
"""


def report(results: dict[tuple[int, str], Result]) -> str:
    """The whole report, of all sizes that have results."""
    sizes = sorted({triples for triples, _ in results})
    besides = [
        Beside(size, {name: results[size, name] for name in PEERS if (size, name) in results})
        for size in sizes
    ]
    lines = [
        _OPENING.format(
            cores=os.cpu_count(), python=platform.python_version(), pyoxigraph=pyoxigraph.__version__
        )
    ]
    lines += ["## What was asked for", "", *_demands(besides), ""]
    for beside in besides:
        lines += [f"## {beside.triples:,} triples", "", *_absent(beside), *_size(beside)]
    return "\n".join(lines)


def _demands(besides: list[Beside]) -> Iterator[str]:
    yield "| | asked for | " + " | ".join(f"{beside.triples:,}" for beside in besides) + " |"
    yield "|---|---|" + "---|" * len(besides)
    for row in zip(*(verdicts(beside) for beside in besides), strict=True):
        yield f"| {row[0].what} | {row[0].bound} | " + " | ".join(verdict.found for verdict in row) + " |"


def _absent(beside: Beside) -> Iterator[str]:
    failed = [result for result in beside.results.values() if result.failed]
    for result in failed:
        yield f"- {result.peer} {result.failed}."
    if failed:
        yield ""


def _size(beside: Beside) -> Iterator[str]:
    yield "### Cold"
    yield from _queries(beside, "cold", lambda times: f"{_ms(times.p50)} ({_ms(times.p95)})")
    yield "### Repeated"
    yield from _queries(beside, "repeated", lambda times: f"{_ms(times.p50)} ({_ms(times.p95)})")
    yield "### First byte of the body, cold (median)"
    yield from _queries(beside, "cold", lambda times: _ms(times.first), "first")
    yield "### Point queries a second, eight clients (95th percentile in ms; core that the clients took)"
    yield from _rates(beside)
    yield "### Start and memory"
    yield from _footprints(beside)


def _queries(beside: Beside, mode: str, cell: Callable[[Times], str], measure: str = "p50") -> Iterator[str]:
    yield ""
    yield "| query | rows | " + " | ".join(beside.present) + " | ratio |"
    yield "|---|---|" + "---|" * len(beside.present) + "---|"
    for name in QUERIES:
        found = {peer: result.queries[name] for peer, result in beside.present.items()}
        rows = next((f"{each.rows:,}" for each in found.values() if not each.failed), "")
        cells = " | ".join(_cell(each, mode, cell) for each in found.values())
        yield f"| {name} | {rows} | {cells} | {_number(beside.ratio(name, mode, measure))} |"
    means = " | ".join(_mean(result, mode, measure) for result in beside.present.values())
    yield f"| geometric mean | | {means} | {_number(beside.mean_ratio(mode, measure))} |"
    yield ""


def _cell(measured: Measured, mode: str, cell: Callable[[Times], str]) -> str:
    times: Times | None = getattr(measured, mode)
    return measured.failed if times is None else cell(times)


def _mean(result: Result, mode: str, measure: str) -> str:
    found = [getattr(measured, mode) for measured in result.queries.values()]
    return "" if None in found else _ms(geometric_mean(getattr(times, measure) for times in found))


def _rates(beside: Beside) -> Iterator[str]:
    modes = ("cold", "repeated", "cold, slow", "repeated, slow")
    yield ""
    yield (
        "| | "
        + " | ".join((*modes[:2], "cold, beside 40 slow clients", "repeated, beside 40 slow clients"))
        + " |"
    )
    yield "|---|---|---|---|---|"
    for peer, result in beside.present.items():
        yield f"| {peer} | " + " | ".join(_rate(result, mode) for mode in modes) + " |"
    yield ""


def _rate(result: Result, mode: str) -> str:
    rate = result.rates.get(mode)
    if rate is None:
        return "not answered"
    return f"{rate.a_second:,.0f} ({rate.p95_ms:.1f} ms; {100 * rate.client_share:.0f} %)"


def _footprints(beside: Beside) -> Iterator[str]:
    yield ""
    yield "| | version | start, s | start on its own files, s | at rest, MiB | bytes a triple | growth, MiB |"
    yield "|---|---|---|---|---|---|---|"
    for peer, result in beside.present.items():
        again = "" if result.again_s is None else f"{result.again_s:.1f}"
        print_ = result.footprint
        assert print_ is not None
        growth = f"{(print_.after - print_.before) / _MIB:+.0f} in {print_.mixed:,} mixed queries"
        yield (
            f"| {peer} | {result.version} | {result.start_s:.1f} | {again} | {print_.rest / _MIB:,.0f} "
            f"| {print_.rest / beside.triples:,.0f} | {growth} |"
        )
    yield ""
    yield "Start is from the file of N-Quads to the first answer; memory is PSS, of all processes."
    yield ""


def _ms(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
