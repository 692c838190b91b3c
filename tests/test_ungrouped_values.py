"""HAVING and ORDER BY over a variable that is no key: one of its values in the group counts."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.replica import Replica

DATA = b"".join(b"<x:%c> <x:p> %d .\n" % (name, number) for number, name in enumerate(b"bca"))
REPLICA = Replica(ox.parse(DATA, ox.RdfFormat.TURTLE))
PATTERN = "{ ?s <x:p> ?o } GROUP BY ?s"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"SELECT ?s {PATTERN} HAVING(?o > 0) ORDER BY ?s", ["x:a", "x:c"]),
        (f"SELECT ?s {PATTERN} ORDER BY DESC(?o)", ["x:a", "x:c", "x:b"]),
        (f"SELECT ?s {PATTERN} ORDER BY ?o", ["x:b", "x:c", "x:a"]),
        (f"SELECT ?s {PATTERN} HAVING(SUM(?o) + ?o > 2)", ["x:a"]),
        (f"SELECT ?s (-SUM(?o) AS ?o2) {PATTERN} ORDER BY ?o2", ["x:a", "x:c", "x:b"]),
        (f"SELECT * {{ {{ SELECT ?s {PATTERN} HAVING(?o = 1) }} }}", ["x:c"]),
    ],
)
def test_variable_that_is_not_grouped_is_one_of_its_values(text: str, names: list[str]) -> None:
    results = REPLICA.query(text)
    assert isinstance(results, ox.QuerySolutions)
    assert [solution["s"].value for solution in results] == names


def test_bound_of_a_variable_that_is_not_grouped_is_refused() -> None:
    with pytest.raises(CorrectionRefused) as problem:
        REPLICA.query(f"SELECT ?s {PATTERN} HAVING(BOUND(?o))")
    assert problem.value.place is not None
