"""The W3C SPARQL 1.1 test suites for queries: evaluation, results formats and syntax, through a pool."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.engine.formats import GRAPH_FORMATS, RESULTS_FORMATS
from calcigraph.pool import Answer, Diff, Limits, Pool, Query
from calcigraph.pool.problems import QueryFailed, QueryMalformed, ServiceForbidden
from suites import needs, suite

FOLDER = suite("sparql11")
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
FOLDERS = {
    "evaluation": [
        *(
            "aggregates",
            "bind",
            "bindings",
            "cast",
            "construct",
            "exists",
            "functions",
            "grouping",
            "negation",
        ),
        *("project-expression", "property-path", "subquery", "csv-tsv-res", "json-res"),
    ],
    "syntax": ["syntax-query"],
    "federation": ["syntax-fed", "service"],
}
# How many tests the suite of 2013, with the errata since, has at least.
KNOWN_COUNTS = {"evaluation": 240, "syntax": 90, "federation": 9}
KNOWN_FAILURES = {
    "functions/bnode01": "BNODE(string) gives the same node in every solution (pyoxigraph 0.5.13)",
}


@dataclass(frozen=True)
class SuiteTest:
    """One entry of a manifest; files are IRIs below BASE."""

    name: str
    kind: str
    query: str
    data: tuple[str, ...]
    graph_data: tuple[tuple[str, str], ...]
    result: str | None


@cache
def graph_of(iri: str) -> ox.Dataset:
    return ox.Dataset(ox.parse(file_of(iri).read_bytes(), rdf_format_of(iri), base_iri=iri))


def file_of(iri: str) -> Path:
    assert FOLDER is not None
    assert iri.startswith(BASE)
    return FOLDER / iri.removeprefix(BASE)


def rdf_format_of(iri: str) -> ox.RdfFormat:
    found = ox.RdfFormat.from_extension(iri.rpartition(".")[2])
    assert found is not None
    return found


def objects(graph: ox.Dataset, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list:
    return [q.object for q in graph.quads_for_subject(subject) if q.predicate.value == predicate]


def listed(graph: ox.Dataset, head: ox.NamedNode | ox.BlankNode) -> Iterator[ox.NamedNode]:
    while head.value != RDF + "nil":
        yield objects(graph, head, RDF + "first")[0]
        head = objects(graph, head, RDF + "rest")[0]


def values(graph: ox.Dataset, node: ox.NamedNode | ox.BlankNode, predicate: str) -> tuple[str, ...]:
    return tuple(found.value for found in objects(graph, node, predicate))


def suite_tests(folder: str) -> Iterator[SuiteTest]:
    manifest = BASE + folder + "/manifest.ttl"
    graph = graph_of(manifest)
    for head in objects(graph, ox.NamedNode(manifest), MF + "entries"):
        for entry in listed(graph, head):
            yield read_entry(graph, folder, entry)


def read_entry(graph: ox.Dataset, folder: str, entry: ox.NamedNode) -> SuiteTest:
    (action,) = objects(graph, entry, MF + "action")
    named = []
    for source in objects(graph, action, QT + "graphData"):
        if isinstance(source, ox.NamedNode):
            named.append((source.value, source.value))
        else:
            named.append((values(graph, source, RDFS + "label")[0], values(graph, source, QT + "graph")[0]))
    return SuiteTest(
        f"{folder}/{entry.value.partition('#')[2]}",
        values(graph, entry, RDF + "type")[0].rpartition("#")[2],
        values(graph, action, QT + "query")[0] if isinstance(action, ox.BlankNode) else action.value,
        values(graph, action, QT + "data"),
        tuple(named),
        next(iter(values(graph, entry, MF + "result")), None),
    )


def collected(area: str) -> list:
    tests = [test for folder in FOLDERS[area] for test in suite_tests(folder)] if FOLDER else []
    return [
        pytest.param(
            test,
            id=test.name,
            marks=[pytest.mark.xfail(reason=KNOWN_FAILURES[test.name])]
            if test.name in KNOWN_FAILURES
            else [],
        )
        for test in tests
    ]


class Bench:
    """One pool whose data is changed from test to test."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.loaded = b""

    def load(self, test: SuiteTest) -> None:
        quads = []
        for name, source in [*(("", iri) for iri in test.data), *test.graph_data]:
            graph = ox.NamedNode(name) if name else ox.DefaultGraph()
            parsed = ox.parse(
                file_of(source).read_bytes(), rdf_format_of(source), base_iri=source, rename_blank_nodes=True
            )
            quads += [ox.Quad(q.subject, q.predicate, q.object, graph) for q in parsed]
        data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
        assert data is not None
        self.pool.publish(Diff(added=data, removed=self.loaded))
        self.loaded = data

    def ask(self, test: SuiteTest, results_format: str = "json") -> Answer:
        text = file_of(test.query).read_bytes().decode()
        return self.pool.ask(
            Query(text, base_iri=test.query, results_format=results_format, graph_format="n-triples")
        )


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Pool.start(b"", limits=Limits(workers=1, timeout_s=5.0), default_graph="separate") as pool:
        yield Bench(pool)


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def by_value(terms: list) -> list:
    """The terms as the engine's store gives them back: it keeps values ("1.0" is "1"), not spellings."""
    store = ox.Store()
    for i, term in enumerate(terms):
        store.add(ox.Quad(ox.NamedNode(f"urn:{i}"), ox.NamedNode("urn:p"), term))
    found = {quad.subject.value: quad.object for quad in store}
    return [found[f"urn:{i}"] for i in range(len(terms))]


def comparable(results: ox.QuerySolutions | ox.QueryBoolean) -> object:
    """A truth value, or the variables and the solutions as a graph in which blank nodes compare."""
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    return table([variable.value for variable in results.variables], [list(row) for row in results])


def table(variables: list[str], rows: list[list]) -> object:
    triples = []
    terms = iter(by_value([term for row in rows for term in row if term is not None]))
    for row in rows:
        node = ox.BlankNode()
        triples.append(ox.Triple(node, ox.NamedNode("urn:row"), ox.Literal("")))
        for variable, term in zip(variables, row, strict=True):
            if term is not None:
                triples.append(ox.Triple(node, ox.NamedNode("urn:" + variable), next(terms)))
    return set(variables), canonical(triples)


def table_in_turtle(iri: str) -> object:
    """A results table that the suite wrote in its own RDF vocabulary."""
    graph = graph_of(iri)
    (result,) = [q.subject for q in graph if q.predicate.value == RS + "resultVariable"][:1]
    variables = list(values(graph, result, RS + "resultVariable"))
    rows = []
    for solution in objects(graph, result, RS + "solution"):
        bindings = {
            values(graph, binding, RS + "variable")[0]: objects(graph, binding, RS + "value")[0]
            for binding in objects(graph, solution, RS + "binding")
        }
        rows.append([bindings.get(variable) for variable in variables])
    return table(variables, rows)


def rows_of(data: bytes) -> list[list[str]]:
    """The header, then the rows in any order; blank nodes and numbers compare as such."""
    header, *rows = csv.reader(io.StringIO(data.decode()))
    return [header, *sorted([_cell(cell) for cell in row] for row in rows)]


def _cell(cell: str) -> str:
    if cell.startswith("_:"):
        return "_:"
    try:
        return str(float(cell))
    except ValueError:
        return cell


@needs("sparql11")
@pytest.mark.parametrize("test", collected("evaluation"))
def test_answer_equals_the_one_of_the_suite(bench: Bench, test: SuiteTest) -> None:
    if test.kind.startswith("NegativeSyntaxTest"):
        with pytest.raises(QueryMalformed):
            bench.ask(test)
        return
    bench.load(test)
    assert test.result is not None
    expected = file_of(test.result).read_bytes()
    suffix = test.result.rpartition(".")[2]
    if suffix == "csv":
        assert rows_of(bench.ask(test, "csv").content or b"") == rows_of(expected)
        return
    key = {"srx": "xml", "srj": "json", "tsv": "tsv"}.get(suffix, "json")
    answer = bench.ask(test, key)
    assert answer.content is not None
    if answer.form.answers_with_graph:
        ours = ox.parse(answer.content, GRAPH_FORMATS["n-triples"])
        theirs = ox.parse(expected, rdf_format_of(test.result), base_iri=test.result)
        assert canonical([q.triple for q in ours]) == canonical([q.triple for q in theirs])
        return
    results_format = RESULTS_FORMATS[key]
    ours_table = comparable(ox.parse_query_results(answer.content, results_format))
    if suffix == "ttl":
        assert ours_table == table_in_turtle(test.result)
    else:
        assert ours_table == comparable(ox.parse_query_results(expected, results_format))


@needs("sparql11")
@pytest.mark.parametrize("test", collected("syntax"))
def test_syntax_is_judged_as_by_the_suite(bench: Bench, test: SuiteTest) -> None:
    if test.kind == "NegativeSyntaxTest11":
        with pytest.raises(QueryMalformed):
            bench.ask(test)
    else:
        assert test.kind == "PositiveSyntaxTest11"
        # A function that nobody has is well-formed; it cannot be evaluated.
        with suppress(QueryFailed):
            assert bench.ask(test).content is not None


@needs("sparql11")
@pytest.mark.parametrize("test", collected("federation"))
def test_query_of_another_service_is_named_as_forbidden(bench: Bench, test: SuiteTest) -> None:
    with pytest.raises(ServiceForbidden):
        bench.ask(test)


@needs("sparql11")
@pytest.mark.parametrize("area", FOLDERS)
def test_every_entry_of_the_suite_is_collected(area: str) -> None:
    names = [test.name for folder in FOLDERS[area] for test in suite_tests(folder)]
    assert len(names) == len(set(names)) >= KNOWN_COUNTS[area]
    assert all(any(name.startswith(folder) for name in names) for folder in FOLDERS[area])


@needs("sparql11")
def test_every_known_failure_is_a_test_of_the_suite() -> None:
    names = {test.name for folders in FOLDERS.values() for folder in folders for test in suite_tests(folder)}
    assert set(KNOWN_FAILURES) <= names
    assert len(KNOWN_FAILURES) <= 4
