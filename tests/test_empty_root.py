"""A root in which there is nothing yet: served all the same, described truly, and its pages say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.web.strings import STRINGS
from conftest import BROWSER, Server

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
PROV = "http://www.w3.org/ns/prov#"
PAGES = ["/", "/questions", "/ontology.html", "/server.html", "/search?q=a", "/sparql", "/conformance.html"]
DATA = ["/catalog", "/.well-known/void", "/sparql", "/ontology.ttl", "/graphs?default", "/dump.nq.gz"]
CATALOGUE = (
    f'<https://example.org/new/id/new> a <{DCAT}Dataset> ; <{VOID}uriSpace> "https://example.org/new/" .'
)


@pytest.fixture(scope="module", params=["nothing", "catalogue"])
def bare(
    request: pytest.FixtureRequest, start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A server for a root with empty folders; in the second one its namespace alone is stated."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    for name in ("ontology", "data", "shapes"):
        (folder / name).mkdir()
    if request.param == "catalogue":
        (folder / "data/catalog.ttl").write_text(CATALOGUE, encoding="utf-8")
    return start(request.param, folder)


def void(server: Server) -> dict[str, dict[str, list[str]]]:
    """The VoID description: values by subject and property."""
    found: dict[str, dict[str, list[str]]] = {}
    reply = server.get("/.well-known/void", "application/n-triples")
    for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES):
        found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(
            quad.object.value
        )
    return found


def counted(server: Server, query: str) -> str:
    return server.rows(f"SELECT ({query.replace(' WHERE', ' AS ?n) WHERE', 1)}")[0]["n"]


def test_void_counts_what_queries_count(bare: Server) -> None:
    described = void(bare)
    datasets = [node for node, said in described.items() if f"{VOID}sparqlEndpoint" in said]
    (dataset,) = datasets
    said = described[dataset]
    assert said[f"{VOID}triples"] == [counted(bare, "COUNT(*) WHERE { ?s ?p ?o }")]
    assert dataset.startswith("http")
    if bare.name == "nothing":
        assert said[f"{VOID}triples"] == ["0"]
        return
    assert 100 < int(said[f"{VOID}triples"][0]) < 150
    assert said[f"{VOID}distinctSubjects"] == [counted(bare, "COUNT(DISTINCT ?s) WHERE { ?s ?p ?o }")]
    assert said[f"{VOID}properties"] == [counted(bare, "COUNT(DISTINCT ?p) WHERE { ?s ?p ?o }")]
    assert said[f"{VOID}classes"] == [counted(bare, "COUNT(DISTINCT ?c) WHERE { ?s a ?c }")]
    parts = {kind: said[f"{VOID}{kind}Partition"] for kind in ("class", "property")}
    assert len(parts["class"]) > 1
    assert len(parts["property"]) > 9
    for part in map(described.__getitem__, parts["property"]):
        (used,) = part[f"{VOID}property"]
        assert part[f"{VOID}triples"] == [counted(bare, f"COUNT(*) WHERE {{ ?s <{used}> ?o }}")], used
    for part in map(described.__getitem__, parts["class"]):
        (kind,) = part[f"{VOID}class"]
        assert part[f"{VOID}entities"] == [counted(bare, f"COUNT(*) WHERE {{ ?s a <{kind}> }}")], kind


def test_the_front_page_says_that_it_is_empty_and_what_fills_it(bare: Server) -> None:
    page = bare.get("/", BROWSER).text
    title = STRINGS.untitled if bare.name == "nothing" else "https://example.org/new/"
    assert f">{title}</span></h1>" in page
    assert (STRINGS.front_empty in page) is (bare.name == "nothing")
    assert STRINGS.front_use_query in page
    assert STRINGS.front_use_text not in page
    assert not re.search(r"<[uo]l[^>]*>\s*</[uo]l>", page)
    assert "urn:" not in re.sub(r"<[^>]*>", "", page)


def test_what_is_not_named_is_cited_by_its_address(bare: Server) -> None:
    page = bare.get("/", BROWSER)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert found
    described = json.loads(found[1])
    address = f"{bare.base}/" if bare.name == "nothing" else "https://example.org/new/id/new"
    assert described["@id"] == described["identifier"] == address
    assert ("cite-as", address) in page.links
    assert f"version {bare.root.digest[:12]}. {address}" in page.text


def test_a_catalogue_names_one_dataset_that_comes_from_no_dataset_of_its_own(bare: Server) -> None:
    quads = list(ox.parse(bare.get("/catalog", "text/turtle").body, format=ox.RdfFormat.TURTLE))
    (dataset,) = (quad.object for quad in quads if quad.predicate.value == f"{DCAT}dataset")
    assert dataset.value in void(bare)
    assert not [
        quad for quad in quads if quad.predicate.value == f"{PROV}wasDerivedFrom" and quad.object == dataset
    ]
    terms = {
        term.value for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)
    }
    assert not [iri for iri in terms if iri.startswith("urn:")]


def test_every_page_and_every_document_is_there(bare: Server) -> None:
    for path in PAGES:
        reply = bare.get(path, BROWSER)
        assert (reply.status, reply.type) == (200, "text/html"), path
        assert not re.search(r"<[uo]l[^>]*>\s*</[uo]l>", reply.text), path
    for path in DATA:
        assert bare.get(path, "*/*").status == 200, path
    assert bare.get("/id/anything", BROWSER).status == 404
    assert bare.get("/graph/metadata").status == (404 if bare.name == "nothing" else 200)
