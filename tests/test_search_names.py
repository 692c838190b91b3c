"""What is found under a name: the exact first, however it is written, then what more links lead to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition, assemble
from calcigraph.root import Root
from conftest import ROOTS

NAMES = """
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
id:x1 a plant:Device ; rdfs:label "XR-7 feeder"@en ; skos:altLabel "Zubringer Sieben"@de .
id:x2 a plant:Device ; rdfs:label "XR-7"@en ; dcterms:identifier "F-00.9" .
id:x3 a plant:Device ; rdfs:label "report on XR-7"@en .
id:x4 a plant:Device ; rdfs:label "caf\u00e9 valve"@en .
id:x5 a plant:Device ; rdfs:label "valve on the café roof"@en ; plant:feeds id:x2 .
id:x6 a plant:Device ; rdfs:label "twin"@en .
id:x7 a plant:Device ; rdfs:label "twin"@en .
id:x8 plant:feeds id:x7 . id:x9 plant:feeds id:x7 .
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    root = tmp_path_factory.mktemp("names") / "root"
    shutil.copytree(ROOTS["toy"], root)
    (root / "data" / "names.ttl").write_text(NAMES, encoding="utf-8")
    return assemble(Root.open(Path(root)), "none").edition


def found(edition: Edition, text: str, most: int = 10) -> list[str]:
    return [match.node.value.rpartition("/")[2] for match in edition.names.find(text, most)]


@pytest.mark.parametrize("text", ["XR-7", "xr 7", "xr7", "Xr_7", " XR‑7 "])  # noqa: RUF001 - hyphens differ
def test_a_name_is_found_however_its_parts_are_joined_the_whole_name_first(
    edition: Edition, text: str
) -> None:
    assert found(edition, text) == ["x2", "x1", "x3"]


def test_identifiers_synonyms_and_last_parts_of_iris_are_names(edition: Edition) -> None:
    assert found(edition, "f-00.9") == ["x2"]
    assert found(edition, "sieben")[0] == "x1"
    assert found(edition, "pump-alpha")[0] == "pump-alpha"


def test_marks_on_letters_do_not_matter(edition: Edition) -> None:
    assert found(edition, "cafe") == found(edition, "CAFÉ") == ["x4", "x5"]


def test_words_are_found_in_any_order(edition: Edition) -> None:
    assert found(edition, "roof valve") == ["x5"]


def test_of_equal_names_the_one_that_more_leads_to_comes_first(edition: Edition) -> None:
    assert found(edition, "twin") == ["x7", "x6"]


def test_a_match_says_what_kind_of_thing_it_is(edition: Edition) -> None:
    (match, *_) = edition.names.find("pump two", 5)
    assert match.kind == ox.NamedNode("https://example.org/plant/ontology/Pump")


@pytest.mark.parametrize("text", ["", " ", "-", "___"])
def test_nothing_is_called_nothing(edition: Edition, text: str) -> None:
    assert found(edition, text) == []


def test_no_more_is_found_than_asked_for(edition: Edition) -> None:
    assert len(found(edition, "e", 3)) == 3


def test_of_very_many_names_the_best_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "root"
    shutil.copytree(ROOTS["toy"], folder)
    many = "".join(f'id:a{n} rdfs:label "one grommet of many, number {n}" .\n' for n in range(3_000))
    few = 'id:b1 rdfs:label "grommet" . id:b2 rdfs:label "grommet in a box of its own, a long name" .\n'
    (folder / "data" / "names.ttl").write_text(
        "@prefix id: <https://example.org/plant/id/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n" + many + few,
        encoding="utf-8",
    )
    edition = assemble(Root.open(folder), "none").edition
    assert found(edition, "grommet", 3)[:2] == ["b1", "b2"]
    assert len(found(edition, "grommet", 50)) == 50
    assert found(edition, "number 2999 grommet") == ["a2999"]
