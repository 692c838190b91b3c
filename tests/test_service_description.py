"""SPARQL 1.1 Service Description: each thing that the endpoint says of itself is tried, on both roots."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import rdflib
from rdflib.namespace import RDF, VOID

from conftest import Server

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
ENT = rdflib.Namespace("http://www.w3.org/ns/entailment/")
PROFILE_RL = rdflib.URIRef("http://www.w3.org/ns/owl-profile/RL")
# What a claimed feature means; one that is not here may not be claimed before it has a test.
FEATURES = {SD.UnionDefaultGraph, SD.BasicFederatedQuery}


@pytest.fixture(scope="module")
def described(server: Server) -> rdflib.Graph:
    return description(server)


@pytest.fixture(scope="module", params=["shipped", "toy"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue("servers")(request.param)
    return found


def description(server: Server) -> rdflib.Graph:
    reply = server.get("/sparql")
    assert (reply.status, reply.type) == (200, "text/turtle")
    return rdflib.Graph().parse(data=reply.body, format="turtle")


def the_service(graph: rdflib.Graph) -> rdflib.term.Node:
    (node,) = graph.subjects(RDF.type, SD.Service)
    return node


def test_the_endpoint_is_the_address_that_answers(server: Server, described: rdflib.Graph) -> None:
    (endpoint,) = described.objects(the_service(described), SD.endpoint)
    assert str(endpoint) == f"{server.base}/sparql"
    assert server.get(f"{urlsplit(str(endpoint)).path}?query=ASK%7B%7D").json["boolean"] is True


def test_the_languages_are_those_that_are_understood(server: Server, described: rdflib.Graph) -> None:
    assert set(described.objects(the_service(described), SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert server.ask("SELECT (COUNT(*) AS ?n) { { SELECT * {} } MINUS {} VALUES ?x { 1 } }").status == 200
    assert server.ask("CLEAR ALL").status == 400


def test_no_input_format_is_claimed_where_nothing_takes_data(server: Server, described: rdflib.Graph) -> None:
    assert not list(described.objects(None, SD.inputFormat))
    for path in ("/update", "/graphs?default", "/validate"):
        assert server.request(
            "POST", path, b"<urn:a> <urn:b> 1 .", {"Content-Type": "text/turtle"}
        ).status in (
            404,
            405,
        )


def test_only_features_that_are_tried_here_are_claimed(server: Server, described: rdflib.Graph) -> None:
    claimed = set(described.objects(the_service(described), SD.feature))
    assert claimed <= FEATURES
    count = "SELECT (COUNT(*) AS ?n) { %s }"
    merged = int(server.rows(count % "SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }")[0]["n"])
    assert (SD.UnionDefaultGraph in claimed) == (int(server.rows(count % "?s ?p ?o")[0]["n"]) == merged > 0)
    called = server.ask("ASK { SERVICE <http://192.0.2.1/> {} }")
    assert (SD.BasicFederatedQuery in claimed) == (called.status != 403)
    # Graphs are never fetched by their IRI.
    assert server.rows("SELECT (COUNT(*) AS ?n) FROM <http://127.0.0.1:1/> { ?s ?p ?o }") == [{"n": "0"}]


def test_every_graph_has_the_regime_that_it_is_asked_under(server: Server, described: rdflib.Graph) -> None:
    service = the_service(described)
    (dataset,) = described.objects(service, SD.defaultDataset)
    (default,) = described.objects(dataset, SD.defaultGraph)
    (whole,) = described.objects(service, SD.defaultEntailmentRegime)
    assert whole == ENT["OWL-RDF-Based"]
    assert list(described.objects(service, SD.defaultSupportedEntailmentProfile)) == [PROFILE_RL]
    assert list(described.objects(default, SD.entailmentRegime)) == [whole]
    triple = server.inferred()
    assert (
        server.ask(f"ASK {{ {triple.subject} {triple.predicate} {triple.object} }}").json["boolean"] is True
    )
    # Inferences stand in a graph of their own, so each graph by itself is as it was asserted.
    named = list(described.objects(dataset, SD.namedGraph))
    assert named
    for node in named:
        assert list(described.objects(node, SD.entailmentRegime)) == [ENT.Simple]


def test_a_server_that_does_not_reason_says_so(hostile: Server) -> None:
    graph = description(hostile)
    assert set(graph.objects(None, SD.defaultEntailmentRegime)) == {ENT.Simple}
    assert set(graph.objects(None, SD.entailmentRegime)) == {ENT.Simple}
    assert not list(graph.objects(None, SD.defaultSupportedEntailmentProfile))


def test_the_dataset_names_every_graph_with_its_size(server: Server, described: rdflib.Graph) -> None:
    (dataset,) = described.objects(the_service(described), SD.defaultDataset)
    claimed = {}
    for node in described.objects(dataset, SD.namedGraph):
        (name,) = described.objects(node, SD.name)
        (graph,) = described.objects(node, SD.graph)
        (size,) = described.objects(graph, VOID.triples)
        claimed[str(name)] = int(size)
    rows = server.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert claimed == {row["g"]: int(row["n"]) for row in rows}
    (default,) = described.objects(dataset, SD.defaultGraph)
    (count,) = server.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(next(described.objects(default, VOID.triples))) == int(count["n"])


def test_functions_that_are_claimed_can_be_called(server: Server, described: rdflib.Graph) -> None:
    for function in described.objects(None, SD.extensionFunction):
        problem = server.ask(f"SELECT (<{function}>('a') AS ?x) {{}}")
        assert problem.status == 200, function
    for aggregate in described.objects(None, SD.extensionAggregate):
        assert server.ask(f"SELECT (<{aggregate}>(?x) AS ?y) {{ VALUES ?x {{ 1 }} }}").status == 200
    unclaimed = server.ask("SELECT (<urn:no-such-function>(1) AS ?x) {}")
    assert unclaimed.status != 200 or unclaimed.json["results"]["bindings"] == [{}]


def test_the_description_leads_to_void_and_void_back(server: Server, described: rdflib.Graph) -> None:
    (void,) = (link for relation, link in server.get("/sparql").links if relation == "describedby")
    assert void == "/.well-known/void"
    graph = rdflib.Graph().parse(data=server.get(void).body, format="turtle")
    (dataset,) = described.objects(the_service(described), SD.defaultDataset)
    assert (dataset, RDF.type, VOID.Dataset) in graph
    assert (dataset, VOID.sparqlEndpoint, rdflib.URIRef(f"{server.base}/sparql")) in graph


def test_every_term_of_the_vocabulary_that_is_used_is_one(described: rdflib.Graph) -> None:
    known = {
        *("Service", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile"),
        *(
            "GraphCollection",
            "Dataset",
            "Graph",
            "NamedGraph",
            "Feature",
            "SPARQL11Query",
            "UnionDefaultGraph",
        ),
        *("endpoint", "feature", "defaultEntailmentRegime", "entailmentRegime", "extensionFunction"),
        *("defaultSupportedEntailmentProfile", "supportedEntailmentProfile", "extensionAggregate"),
        *("languageExtension", "supportedLanguage", "propertyFeature", "defaultDataset", "availableGraphs"),
        *("resultFormat", "inputFormat", "defaultGraph", "namedGraph", "name", "graph"),
        "BasicFederatedQuery",
    }
    terms = {term for triple in described for term in triple if str(term).startswith(str(SD))}
    assert {str(term).removeprefix(str(SD)) for term in terms} <= known
