"""The fifteen queries of bench/ over HTTP: the same answers from the union, the merge and `oxigraph serve`,
and what a triple in two graphs counts for; then the harness itself, on little data."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from bench.queries import workload
from bench.queries.__main__ import difference
from bench.queries.answers import said
from bench.queries.connection import Connection, Endpoint, Incoming
from bench.queries.measure import Plan, measure
from bench.queries.peers import PEERS, ours, oxigraph
from bench.queries.report import report
from bench.queries.results import keep, kept
from hypothesis import given
from hypothesis import strategies as st

TRIPLES = 5000
EX = "http://example.org/counting/"
# One triple stands in both graphs; counted twice it would change every aggregate that it can change.
VALUES = [("a", 1, "one"), ("a", 2, "one"), ("a", 3, "one"), ("a", 3, "two"), ("b", 10, "two")]
REPEATED = "".join(
    f'<{EX}{subject}> <{EX}n> "{value}"^^<{workload.INTEGER}> <{EX}{graph}> .\n'
    for subject, value, graph in VALUES
)
AGGREGATES = {
    "COUNT(*)": ["4"],
    "COUNT(?o)": ["4"],
    "COUNT(DISTINCT ?o)": ["4"],
    "COUNT(DISTINCT *)": ["4"],
    "SUM(?o)": ["16"],
    "AVG(?o)": ["4"],
    "MIN(?o)": ["1"],
    "MAX(?o)": ["10"],
    "SAMPLE(?o)": ["1", "10", "2", "3"],
    'GROUP_CONCAT(?o; SEPARATOR=" ")': [" ".join(p) for p in itertools.permutations(["1", "2", "3", "10"])],
}
# The default graph: what the server takes it for, what the protocol says, what the query says.
DATASETS = {
    "union": ("", ""),
    "protocol": ("", "".join(f"&default-graph-uri={quote(EX + name)}" for name in ("one", "two"))),
    "FROM": (f"FROM <{EX}one> FROM <{EX}two> ", ""),
}


def ask(endpoint: Endpoint, text: str, more: str = "") -> bytes:
    request = endpoint.request(text).replace(b" HTTP/1.1", more.encode() + b" HTTP/1.1", 1)
    with Connection(endpoint) as connection:
        reply = connection.ask(request)
    assert reply.status == 200, reply.body
    return reply.body


def rows(body: bytes) -> list[dict[str, str]]:
    found = json.loads(body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Endpoint]]:
    """Servers of the same triples: each in one graph, some in two, and those of `oxigraph serve`."""
    folder = tmp_path_factory.mktemp("bench")
    pieces = list(workload.nquads(TRIPLES))
    again = [piece.rpartition(b" <")[0] + b" <http://again> .\n" for piece in pieces[::3]]
    apart, twice, counting = (folder / name for name in ("apart.nq", "twice.nq", "counting.nq"))
    apart.write_bytes(b"".join(pieces))
    twice.write_bytes(b"".join(pieces + again))
    counting.write_text(REPEATED)
    with ExitStack() as stack:
        yield {
            "union": stack.enter_context(ours.serve(apart, folder, TRIPLES)).endpoint,
            "merged": stack.enter_context(ours.serve(twice, folder, TRIPLES)).endpoint,
            "counting": stack.enter_context(ours.serve(counting, folder, TRIPLES)).endpoint,
            "oxigraph": stack.enter_context(oxigraph.in_memory(apart, folder, TRIPLES)).endpoint,
        }


def test_there_are_fifteen_queries() -> None:
    assert len(workload.QUERIES) == 15
    assert set(workload.SMALL) < set(workload.QUERIES)


@pytest.mark.parametrize("name", workload.QUERIES)
def test_union_merge_and_oxigraph_serve_give_the_same_answer(
    endpoints: dict[str, Endpoint], name: str
) -> None:
    text = workload.query(name)
    expected = said(ask(endpoints["oxigraph"], text))
    assert expected.rows > 0
    assert said(ask(endpoints["union"], text)) == expected
    assert said(ask(endpoints["merged"], text)) == expected


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_triple_in_two_graphs_counts_once(
    endpoints: dict[str, Endpoint], aggregate: str, dataset: str
) -> None:
    clause, more = DATASETS[dataset]
    text = f"SELECT ({aggregate} AS ?v) {clause}{{ ?s <{EX}n> ?o }}"
    (row,) = rows(ask(endpoints["counting"], text, more))
    assert row["v"] in AGGREGATES[aggregate]


@pytest.mark.parametrize("dataset", DATASETS)
def test_triple_in_two_graphs_counts_once_in_its_group(endpoints: dict[str, Endpoint], dataset: str) -> None:
    clause, more = DATASETS[dataset]
    values = "(COUNT(?o) AS ?n) (SUM(?o) AS ?sum) (AVG(?o) AS ?mean)"
    text = f"SELECT ?s {values} {clause}{{ ?s <{EX}n> ?o }} GROUP BY ?s"
    found = {tuple(row.values()) for row in rows(ask(endpoints["counting"], text, more))}
    assert found == {(f"{EX}a", "3", "6", "2"), (f"{EX}b", "1", "10", "10")}


def test_triple_in_two_graphs_is_in_both_of_them(endpoints: dict[str, Endpoint]) -> None:
    text = f"SELECT (COUNT(*) AS ?v) {{ GRAPH ?g {{ ?s <{EX}n> ?o }} }}"
    assert rows(ask(endpoints["counting"], text)) == [{"v": "5"}]


def table(*values: str, datatype: str = workload.INTEGER) -> bytes:
    terms = [{"v": {"type": "literal", "value": value, "datatype": datatype}} for value in values]
    return json.dumps({"head": {"vars": ["v"]}, "results": {"bindings": terms}}).encode()


def test_answers_are_compared_as_multisets() -> None:
    assert said(table("1", "2")) == said(table("2", "1"))
    assert said(table("1", "1")) != said(table("1"))
    assert said(table("1", "2")) != said(table("1", "3"))


def test_numbers_are_compared_by_value_and_other_literals_by_form() -> None:
    assert said(table("2.50")) == said(table("2.5"))
    third = "0." + 28 * "3"
    assert said(table(third)) == said(table(third[:20]))
    assert said(table("01", datatype="http://example.org/code")) != said(
        table("1", datatype="http://example.org/code")
    )


@given(
    st.lists(st.binary(min_size=1, max_size=40).map(lambda b: b.replace(b"\r", b"")).filter(len), max_size=5),
    st.integers(1, 30),
    st.booleans(),
)
def test_reply_is_read_however_it_is_cut(chunks: list[bytes], size: int, in_chunks: bool) -> None:
    body = b"".join(chunks)
    if in_chunks:
        framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        sent = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed
    else:
        sent = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    incoming = Incoming()
    done = [incoming.add(sent[at : at + size]) for at in range(0, len(sent), size)]
    assert done == [False] * (len(done) - 1) + [True]
    assert incoming.status() == 200
    assert incoming.body() == body


def test_small_run_makes_a_report_that_judges_what_was_asked_for(tmp_path: Path) -> None:
    plan = Plan(query_s=0.01, rounds=1, rate_s=0.2, mixed=50)
    chosen = [PEERS["ours"], PEERS["oxigraph, memory"]]
    for result in measure(chosen, TRIPLES, plan, tmp_path):
        keep(result, tmp_path)
    results = kept(tmp_path)
    assert {peer for _, peer in results} == {"ours", "oxigraph, memory"}
    for result in results.values():
        assert result.failed == ""
        assert set(result.queries) == set(workload.QUERIES)
        assert not [name for name, measured in result.queries.items() if measured.failed]
        assert set(result.rates) == {"cold", "repeated", "cold, slow", "repeated, slow"}
        assert result.footprint is not None
        assert result.footprint.rest > 0
        assert result.footprint.mixed == 50
    assert difference(results) is None
    text = report(results)
    assert "not measured" in text, "Virtuoso is not there"
    assert all(f"| {name} |" in text for name in workload.QUERIES)
    assert str(tmp_path) not in text
