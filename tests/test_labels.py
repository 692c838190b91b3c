"""What a thing is called and how it is defined, whichever vocabulary says so and in whichever languages."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition, assemble
from calcigraph.root import Root

X = "https://example.org/x/"
CATALOGUE = f'<{X}set> a <http://www.w3.org/ns/dcat#Dataset> ; <http://rdfs.org/ns/void#uriSpace> "{X}" '
DATA = """
@prefix : <https://example.org/x/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix s: <https://schema.org/> .
@prefix so: <http://schema.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
:shown rdfs:subPropertyOf rdfs:label . skos:altLabel rdfs:subPropertyOf rdfs:label .
:label rdfs:label "right" ; skos:prefLabel "wrong" . :pref skos:prefLabel "right" ; s:name "wrong" .
:schema s:name "right" ; dct:title "wrong" . :http so:name "right" ; foaf:name "wrong" .
:title dct:title "right" ; dc:title "wrong" . :old dc:title "right" ; foaf:name "wrong" .
:person foaf:name "right" . :xl xl:prefLabel [ xl:literalForm "right"@en ] , [ xl:literalForm "falsch"@de ] .
:below :shown "right" . :synonym skos:altLabel "a wrong" ; skos:prefLabel "right" .
:tongues rdfs:label "chien"@fr , "Hund"@de , "dog"@en , "hound"@en-GB , "canis" .
:foreign rdfs:label "koira"@fi , "hund"@da .
:region rdfs:label "colour"@en-GB , "couleur"@fr , "color" .
:plain rdfs:label "canis" , "Hund"@de .
:d1 obo:IAO_0000115 "right" ; skos:definition "wrong"@en .
:d2 skos:definition "right" ; rdfs:comment "wrong"@en . :d3 rdfs:comment "right" ; s:description "wrong" .
:d4 so:description "right" ; dct:description "wrong" . :d5 dct:description "right" ; dc:description "wrong" .
:d8 skos:definition "right" ; obo:IAO_0000600 "wrong" . :d9 obo:IAO_0000600 "right" ; rdfs:comment "wrong" .
:d10 <http://www.w3.org/ns/prov#definition> "right"@en ; rdfs:comment "wrong"@en .
:d6 dc:description "right" . :d7 obo:IAO_0000115 "määritelmä"@fi ; rdfs:comment "right"@en .
:syn rdfs:label "one" ; oio:hasExactSynonym "two" ; obo:IAO_0000118 "three" ; so:alternateName "four" ;
  oio:hasBroadSynonym "five" ; dct:alternative "six" ; oio:id "SYN:7" .
"""


def opened(folder: Path, languages: str = "") -> Edition:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "catalog.ttl").write_text(f"{CATALOGUE}{languages} .", encoding="utf-8")
    (folder / "data" / "things.ttl").write_text(DATA, encoding="utf-8")
    return assemble(Root.open(folder), "builtin").edition


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return opened(tmp_path_factory.mktemp("labels") / "root")


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{X}id/{name}")


@pytest.mark.parametrize(
    "name", ["label", "pref", "schema", "http", "title", "old", "person", "xl", "below", "synonym"]
)
def test_the_best_property_that_is_there_gives_the_label(edition: Edition, name: str) -> None:
    assert edition.label(node(name)) == "right"


@pytest.mark.parametrize("name", [f"d{number}" for number in range(1, 11)])
def test_the_first_property_with_a_text_that_can_be_read_gives_the_definition(
    edition: Edition, name: str
) -> None:
    found = edition.labels.definition(node(name))
    assert found is not None
    assert found.value == "right"


def test_what_nothing_names_is_called_by_its_iri_and_has_no_definition(edition: Edition) -> None:
    assert edition.labels.stated(node("nothing")) is None
    assert edition.labels.definition(node("nothing")) is None


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ("", ["dog", "hund", "colour", "canis"]),
        ('; <http://purl.org/dc/terms/language> "de"', ["Hund", "hund", "colour", "Hund"]),
        (
            '; <http://purl.org/dc/terms/language> <http://id.loc.gov/vocabulary/iso639-1/fi> , "fr-CA"',
            ["chien", "koira", "couleur", "canis"],
        ),
        ('; <http://purl.org/dc/terms/language> "en-GB"', ["hound", "hund", "colour", "canis"]),
        ('; <http://purl.org/dc/terms/language> "no tag at all"', ["dog", "hund", "colour", "canis"]),
    ],
)
def test_the_root_s_language_comes_first_then_english_then_none_then_any(
    tmp_path: Path, languages: str, expected: list[str]
) -> None:
    edition = opened(tmp_path / "root", languages)
    assert [edition.label(node(name)) for name in ("tongues", "foreign", "region", "plain")] == expected


@pytest.mark.parametrize("text", ["one", "two", "three", "four", "five", "six", "SYN:7"])
def test_a_thing_is_found_by_any_of_its_names(edition: Edition, text: str) -> None:
    assert [match.node for match in edition.names.find(text, 5)] == [node("syn")]
