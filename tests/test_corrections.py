"""The order of corrections: together where they want different nodes, one after the other where not."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from contextlib import suppress

import pyoxigraph as ox
import pytest

from calcigraph.engine.corrections import corrected
from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.replica import Replica
from calcigraph.errors import Problem
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Query
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import BuiltInCall, Filter, Iri, Literal, Node


class NoData:
    """A dataset without triples."""

    def has_node(self, node: ox.NamedNode | ox.Literal, graph: ox.NamedNode | None) -> bool:
        return False

    def named_graphs(self) -> list[ox.NamedNode]:
        return []


def in_capitals(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """UCASE around each literal."""
    return {node: lambda _write, node=node: f"UCASE({query.written(node)})" for node in query.nodes(Literal)}


def trimmed(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """The first argument of CONCAT in its place, and whatever is done to it."""
    return {
        node: lambda write, node=node: write(node.arguments[0])
        for node in query.nodes(BuiltInCall)
        if node.name == "CONCAT"
    }


def in_small_letters(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """LCASE around each literal."""
    return {node: lambda _write, node=node: f"LCASE({query.written(node)})" for node in query.nodes(Literal)}


def refused(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    for node in query.nodes(Filter):
        raise refusal(query, node, "It cannot be had.", "Leave it out.")
    return {}


TEXT = 'SELECT ?x {\n  BIND(CONCAT("a", "b") AS ?x) } # "c"'


def test_corrections_of_one_round_meet_in_each_other() -> None:
    right = 'SELECT ?x {\n  BIND(UCASE("a") AS ?x) } # "c"'
    assert corrected(ParsedQuery.of(TEXT), Context(NoData()), [[in_capitals, trimmed]]) == right
    assert corrected(ParsedQuery.of(TEXT), Context(NoData()), [[trimmed], [in_capitals]]) == right


def test_correction_that_wants_the_same_node_is_asked_after_the_other() -> None:
    right = 'SELECT ?x {\n  BIND(UCASE(LCASE("a")) AS ?x) } # "c"'
    found = corrected(ParsedQuery.of(TEXT), Context(NoData()), [[in_capitals, in_small_letters, trimmed]])
    assert found == right


def test_correction_that_cannot_be_made_names_its_place() -> None:
    query = ParsedQuery.of("SELECT * {\n  FILTER(true) }")
    with pytest.raises(CorrectionRefused) as problem:
        corrected(query, Context(NoData()), [[refused]])
    assert problem.value.place is not None
    assert (problem.value.place.line, problem.value.place.column) == (2, 3)


def test_new_variable_is_none_of_the_query_and_none_that_was_given_out() -> None:
    query = ParsedQuery.of("SELECT ?x { ?x ?p ?x_2 }")
    context = Context(NoData())
    assert [context.fresh(query, "x"), context.fresh(query, "x"), context.fresh(query, "y")] == [
        "x_3",
        "x_4",
        "y",
    ]


def test_names_are_resolved_against_the_prologue() -> None:
    query = ParsedQuery.of("BASE <http://b/> PREFIX : <n#> ASK { :a <c> <http://x/> }")
    found = Context(NoData(), base_iri="http://other/").resolved(query, query.nodes(Iri)[2:])
    assert [iri.value for iri in found.values()] == ["http://b/n#a", "http://b/c", "http://x/"]


def test_nodes_above_a_node_lead_to_the_whole_query() -> None:
    query = ParsedQuery.of(TEXT)
    (call,) = query.nodes(BuiltInCall)
    assert [type(node).__name__ for node in query.around(call)] == ["Bind", "Group", "Query"]
    assert query.parent(call) is next(query.around(call))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { GRAPH ?g { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } } }",
        'SELECT (REPLACE("a", "(a)", "$1b") AS ?x) (BNODE("a") AS ?y) {}',
        "SELECT * { ?s <p:1>|<p:2> ?o . ?o <p:3>* ?z FILTER(?z && true) }",
        "SELECT ?s { ?s ?p ?o FILTER NOT EXISTS { ?s <p:1> ?x . ?x <p:2> ?y } } ORDER BY ?o",
        "SELECT (GROUP_CONCAT(?o) AS ?x) { { ?s ?p ?o } UNION { ?o ?p ?s } } GROUP BY ?s",
        "SELECT (SUM(COUNT(?o)) AS ?x) { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?p",
        "SELECT ?s { ?s ?p ?o",
        "SELECT ?s { ?s ?\\u0070 ex:o }",
    ],
)
def test_reading_and_correcting_a_query_leaves_no_cycles_that_a_worker_would_keep(text: str) -> None:
    replica = Replica([])

    def ask() -> None:
        admission = Admission(Query(text), {})
        with suppress(Problem), admission:
            replica.query(admission.admitted().query)

    ask()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            ask()
        assert gc.collect() < 20
    finally:
        gc.enable()
