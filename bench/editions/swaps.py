"""`python -m bench.editions.swaps ROOT REASONER NUMBER`: the seconds of swaps of one triple, as JSON.

Each swap is timed as a whole, from the call of `publish` to the answer of a query that sees it; then, by a
writer in this process, once more in parts.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any
from unittest import mock

import pyoxigraph as ox

from calcigraph.edition import Change, Edition, EditionCache, Writer, writer
from calcigraph.pool import Query
from calcigraph.reasoning import Inference
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine, local

Times = dict[str, list[float]]
_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


def main() -> None:
    """Print the times."""
    root, reasoner, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    settings = Settings(reasoner=reasoner)  # type: ignore[arg-type]
    times: Times = {}
    with closing(LocalEngine.start(Root.read(root), settings, EditionCache.of_user())) as engine:
        node, graph = _place(engine.edition)
        with _timed(times, engine_parts(engine)):
            for place in range(number + 1):
                _swap(engine, ox.Quad(node, _LABEL, ox.Literal(f"name {place}"), graph), times)
        size = engine.edition.size
    times |= _in_parts(root, settings, number, node, graph)
    print(json.dumps({"size": size, "first": {k: v[0] for k, v in times.items()}, **_shown(times)}))


def engine_parts(engine: LocalEngine) -> dict[str, tuple[Any, str]]:
    """What a swap consists of in the front: names of parts, and the functions that do them."""
    return {
        "writer": (engine._writer, "after"),
        "difference": (local, "engine_diff"),
        "fork server": (engine._pool, "publish"),
    }


def _swap(engine: LocalEngine, quad: ox.Quad, times: Times) -> None:
    begun = time.perf_counter()
    engine.publish(Change.of(add=[quad]))
    times.setdefault("published", []).append(time.perf_counter() - begun)
    answer = engine.ask(
        Query(f"ASK {{ {quad.subject} {quad.predicate} {quad.object} }}", results_format="csv")
    )
    times.setdefault("seen", []).append(time.perf_counter() - begun)
    assert answer.content == b"true", answer.content


def _in_parts(root: Path, settings: Settings, number: int, node: ox.NamedNode, graph: ox.NamedNode) -> Times:
    """The parts of what the writer does."""
    times: Times = {}
    cache = EditionCache.of_user()
    read = Root.read(root)
    folder = cache.work_folder()
    kept = cache.recall(read.digest, settings.reasoner, folder)
    assert kept is not None, "the engine has been started before"
    writing = Writer(Edition.open(read.without_contents(), kept), settings.reasoner)
    parts = {
        "reasoner": (Inference, "after"),
        "index": (writer, "write_step"),
        "description": (Writer, "_described"),
    }
    with _timed(times, parts):
        for place in range(number + 1):
            writing.after(Change.of(add=[ox.Quad(node, _LABEL, ox.Literal(f"name {place}"), graph)]))
    # Data and metadata are written one after the other.
    written = times["index"]
    times["index"] = [one + other for one, other in zip(written[::2], written[1::2], strict=True)]
    folder.close()
    return times


@contextmanager
def _timed(times: Times, parts: dict[str, tuple[Any, str]]) -> Iterator[None]:
    """Let the functions say how long each of their calls takes."""

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*values: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return function(*values, **named)
            finally:
                times.setdefault(name, []).append(time.perf_counter() - begun)

        return call

    patches = [
        mock.patch.object(owner, name, timed(part, getattr(owner, name)))
        for part, (owner, name) in parts.items()
    ]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def _place(edition: Edition) -> tuple[ox.NamedNode, ox.NamedNode]:
    """A node of the data that a file asserts something of, and the graph of that file."""
    catalogue = edition.root.catalogue_graph
    found = (q for q in edition.quads() if "/data/" in str(q.graph_name) and q.graph_name != catalogue)
    quad = next(q for q in found if isinstance(q.subject, ox.NamedNode))
    assert isinstance(quad.subject, ox.NamedNode)
    assert isinstance(quad.graph_name, ox.NamedNode)
    return quad.subject, quad.graph_name


def _shown(times: Times) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of all but the first, which copies the index."""
    cuts = {name: quantiles(found[1:], n=20, method="inclusive") for name, found in times.items()}
    return {"p50": {k: v[9] for k, v in cuts.items()}, "p95": {k: v[18] for k, v in cuts.items()}}


if __name__ == "__main__":
    main()
