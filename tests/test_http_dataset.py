"""The dataset of a query (SPARQL 1.1 Protocol section 2.1.4): what the request names replaces FROM."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from conftest import Reply, Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BODY = {"Content-Type": "application/sparql-query"}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
Parameters = list[tuple[str, str]]


def by_get(server: Server, query: str, parameters: Parameters) -> Reply:
    return server.get(f"/sparql?{urlencode([('query', query), *parameters])}")


def by_form(server: Server, query: str, parameters: Parameters) -> Reply:
    return server.request("POST", "/sparql", urlencode([("query", query), *parameters]).encode(), FORM)


def directly(server: Server, query: str, parameters: Parameters) -> Reply:
    return server.request("POST", f"/sparql?{urlencode(parameters)}", query.encode(), BODY)


@pytest.fixture(params=[by_get, by_form, directly], ids=lambda way: way.__name__)
def ask(request: pytest.FixtureRequest) -> Callable[[Server, str, Parameters], Reply]:
    way: Callable[[Server, str, Parameters], Reply] = request.param
    return way


def values(reply: Reply, name: str) -> list[str]:
    assert reply.status == 200, reply.text
    return [row[name]["value"] for row in reply.json["results"]["bindings"]]


def two_graphs(server: Server) -> tuple[str, str, int]:
    """Two graphs, and how many triples the first one has."""
    first, second = [row["g"] for row in server.rows(f"{GRAPHS} LIMIT 2")]
    (size,) = server.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{first}> {{ ?s ?p ?o }} }}")
    return first, second, int(size["n"])


def test_a_default_graph_is_all_that_is_seen(server: Server, ask: Callable[..., Reply]) -> None:
    first, _, size = two_graphs(server)
    named = [("default-graph-uri", first)]
    assert values(ask(server, COUNT, named), "n") == [str(size)]
    assert values(ask(server, GRAPHS, named), "g") == []


def test_named_graphs_alone_leave_the_default_graph_empty(server: Server, ask: Callable[..., Reply]) -> None:
    first, second, _ = two_graphs(server)
    named = [("named-graph-uri", first), ("named-graph-uri", second)]
    assert values(ask(server, GRAPHS, named), "g") == [first, second]
    assert values(ask(server, COUNT, named), "n") == ["0"]


def test_both_kinds_go_together(server: Server, ask: Callable[..., Reply]) -> None:
    first, second, size = two_graphs(server)
    both = [("default-graph-uri", first), ("named-graph-uri", second)]
    assert values(ask(server, COUNT, both), "n") == [str(size)]
    assert values(ask(server, GRAPHS, both), "g") == [second]


def test_from_and_from_named_of_the_query_are_replaced(server: Server, ask: Callable[..., Reply]) -> None:
    first, second, size = two_graphs(server)
    query = f"SELECT (COUNT(*) AS ?n) FROM <{second}> FROM NAMED <{second}> {{ ?s ?p ?o }}"
    assert values(ask(server, query, [("default-graph-uri", first)]), "n") == [str(size)]
    named = f"SELECT DISTINCT ?g FROM <{second}> FROM NAMED <{second}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert values(ask(server, named, [("named-graph-uri", first)]), "g") == [first]
    assert values(ask(server, named, [("default-graph-uri", first)]), "g") == []


def test_a_graph_that_is_not_there_is_an_empty_one(server: Server, ask: Callable[..., Reply]) -> None:
    assert values(ask(server, COUNT, [("default-graph-uri", "urn:nowhere")]), "n") == ["0"]
    assert values(ask(server, GRAPHS, [("named-graph-uri", "http://127.0.0.1:1/")]), "g") == []


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("value", ["", "relative", "not an IRI", "http://[", "<urn:a>", "urn:a> <urn:b"])
def test_a_graph_without_an_absolute_iri_is_refused(
    server: Server, ask: Callable[..., Reply], name: str, value: str
) -> None:
    reply = ask(server, "ASK {}", [(name, value)])
    assert (reply.status, reply.type) == (400, "application/problem+json")


def test_inference_off_holds_within_a_dataset_too(server: Server, ask: Callable[..., Reply]) -> None:
    inferred = f"{server.namespace}graph/inferred"
    on = values(ask(server, COUNT, [("default-graph-uri", inferred)]), "n")
    off = values(ask(server, COUNT, [("default-graph-uri", inferred), ("inference", "off")]), "n")
    assert int(on[0]) > 0
    assert off == ["0"]


def test_the_iris_of_a_query_are_resolved_against_the_endpoint(
    server: Server, ask: Callable[..., Reply]
) -> None:
    assert values(ask(server, "SELECT (<x> AS ?x) (<#y> AS ?y) {}", []), "x") == [f"{server.base}/x"]
    assert values(ask(server, "SELECT (<#y> AS ?y) {}", []), "y") == [f"{server.base}/sparql#y"]
    assert values(ask(server, "BASE <urn:b:> SELECT (<urn:z> AS ?z) {}", []), "z") == ["urn:z"]


@pytest.mark.parametrize("name", ["timeout", "inference"])
def test_a_parameter_that_is_given_twice_is_refused(
    server: Server, ask: Callable[..., Reply], name: str
) -> None:
    value = {"timeout": "1", "inference": "on"}[name]
    reply = ask(server, "ASK {}", [(name, value), (name, value)])
    assert reply.status == 400
    assert name in reply.json["detail"]


def test_a_parameter_that_nobody_knows_changes_nothing(server: Server, ask: Callable[..., Reply]) -> None:
    assert ask(server, "ASK {}", [("using-graph-uri", "urn:a"), ("callback", "x")]).json["boolean"] is True


def test_the_number_said_at_the_start_is_the_one_that_a_query_counts(server: Server) -> None:
    (counted,) = server.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert f"{counted['n']} quads at {server.base}" in server.log.read_text()
