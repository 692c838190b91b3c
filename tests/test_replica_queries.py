"""The fifteen queries of bench/queries give the same answers however the default graph is made."""

from __future__ import annotations

import importlib.util
import io
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from calcigraph.engine.replica import Diff, Replica
from calcigraph.engine.result_formats import write

WORKLOAD = Path(__file__).resolve().parent.parent / "bench" / "queries" / "workload.py"


@cache
def workload() -> ModuleType:
    spec = importlib.util.spec_from_file_location("workload", WORKLOAD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(replica: Replica, text: str, **options: object) -> list[bytes]:
    out = io.BytesIO()
    write(replica.query(text, **options), "tsv", "n-triples", {}, out)  # type: ignore[arg-type]
    return sorted(out.getvalue().splitlines())


@cache
def replicas() -> dict[str, Replica]:
    """The same triples: apart in their graphs, some twice from the start, some twice later on."""
    pieces = list(workload().nquads(5000))
    again = b"".join(piece.rpartition(b" <")[0] + b" <http://again> .\n" for piece in pieces[::3])
    grown = Replica.load(b"".join(pieces))
    grown.apply(Diff(added=again))
    return {
        "apart": Replica.load(b"".join(pieces)),
        "twice": Replica.load(b"".join(pieces) + again),
        "twice since": grown,
        "separate": Replica.load(b"".join(pieces) + again, "separate"),
    }


@pytest.mark.parametrize("name", workload().QUERIES)
@pytest.mark.parametrize("kind", ["twice", "twice since"])
def test_query_is_answered_as_where_no_triple_stands_twice(name: str, kind: str) -> None:
    text = workload().query(name)
    expected = answer(replicas()["apart"], text)
    assert len(expected) > 0
    assert answer(replicas()[kind], text) == expected


@pytest.mark.parametrize("name", workload().QUERIES)
def test_query_over_all_graphs_named_one_by_one_is_answered_as_over_their_union(name: str) -> None:
    graphs = [f"{workload().EX}graph{number}" for number in range(8)] + ["http://again"]
    text = workload().query(name)
    assert answer(replicas()["separate"], text, default_graphs=graphs) == answer(replicas()["apart"], text)


def test_there_are_fifteen_queries() -> None:
    assert len(workload().QUERIES) == 15
