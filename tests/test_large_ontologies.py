"""The page of an ontology that is larger than a page: refused with the reason, and to be had as data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from calcigraph.root import Root
from conftest import BROWSER, ROOTS
from in_process import local_app

HEAD = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def below(number: int, *above: int) -> str:
    supers = " , ".join(f"plant:Part{one}" for one in above)
    return f'plant:Part{number} a owl:Class ; rdfs:label "part {number}"@en ; rdfs:subClassOf {supers} .\n'


CHAIN = "".join(below(number + 1, number) for number in range(2_000))
# Each of two classes of a level is below both of the level before: 2 to the 40th ways lead to the last.
DIAMONDS = "".join(
    below(2 * level + side + 2, 2 * level, 2 * level + 1) for level in range(40) for side in (0, 1)
)
WIDE = "".join(below(number + 1, 0) for number in range(11_000))


@pytest.mark.parametrize("classes", [CHAIN, DIAMONDS, WIDE], ids=["deep", "many ways", "wide"])
def test_a_tree_that_is_too_large_is_no_page_but_data(tmp_path: Path, classes: str) -> None:
    folder = tmp_path / "root"
    shutil.copytree(ROOTS["toy"], folder)
    (folder / "ontology" / "parts.ttl").write_text(HEAD + classes, encoding="utf-8")
    client = local_app(Root.open(folder)).test_client()
    page = client.get("/ontology.html", headers={"Accept": "application/problem+json"})
    assert page.status_code == 406
    assert page.json is not None
    assert page.json["type"].endswith("#OntologyTooLarge")
    assert client.get("/ontology.ttl").get_data().count(b"a owl:Class") > 80


def test_a_deep_tree_is_a_page_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "root"
    shutil.copytree(ROOTS["toy"], folder)
    chain = "".join(below(number + 1, number) for number in range(50))
    (folder / "ontology" / "parts.ttl").write_text(HEAD + chain, encoding="utf-8")
    page = local_app(Root.open(folder)).test_client().get("/ontology.html", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert "part 50" in page.get_data(as_text=True)
