"""Clients of Python, as people use them: SPARQLWrapper, rdflib's store and its SERVICE, pandas.

What they should find is read from the root's own file by another parser.
"""

from __future__ import annotations

import io
import json
from urllib.parse import urlencode
from xml.etree import ElementTree

import pandas
import pyoxigraph as ox
import pytest
import rdflib
import SPARQLWrapper
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from conftest import ROOTS, Server

# rdflib 7.6 itself uses what it deprecates when it parses JSON-LD.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset:DeprecationWarning")
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
RESULTS_NAMESPACE = {"s": "http://www.w3.org/2005/sparql-results#"}


def labels() -> set[tuple[str, str, str]]:
    """Resource, label and language, as the toy's file has them."""
    quads = ox.parse(path=str(ROOTS["toy"] / "data" / "plant.ttl"), format=ox.RdfFormat.TURTLE)
    return {
        (quad.subject.value, quad.object.value, quad.object.language)
        for quad in quads
        if quad.predicate.value == LABEL
    }


def where(server: Server) -> str:
    return f"WHERE {{ GRAPH <{server.namespace}graph/data/plant> {{ ?s <{LABEL}> ?label }} }}"


def select(server: Server) -> str:
    return f"SELECT ?s ?label (LANG(?label) AS ?tag) {where(server)}"


def construct(server: Server) -> str:
    return f"CONSTRUCT {{ ?s <{LABEL}> ?label }} {where(server)}"


def spoken(graph: rdflib.Graph) -> set[tuple[str, str, str | None]]:
    return {(str(s), str(label), label.language) for s, label in graph.subject_objects(rdflib.RDFS.label)}


def test_the_file_has_what_is_asked_for() -> None:
    assert len(labels()) > 5
    assert {tag for *_, tag in labels()} == {"en", "ar"}


WAYS = [
    (SPARQLWrapper.GET, SPARQLWrapper.URLENCODED),
    (SPARQLWrapper.POST, SPARQLWrapper.URLENCODED),
    (SPARQLWrapper.POST, SPARQLWrapper.POSTDIRECTLY),
]


def asked(server: Server, query: str, form: str, way: tuple[str, str]) -> bytes:
    """What SPARQLWrapper receives."""
    client = SPARQLWrapper.SPARQLWrapper(f"{server.base}/sparql")
    client.setMethod(way[0])
    client.setRequestMethod(way[1])
    client.setReturnFormat(form)
    client.setQuery(query)
    with client.query().response as response:
        return response.read()


def rows_of_json(body: bytes) -> set[tuple[str, str, str]]:
    return {
        (row["s"]["value"], row["label"]["value"], row["tag"]["value"])
        for row in json.loads(body)["results"]["bindings"]
    }


def rows_of_xml(body: bytes) -> set[tuple[str, str, str]]:
    results = ElementTree.fromstring(body).findall("s:results/s:result", RESULTS_NAMESPACE)
    return {tuple("".join(binding.itertext()).strip() for binding in result) for result in results}


def rows_of_csv(body: bytes) -> set[tuple[str, str, str]]:
    return {tuple(row) for row in pandas.read_csv(io.BytesIO(body)).itertuples(index=False)}


def rows_of_tsv(body: bytes) -> set[tuple[str, str, str]]:
    lines = body.decode().splitlines()
    assert lines[0].split("\t") == ["?s", "?label", "?tag"]
    cells = (line.split("\t") for line in lines[1:])
    return {(s.strip("<>"), label.split('"')[1], tag.strip('"')) for s, label, tag in cells}


TABLES = {
    SPARQLWrapper.JSON: rows_of_json,
    SPARQLWrapper.XML: rows_of_xml,
    SPARQLWrapper.CSV: rows_of_csv,
    SPARQLWrapper.TSV: rows_of_tsv,
}


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("form", TABLES)
def test_sparqlwrapper_gets_a_table_in_each_format(toy: Server, form: str, way: tuple[str, str]) -> None:
    assert TABLES[form](asked(toy, select(toy), form, way)) == labels()


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("form", [SPARQLWrapper.JSON, SPARQLWrapper.XML])
def test_sparqlwrapper_gets_a_truth_value(toy: Server, form: str, way: tuple[str, str]) -> None:
    body = asked(toy, f"ASK {where(toy)}", form, way)
    found = json.loads(body)["boolean"] if form == SPARQLWrapper.JSON else b"<boolean>true</boolean>" in body
    assert found is True


PARSERS = {
    SPARQLWrapper.TURTLE: ox.RdfFormat.TURTLE,
    SPARQLWrapper.N3: ox.RdfFormat.TURTLE,
    SPARQLWrapper.RDFXML: ox.RdfFormat.RDF_XML,
    SPARQLWrapper.XML: ox.RdfFormat.RDF_XML,
    SPARQLWrapper.JSONLD: ox.RdfFormat.JSON_LD,
}


@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("form", PARSERS)
def test_sparqlwrapper_gets_a_graph_in_each_format(toy: Server, form: str, way: tuple[str, str]) -> None:
    quads = ox.parse(asked(toy, construct(toy), form, way), format=PARSERS[form])
    assert {(q.subject.value, q.object.value, q.object.language) for q in quads} == labels()


@pytest.mark.parametrize("form", [SPARQLWrapper.RDFXML, SPARQLWrapper.JSONLD])
def test_sparqlwrapper_makes_a_graph_of_what_it_gets(toy: Server, form: str) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{toy.base}/sparql", returnFormat=form)
    client.setQuery(construct(toy))
    assert spoken(client.queryAndConvert()) == labels()


def test_sparqlwrapper_that_was_told_no_format_gets_what_it_expects(toy: Server) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{toy.base}/sparql")
    client.setQuery(select(toy))
    document = client.queryAndConvert()
    assert len(document.getElementsByTagName("result")) == len(labels())


def test_sparqlwrapper_hears_what_is_wrong_with_a_query(toy: Server) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{toy.base}/sparql")
    client.setQuery("SELECT * { ?s ?p }")
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed, match="not well-formed SPARQL"):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflibs_store_answers_from_here(toy: Server, method: str, form: str) -> None:
    store = SPARQLStore(f"{toy.base}/sparql", returnFormat=form, method=method)
    found = {(str(row.s), str(row.label), str(row.tag)) for row in rdflib.Graph(store).query(select(toy))}
    assert found == labels()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflibs_store_gives_triples_and_graphs(toy: Server, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{toy.base}/sparql", method=method))
    pump = rdflib.URIRef(f"{toy.namespace}id/pump-1")
    assert {str(label) for label in graph.objects(pump, rdflib.RDFS.label)} == {
        label for s, label, _ in labels() if s == str(pump)
    }
    assert spoken(graph.query(construct(toy)).graph) == labels()
    assert graph.query(f"ASK {where(toy)}").askAnswer is True


def test_rdflibs_service_joins_what_is_here(toy: Server) -> None:
    query = (
        f"SELECT ?s ?label {{ VALUES ?s {{ <{toy.namespace}id/pump-1> <{toy.namespace}id/low-tank> }} "
        f"SERVICE <{toy.base}/sparql> {{ ?s <{LABEL}> ?label }} }}"
    )
    found = {(str(row.s), str(row.label), row.label.language) for row in rdflib.Graph().query(query)}
    assert found == {row for row in labels() if row[0].endswith(("/pump-1", "/low-tank"))}


def test_rdflib_reads_a_resource_by_its_iri_as_any_document(toy: Server) -> None:
    graph = rdflib.Graph().parse(f"{toy.base}/id/pump-1")
    assert (rdflib.URIRef(f"{toy.namespace}id/pump-1"), rdflib.RDFS.label, None) in graph


def test_pandas_reads_the_answer_to_a_query_and_to_a_question(toy: Server) -> None:
    address = f"{toy.base}/sparql?{urlencode({'query': select(toy), 'format': 'csv'})}"
    frame = pandas.read_csv(address)
    assert [*frame.columns] == ["s", "label", "tag"]
    assert {tuple(row) for row in frame.itertuples(index=False)} == labels()
    for question in toy.root.questions:
        read = pandas.read_csv(f"{toy.base}/questions/{question.slug}.csv", keep_default_na=False, dtype=str)
        assert sorted(read.to_dict("records"), key=str) == sorted(question.rows, key=str)
