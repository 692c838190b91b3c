"""Where the namespace of an IRI ends; so an ontology whose IRIs are no addresses is one as others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.checks import check
from calcigraph.rdf.namespaces import split


@pytest.mark.parametrize(
    ("space", "name"),
    [
        ("http://www.w3.org/ns/prov#", "Entity"),
        ("http://example.org/works/#", "Pump"),
        ("https://example.org/works/", "Pump"),
        ("https://example.org/works/", "ex:Pump"),
        ("https://example.org:8080/", "Pump"),
        ("urn:example:", "Pump"),
        ("did:example:123#", "Pump"),
        ("ex:", "Pump"),
        ("http://purl.obolibrary.org/obo/RO_", "0002233"),
        ("http://purl.obolibrary.org/obo/", "ro_core"),
    ],
)
def test_a_namespace_ends_where_the_local_name_begins(space: str, name: str) -> None:
    assert split(space + name) == (space, name)


def test_of_a_host_alone_the_namespace_ends_with_its_slash() -> None:
    assert split("https://example.org") == ("https://example.org/", "")


URN = """
@prefix : <urn:example:> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:works a owl:Ontology ; rdfs:label "Works" .
:Device a owl:Class ; rdfs:label "device" ; skos:definition "What was built to work." .
:Pump a owl:Class ; rdfs:label "pump" ; skos:definition "A device that moves water." ;
  rdfs:subClassOf :Device .
"""


def findings(folder: Path, text: str) -> set[tuple[str, str]]:
    (folder / "ontology").mkdir()
    (folder / "ontology/a.ttl").write_text(text, encoding="utf-8")
    return {(f.check, f.node) for f in check(folder) if f.check not in ("profile", "shapes")}


def test_of_an_ontology_of_urns_its_own_terms_are_told_and_no_others(tmp_path: Path) -> None:
    assert findings(tmp_path, URN + ":p a :Bump .") == {("term-undeclared", ":p")}


def test_terms_of_well_known_vocabularies_are_nobodys_own(tmp_path: Path) -> None:
    text = URN.replace("urn:example:", "http://www.w3.org/").replace(":works a", "<http://www.w3.org/> a")
    assert findings(tmp_path, text) == set()
