"""The replica: one dataset, its default graph a set, with and without inferences, and changing."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calcigraph.engine.dataset_clauses import QueryDataset, dataset_clause
from calcigraph.engine.replica import Diff, Replica
from calcigraph.engine.result_formats import write
from calcigraph.rdf.native_formats import NATIVE_GRAPHS, NATIVE_RESULTS
from calcigraph.settings import DefaultGraph
from calcigraph.sparql.parsed_query import ParsedQuery

EX = "http://example.org/"
INFERRED = ox.NamedNode(EX + "graph/inferred")
DERIVED = ox.NamedNode(EX + "graph/derived")
UNASSERTED = (INFERRED.value, DERIVED.value)
COUNT = "SELECT (COUNT(*) AS ?n) (SUM(?o) AS ?sum) { ?s ?p ?o }"


def quad(subject: str, value: int, graph: str | None = None) -> str:
    name = f" <{graph if graph and ':' in graph else EX + (graph or '')}>" if graph else ""
    return f'<{EX}{subject}> <{EX}p> "{value}"^^<http://www.w3.org/2001/XMLSchema#integer>{name} .\n'


def load(*quads: str, default_graph: DefaultGraph = "union") -> Replica:
    return Replica.load("".join(quads).encode(), default_graph, UNASSERTED)


def rows(replica: Replica, text: str, **options: object) -> list[tuple[str, ...]]:
    solutions = replica.query(text, **options)  # type: ignore[arg-type]
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted(tuple(term.value for term in row) for row in solutions)  # type: ignore[union-attr]


def test_triple_in_two_graphs_counts_once_in_every_aggregate() -> None:
    replica = load(quad("a", 5, "g"), quad("a", 5, "h"), quad("b", 2, "h"))
    assert rows(replica, COUNT) == [("2", "7")]
    query = "SELECT (AVG(?o) AS ?avg) (GROUP_CONCAT(STR(?o)) AS ?all) { ?s ?p ?o } GROUP BY ?s ORDER BY ?s"
    assert rows(replica, query) == [("2", "2"), ("5", "5")]


def test_triple_with_and_without_a_graph_counts_once() -> None:
    assert rows(load(quad("a", 5), quad("a", 5, "h")), COUNT) == [("1", "5")]


def test_named_graphs_are_seen_whole_although_the_default_graph_is_merged() -> None:
    replica = load(quad("a", 5, "g"), quad("a", 5, "h"))
    assert rows(replica, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g") == [
        (EX + "g", "1"),
        (EX + "h", "1"),
    ]


@pytest.mark.parametrize("overlap", [False, True])
def test_from_merges_graphs_as_a_set(overlap: bool) -> None:
    replica = load(
        quad("a", 5, "g"), quad("a" if overlap else "c", 5, "h"), quad("b", 2, "h"), quad("z", 9, "k")
    )
    expected = [("2", "7")] if overlap else [("3", "12")]
    dataset = f"FROM <{EX}g> FROM <{EX}h>"
    assert rows(replica, COUNT.replace("{", dataset + " {", 1)) == expected
    assert rows(replica, COUNT, default_graphs=[EX + "g", EX + "h"]) == expected


@pytest.mark.parametrize("overlap", [False, True])
def test_dataset_of_the_protocol_takes_the_place_of_from(overlap: bool) -> None:
    replica = load(quad("a", 5, "g"), quad("b", 2, "h"), quad("a" if overlap else "c", 5, "k"))
    query = COUNT.replace("{", f"FROM <{EX}g> {{", 1)
    assert rows(replica, query, default_graphs=[EX + "h"]) == [("1", "2")]
    in_graphs = f"SELECT ?g FROM NAMED <{EX}g> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert rows(replica, in_graphs, named_graphs=[EX + "h"]) == [(EX + "h",)]
    assert rows(replica, in_graphs, default_graphs=[EX + "h", EX + "k"]) == []


@pytest.mark.parametrize("overlap", [False, True])
def test_dataset_of_named_graphs_alone_has_an_empty_default_graph(overlap: bool) -> None:
    replica = load(quad("a", 5, "g"), quad("a" if overlap else "c", 5, "h"))
    assert rows(replica, COUNT.replace("{", f"FROM NAMED <{EX}g> {{", 1)) == [("0", "0")]
    assert rows(replica, COUNT, named_graphs=[EX + "g"]) == [("0", "0")]


def test_separate_default_graph_holds_what_stands_in_no_graph() -> None:
    replica = load(quad("a", 5), quad("b", 2, "g"), quad("b", 2, "h"), default_graph="separate")
    assert rows(replica, COUNT) == [("1", "5")]
    assert rows(replica, COUNT, default_graphs=[EX + "g", EX + "h"]) == [("1", "2")]


def test_inference_off_leaves_out_inferred_and_derived_triples() -> None:
    replica = load(quad("a", 5, "g"), quad("b", 2, INFERRED.value), quad("c", 1, DERIVED.value))
    assert rows(replica, COUNT) == [("3", "8")]
    assert rows(replica, COUNT, inference=False) == [("1", "5")]
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert rows(replica, graphs, inference=False) == [(EX + "g",)]
    replica.apply(Diff(added=(quad("d", 1, "g") + quad("e", 1, INFERRED.value)).encode()))
    assert rows(replica, COUNT, inference=False) == [("2", "6")]
    assert rows(replica, COUNT) == [("5", "10")]


def test_diff_that_is_not_n_quads_changes_nothing() -> None:
    replica = load(quad("a", 5, "g"))
    with pytest.raises(SyntaxError):
        replica.apply(Diff(removed=quad("a", 5, "g").encode(), added=b"<a> nonsense"))
    assert rows(replica, COUNT) == [("1", "5")]


def test_blank_node_of_the_data_can_be_removed_by_its_label() -> None:
    replica = Replica.load(f'_:x <{EX}p> "1" <{EX}g> .\n_:y <{EX}p> "2" <{EX}g> .\n'.encode())
    replica.apply(Diff(removed=f'_:x <{EX}p> "1" <{EX}g> .\n'.encode()))
    assert rows(replica, "SELECT ?o { ?s ?p ?o }") == [("2",)]


GRAPHS = st.sampled_from([None, "g", "h", INFERRED.value])
QUADS = st.builds(quad, st.sampled_from("abc"), st.integers(0, 1), GRAPHS)
DIFFS = st.lists(st.tuples(st.lists(QUADS, max_size=4), st.lists(QUADS, max_size=4)), max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(QUADS, max_size=6), DIFFS, st.booleans())
def test_replica_after_any_diffs_answers_as_a_fresh_one(
    quads: list[str], diffs: list[tuple[list[str], list[str]]], ask_early: bool
) -> None:
    replica = load(*quads)
    if ask_early:
        rows(replica, COUNT, inference=False)
    expected = set(quads)
    for added, removed in diffs:
        replica.apply(Diff("".join(added).encode(), "".join(removed).encode()))
        expected = (expected - set(removed)) | set(added)
    asserted = {line for line in expected if INFERRED.value not in line}
    for inference, lines in ((True, expected), (False, asserted)):
        triples = {line.replace(f" <{EX}g> .", " .").replace(f" <{EX}h> .", " .") for line in lines}
        triples = {line.replace(f" <{INFERRED.value}> .", " .") for line in triples}
        found = rows(replica, "SELECT ?s ?p ?o { ?s ?p ?o }", inference=inference)
        assert len(found) == len(set(found)) == len(triples)
        graphs = rows(replica, "SELECT DISTINCT ?g { GRAPH ?g { } }", inference=inference)
        assert len(graphs) == len({line.split()[3] for line in lines if len(line.split()) == 5})
        in_g = rows(replica, f"SELECT ?s ?p ?o {{ GRAPH <{EX}g> {{ ?s ?p ?o }} }}", inference=inference)
        assert len(in_g) == sum(f" <{EX}g> ." in line for line in lines)
    merged = rows(replica, f"SELECT ?s ?p ?o FROM <{EX}g> FROM <{EX}h> {{ ?s ?p ?o }}")
    assert len(merged) == len(set(merged))
    out = io.BytesIO()
    replica.dump(out)
    assert set(out.getvalue().decode().splitlines(keepends=True)) == expected


def test_clause_names_are_resolved_against_the_prologue_of_the_query() -> None:
    query = (
        "# FROM <http://no/>\nBASE <http://b/> PREFIX x: <http://x/>\n"
        "SELECT ?from FROM <rel> FROM NAMED x:n from named <http://n> WHERE { ?s ?p 'FROM <http://no/>' }"
    )
    assert dataset_clause(ParsedQuery.of(query)) == QueryDataset(
        (ox.NamedNode("http://b/rel"),), (ox.NamedNode("http://x/n"), ox.NamedNode("http://n"))
    )
    assert dataset_clause(ParsedQuery.of("SELECT ?from { ?s ?from 'FROM <http://no/>' }")) is None
    relative = ParsedQuery.of("CONSTRUCT { ?s ?p ?o } FROM <rel> WHERE {}")
    assert dataset_clause(relative, "http://c/") == QueryDataset((ox.NamedNode("http://c/rel"),))


def test_every_format_can_be_written() -> None:
    assert len(NATIVE_RESULTS) == 4
    assert len(NATIVE_GRAPHS) == 6
    replica = load(quad("a", 5, "g"))
    for key in NATIVE_RESULTS:
        out = io.BytesIO()
        write(replica.query("SELECT * { ?s ?p ?o }"), key, "turtle", {}, out)
        assert b"5" in out.getvalue()
    for key, rdf_format in NATIVE_GRAPHS.items():
        out = io.BytesIO()
        write(
            replica.query("CONSTRUCT WHERE { ?s ?p ?o }"), "json", key, {"ex": EX, "unused": "http://u/"}, out
        )
        assert [q.object.value for q in ox.parse(out.getvalue(), rdf_format)] == ["5"]
        assert b"unused" not in out.getvalue()
