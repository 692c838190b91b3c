"""BNODE with an argument: a new node in each solution, the same one for the same string in one solution."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.corrections.lexical import corrected
from calcigraph.engine.replica import Replica

DATA = b'_:abc <urn:p> "abc" .\n_:other <urn:p> "def" .\n'
NODES = "(BNODE(?s) AS ?x) (bnode(?s) AS ?y) (BNODE(CONCAT(?s, '!')) AS ?z)"
VALUES = 'VALUES ?s { "a" "b" "a" "not a label" "" }'


def solutions(text: str) -> list[dict[str, object]]:
    found = Replica.load(DATA).query(text)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT ?s {NODES} {{ {VALUES} }}",
        f"SELECT DISTINCT ?s {NODES} {{ {VALUES} }}",
        f"SELECT {NODES} {{ SELECT * {{ {VALUES} }} }}",
        f"SELECT * {{ {VALUES} BIND(BNODE(?s) AS ?x) BIND(BNODE(?s) AS ?y) BIND(BNODE('!') AS ?z) }}",
        f"SELECT ?x ?y ?z {{ {VALUES} BIND(BNODE(?s) AS ?x) . FILTER(true) BIND(1 AS ?one) "
        "BIND(BNODE(?s) AS ?y) BIND(BNODE('!') AS ?z) }",
    ],
)
def test_each_solution_has_a_node_of_its_own_for_each_string(query: str) -> None:
    rows = solutions(query)
    assert len(rows) == 5
    assert all(row["x"] == row["y"] != row["z"] for row in rows)
    assert len({row[name] for row in rows for name in "xz"}) == 10
    assert all(isinstance(row[name], ox.BlankNode) for row in rows for name in "xyz")


def test_a_new_node_is_none_of_the_data() -> None:
    assert not solutions("SELECT ?x ?o { BIND(BNODE('abc') AS ?x) ?x <urn:p> ?o }")
    (row, *_) = solutions("SELECT (BNODE(?o) AS ?x) ?s { ?s <urn:p> ?o FILTER(?o = 'abc') }")
    assert row["x"] != row["s"]


@pytest.mark.parametrize("argument", ["1", "'a'@en", "<urn:x>", "?unbound"])
def test_what_is_no_simple_literal_makes_no_node(argument: str) -> None:
    assert solutions(f"SELECT (BNODE({argument}) AS ?x) {{}}") == [{"x": None}]
    assert solutions(f"SELECT ?x {{ BIND(BNODE({argument}) AS ?x) }}") == [{"x": None}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (BNODE() AS ?x) {}",
        "SELECT ?bnode { ?bnode ?p ?o }",
        "SELECT (COUNT(*) AS ?n) (BNODE('a') AS ?x) {}",
        "SELECT (BNODE('a') AS ?x) {} GROUP BY ?x",
        "SELECT (BNODE('a') AS ?x) {} VALUES ?y { 1 2 }",
        "SELECT ?s { ?s ?p ?o FILTER(isBlank(BNODE('a'))) }",
        "SELECT ?x { { SELECT * { BIND(BNODE('a') AS ?x) } } }",
        "SELECT (BNODE('a') AS ",
        "BNODE(",
        "BIND(BNODE(",
    ],
)
def test_what_cannot_be_mended_without_a_doubt_is_left_as_it_is(query: str) -> None:
    assert corrected(query) == query


def test_names_of_the_query_are_not_taken() -> None:
    rows = solutions(
        "SELECT ?solution0 ?x ?y { BIND(1 AS ?solution0) VALUES ?y {1 2} BIND(BNODE('a') AS ?x) }"
    )
    assert {row["solution0"] for row in rows} == {ox.Literal(1)}
    assert len({row["x"] for row in rows}) == 2


@given(
    st.lists(st.sampled_from(["BNODE(", "BIND(", "(", ")", "{", "}", "SELECT", "*", "?x", "AS", "'a'", "."]))
)
def test_any_text_is_rewritten_or_left_without_an_error(words: list[str]) -> None:
    corrected(" ".join(words))
