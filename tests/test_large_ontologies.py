"""The page of a large ontology: as much of its trees as can be read, and the rest a step away."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

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


HTML, JSON = {"Accept": BROWSER}, {"Accept": "application/json"}


def client_of(folder: Path, classes: str) -> FlaskClient:
    shutil.copytree(ROOTS["toy"], folder)
    (folder / "ontology" / "parts.ttl").write_text(HEAD + classes, encoding="utf-8")
    return local_app(Root.open(folder)).test_client()


def below_of(client: FlaskClient, term: str, start: int = 0) -> dict[str, Any]:
    reply = client.get(f"/trees?kind=classes&term=plant:{term}&from={start}", headers=JSON)
    assert reply.status_code == 200
    found: dict[str, Any] = reply.get_json()
    return found


@pytest.mark.parametrize("classes", [CHAIN, DIAMONDS, WIDE], ids=["deep", "many ways", "wide"])
def test_a_tree_is_a_page_as_far_as_it_can_be_read_and_says_what_is_left_out(
    tmp_path: Path, classes: str
) -> None:
    client = client_of(tmp_path / "root", classes)
    page = client.get("/ontology.html", headers=HTML)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "part 1" in text
    assert re.search(r'href="/trees\?kind=classes&amp;term=[^"]+">\d+ (more|below it)</a>', text)
    assert len(text) < 1_000_000


def test_every_term_below_another_is_reached_portion_by_portion(tmp_path: Path) -> None:
    client = client_of(tmp_path / "root", WIDE)
    found, start = set(), 0
    while start is not None:
        portion = below_of(client, "Part0", start)
        assert portion["size"] == 11_000
        assert not found & {term["iri"] for term in portion["below"]}
        found |= {term["iri"] for term in portion["below"]}
        start = portion["next"]
    assert len(found) == 11_000


def test_a_deep_tree_goes_on_at_each_of_its_places(tmp_path: Path) -> None:
    client = client_of(tmp_path / "root", CHAIN)
    place = below_of(client, "Part1500")
    assert [term["label"] for term in place["above"]] == ["part 1499"]
    assert [term["label"] for term in place["below"]] == ["part 1501"]
    page = client.get("/trees?kind=classes&term=plant:Part1500", headers=HTML).get_data(as_text=True)
    assert "part 1499" in page
    assert "part 1515" in page
