"""Where the engine does not answer as SPARQL 1.1 says, the replica does."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.engine.corrections import corrected
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.replica import Replica
from calcigraph.sparql.parsed_query import ParsedQuery

EX = "http://example.org/"
DATA = (
    f'<{EX}s> <{EX}p> <{EX}o> <{EX}g1> .\n<{EX}s> <{EX}p> "2" <{EX}g2> .\n<{EX}s> <{EX}p> "3" <{EX}g2> .\n'
).encode()
PREFIX = f"PREFIX : <{EX}> "


def rows(text: str, **options: object) -> list[tuple[str | None, ...]]:
    solutions = Replica.load(DATA).query(PREFIX + text, **options)  # type: ignore[arg-type]
    assert isinstance(solutions, ox.QuerySolutions)
    found = [tuple(term and term.value.removeprefix(EX) for term in row) for row in solutions]
    return sorted(found, key=repr)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("?x", {"1 2", "2 1"}),
        ("DISTINCT ?x", {"1 2", "2 1"}),
        ('?x; separator="|"', {"1|2", "2|1"}),
        ('CONCAT(STR(?x), ";") ; separator=")"', {"1;)2;", "2;)1;"}),
        ("IF(?x IN (1, 2), :a, :b)", {f"a {EX}a"}),
    ],
)
def test_group_concat_takes_numbers_and_iris(argument: str, expected: set[str]) -> None:
    ((found,),) = rows(f"SELECT (GROUP_CONCAT({argument}) AS ?all) {{ VALUES ?x {{ 1 2 }} }}")
    assert found in expected


@pytest.mark.parametrize("path", [":p*", ":p?", "(:p/:q)*", "(:p|^:q)?"])
def test_path_without_a_step_matches_a_term_that_is_not_in_the_data(path: str) -> None:
    assert rows(f"SELECT * {{ :absent {path} ?x }}") == [("absent",)]
    assert rows(f"SELECT * {{ ?x {path} <{EX}absent> . }}") == [("absent",)]
    assert rows(f"SELECT * {{ VALUES ?x {{ :other }} :absent {path} ?x }}") == []


def test_path_from_a_term_of_the_data_goes_on_as_before() -> None:
    assert rows("SELECT * { :s :p* ?x }") == [("2",), ("3",), ("o",), ("s",)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }", [("g1", "1"), ("g2", "2")]),
        ("SELECT ?g ?n { GRAPH ?g { { SELECT (COUNT(*) AS ?n) { ?s ?p 2 } } } }", [("g1", "0"), ("g2", "0")]),
        ("SELECT ?g ?x { GRAPH ?g { VALUES ?x { 1 } } }", [("g1", "1"), ("g2", "1")]),
        ("SELECT ?g { GRAPH ?g { ?s :p :o MINUS { ?x :p :o } } }", [("g1",)]),
        ("SELECT ?g { GRAPH ?g { ?s :p ?o MINUS { ?s :p :o } } }", [("g2",), ("g2",)]),
    ],
)
def test_variable_graph_keeps_graphs_apart_around_a_subquery_values_and_minus(
    query: str, expected: list[tuple[str, ...]]
) -> None:
    assert rows(query) == expected


def test_variable_graph_sees_only_the_graphs_of_the_dataset() -> None:
    query = "SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }"
    assert rows(query, named_graphs=[EX + "g2"]) == [("g2", "2")]


def test_star_lists_variables_in_the_order_of_the_query() -> None:
    for star in ("SELECT *", "select  distinct\n*", f"BASE <{EX}> SELECT REDUCED *"):
        solutions = Replica.load(DATA).query(
            f"{star} {{ ?subject ?predicate ?object FILTER NOT EXISTS {{ ?a ?b 'hidden' }} }}"
        )
        assert isinstance(solutions, ox.QuerySolutions)
        assert [variable.value for variable in solutions.variables] == ["subject", "predicate", "object"]


def test_subquery_keeps_its_star_and_a_query_without_variables_works() -> None:
    assert rows("SELECT * { { SELECT * { ?s :p :o } } }") == [("s",)]
    assert rows("SELECT * { :s :p :o }") == [()]


class Nothing:
    """Data that holds nothing."""

    def has_node(self, node: ox.NamedNode | ox.Literal, graph: ox.NamedNode | None) -> bool:
        return False

    def named_graphs(self) -> list[ox.NamedNode]:
        return []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { ?x a ?y . FILTER(?x * ?y > 1) }",
        "ASK { ?s ?p 'GROUP_CONCAT(?x)' }",
        "SELECT ?s { ?s <http://p>* ?o }",
        "SELECT ?s { GRAPH ?g { ?s ?p ?o } }",
        "SELECT (COUNT(*) AS ?n) { GRAPH <http://g> { ?s ?p ?o MINUS { ?s ?p 1 } } }",
    ],
)
def test_text_that_needs_no_correction_is_left_as_it_is(text: str) -> None:
    assert corrected(ParsedQuery.of(text), Context(Nothing())) == text
