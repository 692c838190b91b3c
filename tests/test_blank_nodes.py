"""BNODE with an argument: a new node in each solution, the same one for the same string in one solution."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.engine.corrections import corrected
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.replica import Replica
from calcigraph.engine.view import View
from calcigraph.sparql.parsed_query import ParsedQuery

DATA = b'_:abc <urn:p> "abc" .\n_:other <urn:p> "def" .\n'
NODES = "(BNODE(?s) AS ?x) (bnode(?s) AS ?y) (BNODE(CONCAT(?s, '!')) AS ?z)"
COUNTED = "{ SELECT (COUNT(DISTINCT *) AS ?n) { ?s ?p ?o BIND(BNODE('a') AS ?b) } }"
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


# Where BNODE may stand, with the number of solutions and of different nodes, which are ?x.
@pytest.mark.parametrize(
    ("query", "solutions_", "nodes"),
    [
        (f"SELECT (COUNT(*) AS ?n) (BNODE('a') AS ?x) {{ {VALUES} }} GROUP BY ?s", 4, 4),
        (f"SELECT (BNODE('a') AS ?x) (BNODE('a') AS ?y) {{ {VALUES} }} GROUP BY ?s", 4, 4),
        ("SELECT (COUNT(*) AS ?n) (BNODE('a') AS ?x) {}", 1, 1),
        (f"SELECT ?x {{ {COUNTED} FILTER(?n = 2) BIND(BNODE('b') AS ?x) }}", 1, 1),
        (f"SELECT (SAMPLE(BNODE(?s)) AS ?x) {{ {VALUES} }} GROUP BY ?s", 4, 4),
        (f"SELECT ?x {{ {VALUES} }} GROUP BY (BNODE(?s) AS ?x)", 5, 5),
        ("SELECT (BNODE('a') AS ?x) ?y {} VALUES ?y { 1 2 }", 2, 2),
        ("SELECT ?x { BIND(1 AS ?one) { SELECT (BNODE('a') AS ?x) { ?s ?p ?o } } }", 2, 2),
        ("SELECT ?x { { SELECT * { BIND(BNODE('a') AS ?x) } } }", 1, 1),
        ("SELECT ?x { { SELECT * { VALUES ?v { 1 2 } BIND(BNODE('a') AS ?x) } } }", 2, 2),
        ("SELECT ?x { { BIND(BNODE('a') AS ?x) } UNION { BIND(BNODE('a') AS ?x) } }", 2, 2),
        ("SELECT ?x { BIND(BNODE('a') AS ?x) VALUES ?v { 1 2 } }", 2, 1),
        ("SELECT ?x { ?s ?p ?o OPTIONAL { BIND(BNODE('a') AS ?x) } }", 2, None),
        ("SELECT (BNODE('a') AS ?x) { VALUES ?v { 1 2 } } ORDER BY BNODE('b')", 2, 2),
        ("SELECT (BNODE('a') AS ?x) { VALUES ?v { 1 2 } } HAVING (true)", 2, 2),
        ("SELECT (BNODE('a') AS ?x) { VALUES ?v { 1 2 } FILTER(isBlank(BNODE('not a label'))) }", 2, 2),
        ("SELECT (BNODE('a') AS ?x) { VALUES ?v { 1 2 } FILTER(BNODE('a') = BNODE('b')) }", 0, 0),
        ("SELECT ?x { VALUES ?v { 1 2 } BIND(BNODE('a') AS ?x) FILTER(BNODE('a') = ?x) }", 2, 2),
        ("SELECT ?x { VALUES ?v { 1 2 } BIND(BNODE('a') AS ?x) FILTER(BNODE('b') = ?x) }", 0, 0),
        ("SELECT ?x ?y (BNODE('a') AS ?z) { VALUES ?v { 1 2 } BIND(BNODE('a') AS ?x) }", 2, 2),
        ("SELECT (COUNT(DISTINCT BNODE('a')) AS ?n) (BNODE('c') AS ?x) { ?s ?p ?o }", 1, 1),
        ("SELECT ?x { BIND(IF(EXISTS { FILTER(isBlank(BNODE('!'))) }, BNODE(), 1) AS ?x) }", 1, 1),
    ],
)
def test_nodes_are_new_wherever_they_are_made(query: str, solutions_: int, nodes: int | None) -> None:
    rows = solutions(query)
    assert len(rows) == solutions_
    if nodes is not None:
        assert len({row["x"] for row in rows}) == nodes
        assert all(isinstance(row["x"], ox.BlankNode) for row in rows)


def test_select_makes_the_same_node_as_the_bind_in_front_of_it() -> None:
    (row,) = solutions("SELECT ?x (BNODE('a') AS ?y) (BNODE('b') AS ?z) { BIND(BNODE('a') AS ?x) }")
    assert row["x"] == row["y"] != row["z"]


def test_construct_describe_and_ask_have_new_nodes_too() -> None:
    triples = list(
        Replica.load(DATA).query("CONSTRUCT { ?x <urn:q> ?v } { VALUES ?v {1 2} BIND(BNODE('a') AS ?x) }")
    )
    assert len({triple.subject for triple in triples}) == 2  # type: ignore[union-attr]
    assert Replica.load(DATA).query("ASK { BIND(BNODE('!') AS ?x) FILTER(isBlank(?x)) }")
    assert list(Replica.load(DATA).query("DESCRIBE * { BIND(BNODE('abc') AS ?x) }")) == []


def test_star_shows_no_further_variable() -> None:
    for query in (
        "SELECT * { VALUES ?v { 1 } BIND(BNODE('a') AS ?x) }",
        "SELECT * { { SELECT * { VALUES ?v { 1 } BIND(BNODE('a') AS ?x) } } }",
        "SELECT * { VALUES ?v { 1 } BIND(1 AS ?x) FILTER(isBlank(BNODE('a'))) }",
    ):
        (row,) = solutions(query)
        assert row.keys() == {"v", "x"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { FILTER(isBlank(BNODE('a'))) }",
        "SELECT (COUNT(*) AS ?n) (BNODE('a') AS ?x) {} VALUES ?y { 1 2 }",
    ],
)
def test_what_cannot_be_right_is_refused(query: str) -> None:
    with pytest.raises(CorrectionRefused):
        solutions(query)


@pytest.mark.parametrize("query", ["SELECT (BNODE() AS ?x) {}", "SELECT ?bnode { ?bnode ?p ?o }"])
def test_what_is_right_is_left_as_it_is(query: str) -> None:
    assert corrected(ParsedQuery.of(query), Context(View((), "union"))) == query


def test_names_of_the_query_are_not_taken() -> None:
    rows = solutions(
        "SELECT ?solution0 ?x ?y { BIND(1 AS ?solution0) VALUES ?y {1 2} BIND(BNODE('a') AS ?x) }"
    )
    assert {row["solution0"] for row in rows} == {ox.Literal(1)}
    assert len({row["x"] for row in rows}) == 2
