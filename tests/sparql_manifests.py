"""The folder of the W3C SPARQL 1.1 tests in, its entries as values out; it knows no server.

The numbers that people quote count the entries of the whole suite by what they ask for: 242 queries
to evaluate (225 of the query language, 10 of results formats, 7 of federation) and 169 texts to judge
(103 queries, 3 federated ones, 63 updates), wherever in the folder they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from suites import suite

BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
PUBLISHED = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
DAWGT = "http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
QUERY_FOLDERS = (
    *("aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping"),
    *("negation", "project-expression", "property-path", "subquery", "syntax-query"),
)
RESULTS_FOLDERS = ("csv-tsv-res", "json-res")
FEDERATION_FOLDERS = ("service", "syntax-fed")
UPDATE_FOLDERS = (
    *("add", "basic-update", "clear", "copy", "delete", "delete-data", "delete-insert", "delete-where"),
    *("drop", "move", "syntax-update-1", "syntax-update-2", "update-silent"),
)
PROTOCOL_FOLDERS = ("protocol",)
DESCRIPTION_FOLDERS = ("service-description",)
# The entries stand in files of their own, which the manifest of the folder includes.
STORE_MANIFESTS = ("graph-store-protocol/manifest-direct.ttl", "graph-store-protocol/manifest-indirect.ttl")
Node = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class Entry:
    """One test: the manifest that lists it, `kind` the local name of its class."""

    iri: str
    manifest: str
    kind: str

    @property
    def folder(self) -> str:
        """The folder of its manifest."""
        return self.manifest.removeprefix(BASE).partition("/")[0]

    @property
    def name(self) -> str:
        """A short name that no other test has."""
        return f"{self.folder}/{self.iri.partition('#')[2]}"

    @property
    def link(self) -> str:
        """Where people can read it; the pages there have the whole IRIs of their tests as anchors."""
        return f"{PUBLISHED}{self.folder}/#{self.iri.replace('#', '%23')}"

    @property
    def is_syntax(self) -> bool:
        """Whether a text is to be judged instead of evaluated."""
        return "Syntax" in self.kind

    @property
    def is_well_formed(self) -> bool:
        """What such a text is to be judged as."""
        return self.kind.startswith("Positive")

    @property
    def is_update(self) -> bool:
        """Whether it is about SPARQL Update; eight of its syntax tests have the class of a query's."""
        return "Update" in self.kind or self.folder in UPDATE_FOLDERS


@dataclass(frozen=True)
class Evaluation:
    """A query, its data and its answer; all files are IRIs below BASE.

    `named` are graph names with the file of each; `services` endpoints with the file that each holds.
    """

    query: str
    data: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    result: str | None


@dataclass(frozen=True)
class Exchange:
    """One HTTP request of a protocol test, and what is expected: the first digits of the status, and
    where they are given a kind of format and a truth value."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    statuses: tuple[str, ...]
    form: str | None
    truth: bool | None


def file_of(iri: str) -> Path:
    """The file of an IRI of the suite."""
    folder = suite("sparql11")
    assert folder is not None
    assert iri.startswith(BASE)
    return folder / iri.removeprefix(BASE)


@cache
def graph_of(iri: str) -> ox.Dataset:
    """The triples of an RDF file of the suite."""
    return ox.Dataset(ox.parse(file_of(iri).read_bytes(), rdf_format_of(iri), base_iri=iri))


def rdf_format_of(iri: str) -> ox.RdfFormat:
    """The format that the suffix of an RDF file says."""
    found = ox.RdfFormat.from_extension(iri.rpartition(".")[2])
    assert found is not None
    return found


def objects(graph: ox.Dataset, subject: Node, predicate: str) -> list:
    """The values of a property."""
    return [q.object for q in graph.quads_for_subject(subject) if q.predicate.value == predicate]


def values(graph: ox.Dataset, subject: Node, predicate: str) -> tuple[str, ...]:
    """The values of a property as text."""
    return tuple(found.value for found in objects(graph, subject, predicate))


def listed(graph: ox.Dataset, head: Node) -> Iterator[Node]:
    """The members of an RDF list."""
    while head.value != RDF + "nil":
        yield objects(graph, head, RDF + "first")[0]
        head = objects(graph, head, RDF + "rest")[0]


def entries(*places: str) -> list[Entry]:
    """The tests of these folders or manifest files, in the order of the suite; none without a suite."""
    if suite("sparql11") is None:
        return []
    return [entry for place in places for entry in _entries(place)]


def _entries(place: str) -> Iterator[Entry]:
    folder, _, file = place.partition("/")
    manifest = BASE + folder + "/" + (file or "manifest.ttl")
    graph = graph_of(manifest)
    for head in objects(graph, ox.NamedNode(manifest), MF + "entries"):
        for node in listed(graph, head):
            (kind,) = {k.rpartition("#")[2] for k in values(graph, node, RDF + "type")}
            yield Entry(node.value, manifest, kind)


def evaluation(entry: Entry) -> Evaluation:
    """What is to be asked, and of what data; of a syntax test the text alone."""
    graph = graph_of(entry.manifest)
    (action,) = objects(graph, ox.NamedNode(entry.iri), MF + "action")
    result = next(iter(values(graph, ox.NamedNode(entry.iri), MF + "result")), None)
    if isinstance(action, ox.NamedNode):
        return Evaluation(action.value, (), (), (), result)
    services = [
        (values(graph, service, QT + "endpoint")[0], data)
        for service in objects(graph, action, QT + "serviceData")
        for data in values(graph, service, QT + "data")
    ]
    return Evaluation(
        values(graph, action, QT + "query")[0],
        values(graph, action, QT + "data"),
        tuple(_named(graph, action, QT)),
        tuple(services),
        result,
    )


def text_of(entry: Entry) -> str:
    """The query or update of an entry."""
    if entry.is_update:
        graph = graph_of(entry.manifest)
        (action,) = objects(graph, ox.NamedNode(entry.iri), MF + "action")
        request = action if isinstance(action, ox.NamedNode) else objects(graph, action, UT + "request")[0]
        return file_of(request.value).read_bytes().decode()
    return file_of(evaluation(entry).query).read_bytes().decode()


def protocol_data(entry: Entry) -> tuple[tuple[str, str], ...]:
    """The named graphs that a protocol test starts from, with the file of each."""
    return tuple(_named(graph_of(entry.manifest), ox.NamedNode(entry.iri), UT))


def exchanges(entry: Entry) -> list[Exchange]:
    """The requests of a protocol test, in order."""
    graph = graph_of(entry.manifest)
    (connection,) = objects(graph, ox.NamedNode(entry.iri), MF + "action")
    (head,) = objects(graph, connection, HT + "requests")
    return [_exchange(graph, request) for request in listed(graph, head)]


def _exchange(graph: ox.Dataset, request: Node) -> Exchange:
    headers = [
        (values(graph, header, HT + "fieldName")[0], values(graph, header, HT + "fieldValue")[0])
        for head in objects(graph, request, HT + "headers")
        for header in listed(graph, head)
    ]
    bodies = [
        values(graph, body, CNT + "chars")[0].encode(values(graph, body, CNT + "characterEncoding")[0])
        for body in objects(graph, request, HT + "body")
    ]
    (response,) = objects(graph, request, HT + "resp")
    statuses = [
        status.rpartition("StatusCode")[2] for status in values(graph, response, MF + "expectedStatus")
    ]
    truths = values(graph, response, MF + "expectedBoolean")
    return Exchange(
        values(graph, request, HT + "methodName")[0],
        values(graph, request, HT + "absolutePath")[0],
        tuple(headers),
        next(iter(bodies), None),
        tuple(status.rstrip("x") for status in statuses),
        next(iter(values(graph, response, MF + "expectedFormat")), None),
        truths[0] == "true" if truths else None,
    )


def _named(graph: ox.Dataset, node: Node, vocabulary: str) -> Iterator[tuple[str, str]]:
    for source in objects(graph, node, vocabulary + "graphData"):
        if isinstance(source, ox.NamedNode):
            yield source.value, source.value
        else:
            yield values(graph, source, RDFS + "label")[0], values(graph, source, vocabulary + "graph")[0]
