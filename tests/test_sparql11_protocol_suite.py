"""The W3C tests of the SPARQL 1.1 Protocol, Service Description and Graph Store Protocol, over HTTP."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.rdf.formats import GRAPHS, RESULTS
from conftest import PublishedServer, Reply
from earl import w3c
from published import read_all
from sparql_manifests import (
    DESCRIPTION_FOLDERS,
    PROTOCOL_FOLDERS,
    STORE_MANIFESTS,
    Entry,
    Exchange,
    entries,
    exchanges,
    file_of,
    protocol_data,
    rdf_format_of,
)
from suites import needs

SD = "http://www.w3.org/ns/sparql-service-description#"
NO_UPDATES = "The service takes no updates yet."
NO_WRITING = "Graphs cannot be written over HTTP yet."
PROTOCOL = entries(*PROTOCOL_FOLDERS)
QUERY_PART = [entry for entry in PROTOCOL if "update" not in entry.name]
UPDATE_PART = [entry for entry in PROTOCOL if entry not in QUERY_PART]
STORE = entries(*STORE_MANIFESTS)
READING = [entry for entry in STORE if "non_existing" in entry.name]
DESCRIPTION = entries(*DESCRIPTION_FOLDERS)
FORMS = {
    "boolean": {form.media_type for form in RESULTS if form.key in ("json", "xml")},
    "tabular": {form.media_type for form in RESULTS},
    "RDF": {form.media_type for form in GRAPHS},
}


def params(found: list[Entry], suite: str, inapplicable: str = "") -> list:
    return [
        pytest.param(
            entry,
            id=entry.name,
            marks=w3c(suite, entry.name, entry.iri, link=entry.link, inapplicable=inapplicable),
        )
        for entry in found
    ]


def send(service: PublishedServer, exchange: Exchange, at: str, here: str) -> Reply:
    """The suite's `at` is, as its comment says, to be read as the address of the endpoint."""
    path = exchange.path.replace(at, here, 1)
    headers = {name: value for name, value in exchange.headers if value}
    return service.server.request(exchange.method, path, exchange.body, headers)


def check(reply: Reply, exchange: Exchange) -> None:
    assert str(reply.status).startswith(exchange.statuses), reply.text
    if exchange.form is not None:
        assert reply.type in FORMS[exchange.form]
    if exchange.truth is not None:
        assert reply.json["boolean"] is exchange.truth


@needs("sparql11")
@pytest.mark.parametrize("entry", params(QUERY_PART, "sparql11-protocol"))
def test_query_is_answered_as_the_protocol_says(service: PublishedServer, entry: Entry) -> None:
    data = protocol_data(entry)
    service.data.hold(
        read_all((name, file_of(iri).read_bytes(), rdf_format_of(iri), iri) for name, iri in data)
    )
    steps = exchanges(entry)
    assert steps
    for exchange in steps:
        check(send(service, exchange, "/sparql/", "/sparql"), exchange)


@needs("sparql11")
@pytest.mark.parametrize("entry", params(UPDATE_PART, "sparql11-protocol", inapplicable=NO_UPDATES))
def test_update_is_refused_as_long_as_nothing_takes_it(service: PublishedServer, entry: Entry) -> None:
    (update, *_) = exchanges(entry)
    assert send(service, update, "/sparql/", "/update").status == 404
    assert 400 <= send(service, update, "/sparql/", "/sparql").status < 500


@needs("sparql11")
@pytest.mark.parametrize("entry", params(DESCRIPTION, "sparql11-service-description"))
def test_service_describes_itself_as_the_suite_says(service: PublishedServer, entry: Entry) -> None:
    """The manifest has no files: its three entries say in words what is to be seen."""
    reply = service.server.get("/sparql")
    assert (reply.status, reply.type) == (200, "text/turtle")
    triples = [quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.TURTLE)]
    endpoint = ox.NamedNode(f"{service.server.base}/sparql")
    name = entry.name.rpartition("/")[2]
    if name == "returns-rdf":
        assert triples
    elif name == "has-endpoint-triple":
        assert any(t.predicate.value == f"{SD}endpoint" and t.object == endpoint for t in triples)
    else:
        assert name == "conforms-to-schema"
        check_schema(triples)


# The ranges that https://www.w3.org/TR/sparql11-service-description/ gives to what must not be a literal.
RESOURCES = (
    *("endpoint", "feature", "defaultEntailmentRegime", "entailmentRegime", "extensionFunction"),
    *("extensionAggregate", "languageExtension", "propertyFeature", "supportedLanguage", "resultFormat"),
    *("inputFormat", "defaultSupportedEntailmentProfile", "supportedEntailmentProfile", "name"),
    *("defaultDataset", "availableGraphs", "defaultGraph", "namedGraph", "graph"),
)
# One subject each, of the class that the property is about, and what it has to have.
CLASSES = {
    "endpoint": "Service",
    "defaultDataset": "Service",
    "defaultGraph": "Dataset",
    "namedGraph": "Dataset",
    "name": "NamedGraph",
    "graph": "NamedGraph",
}
NEEDED = {"Service": ("endpoint", "supportedLanguage"), "NamedGraph": ("name",)}


def check_schema(triples: list[ox.Triple]) -> None:
    kinds = {(t.subject, t.object.value) for t in triples if t.predicate.value.endswith("#type")}
    spoken = {t.predicate.value.removeprefix(SD) for t in triples if t.predicate.value.startswith(SD)}
    assert spoken <= set(RESOURCES), "each property is one of the vocabulary"
    for triple in triples:
        name = triple.predicate.value.removeprefix(SD)
        if name in RESOURCES:
            assert not isinstance(triple.object, ox.Literal)
        if name in CLASSES:
            assert (triple.subject, SD + CLASSES[name]) in kinds
    for kind, names in NEEDED.items():
        for subject in {subject for subject, found in kinds if found == SD + kind}:
            for name in names:
                assert any(t.subject == subject and t.predicate.value == SD + name for t in triples)


@needs("sparql11")
@pytest.mark.parametrize("entry", params(READING, "sparql11-graph-store"))
def test_graph_is_read_as_the_suite_says(service: PublishedServer, entry: Entry) -> None:
    steps = exchanges(entry)
    assert steps
    for exchange in steps:
        assert (
            service.server.request(exchange.method, exchange.path.replace("/gsp", "/graphs", 1)).status == 404
        )


@needs("sparql11")
@pytest.mark.parametrize(
    "entry", params([e for e in STORE if e not in READING], "sparql11-graph-store", inapplicable=NO_WRITING)
)
def test_graph_cannot_be_written(service: PublishedServer, entry: Entry) -> None:
    (first, *_) = exchanges(entry)
    assert first.method in ("PUT", "POST")
    reply = service.server.request(first.method, "/graphs?default", first.body)
    assert reply.status == 405
    assert "GET" in reply.headers["allow"]


@needs("sparql11")
def test_every_entry_of_the_protocol_suites_is_collected() -> None:
    assert (len(QUERY_PART), len(UPDATE_PART), len(DESCRIPTION)) == (20, 14, 3)
    assert (len(READING), len(STORE)) == (1, 13)
    assert {entry.kind for entry in PROTOCOL} == {"ProtocolTest"}
