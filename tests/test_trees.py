"""Trees of any root: classes, properties, concepts, collections and individuals, as they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from calcigraph.deadline import LookUpsTimedOut, within
from calcigraph.edition import Edition, assemble
from calcigraph.pool import Pool
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.trees import KINDS, Branch, Trees, lists, schemes, unfolded
from calcigraph.trees.hierarchy import Hierarchy
from calcigraph.trees.lists import Lists
from calcigraph.web.app import create_app
from suites import needs, suite

NS = "https://example.org/t/"
CATALOGUE = f'<{NS}set> <http://rdfs.org/ns/void#uriSpace> "{NS}" .'
DATA = """
@prefix : <https://example.org/t/> . @prefix other: <https://example.net/o#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:A a owl:Class ; rdfs:subClassOf owl:Thing . :B a owl:Class ; rdfs:subClassOf :A . :C a rdfs:Class .
:D rdfs:subClassOf :B , :C , other:Foreign . :B2 a owl:Class ; owl:equivalentClass :B .
:E rdfs:subClassOf :B2 .
:X a owl:Class ; rdfs:subClassOf :Y . :Y a owl:Class ; rdfs:subClassOf :X . :Z rdfs:subClassOf :X .
:F owl:equivalentClass [ owl:intersectionOf ( :C [ owl:complementOf :A ] ) ] .
:G owl:intersectionOf ( :C :A ) .
:Old a owl:Class ; owl:deprecated true . :OldTop a owl:Class ; owl:deprecated true .
:New rdfs:subClassOf :OldTop .
:S a owl:Class ; rdfs:subClassOf :S ; owl:equivalentClass <http://a.example/S> .
<http://a.example/S> a owl:Class .
:p a owl:ObjectProperty . :q a owl:ObjectProperty ; rdfs:subPropertyOf :p . :r a rdf:Property .
:v a owl:DatatypeProperty . :n a owl:AnnotationProperty ; rdfs:subPropertyOf rdfs:comment .
:i a :A . :j a :A , :B . :k a other:Foreign .
:s a skos:ConceptScheme . :c a skos:Concept ; skos:topConceptOf :s . :d a skos:Concept ; skos:broader :c .
:c skos:narrower :e . :f a skos:Concept ; skos:inScheme :s . :g a skos:Concept . :d skos:inScheme :s .
:h a skos:Concept ; skos:broader :c , :d .
:col a skos:Collection ; skos:member :c , :col2 . :col2 a skos:OrderedCollection ; skos:member :d .
:col3 a skos:OrderedCollection ; skos:memberList ( :e :d ) .
:La rdfs:subClassOf :Lb . :Lb rdfs:subClassOf :Lc . :Lc rdfs:subClassOf :Lb .
:OldKind a owl:DeprecatedClass . :oldp a owl:DeprecatedProperty .
:OldWord a owl:Class ; owl:deprecated "true" .
:fun a owl:FunctionalProperty . :low rdfs:subPropertyOf :high .
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("trees") / "root"
    for name, text in (("data/catalog.ttl", CATALOGUE), ("ontology/it.ttl", DATA)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    return assemble(Root.open(folder), "builtin").edition


@pytest.fixture(scope="module")
def client(edition: Edition) -> FlaskClient:
    with Pool.start(b"") as pool:
        return create_app(LocalEngine(edition, pool), Settings()).test_client()


def shape(branches: tuple[Branch, ...] | list[Branch]) -> Any:
    """Names with what is below them; a name alone where there is nothing."""
    return {name(branch): shape(branch.branches) for branch in branches}


def name(branch: Branch) -> str:
    return "=".join(node.value.replace("#", "/").rpartition("/")[2] for node in (branch.node, *branch.alike))


def tree(edition: Edition, kind: str) -> Any:
    return shape(unfolded(edition, Trees(edition).of(kind), None, 0, 100, 1_000).branches)


EXPECTED = {
    "classes": {
        "A": {"B2=B": {"D": {}, "E": {}}, "G": {}},
        "C": {"D": {}, "F": {}, "G": {}},
        "Foreign": {"D": {}},
        "Lb": {"La": {}, "Lc": {"Lb": {}}},
        "OldTop": {"New": {}},
        "S=S": {},
        "X": {"Y": {"X": {}}, "Z": {}},
    },
    "object-properties": {"p": {"q": {}}},
    "datatype-properties": {"v": {}},
    "annotation-properties": {"n": {}},
    "properties": {"fun": {}, "high": {"low": {}}, "r": {}},
    "concepts": {"g": {}, "s": {"c": {"d": {"h": {}}, "e": {}, "h": {}}, "f": {}}},
    "collections": {"col": {"c": {}, "col2": {"d": {}}}, "col3": {"d": {}, "e": {}}},
    "individuals": {"A": {"i": {}, "j": {}}, "B": {"j": {}}, "Foreign": {"k": {}}},
    "deprecated": {"Old": {}, "OldKind": {}, "OldTop": {}, "OldWord": {}, "oldp": {}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_tree_is_what_is_written(edition: Edition, kind: str) -> None:
    assert tree(edition, kind) == EXPECTED[kind]


def test_the_page_of_the_ontology_has_each_tree_that_has_terms(client: FlaskClient) -> None:
    page = client.get("/ontology.html", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert [kind for kind in KINDS if f'<section id="{kind}">' in page] == list(KINDS)
    assert "/trees?" not in page.partition('<section id="object-properties">')[0].partition("<main")[2]


def test_a_place_is_data_and_a_page(client: FlaskClient) -> None:
    found = client.get(f"/trees?kind=classes&term={NS}B", headers={"Accept": "application/json"}).get_json()
    assert [term["iri"] for term in found["above"]] == [f"{NS}A"]
    assert [(term["iri"], term["size"]) for term in found["below"]] == [(f"{NS}D", 0), (f"{NS}E", 0)]
    page = client.get(f"/trees?kind=classes&term={NS}B", headers={"Accept": "text/html"})
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "= <a" in text
    assert "kind=classes&amp;term=https%3A//example.org/t/A" in text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=nothing", 400),
        ("kind=classes&from=-1", 400),
        (f"kind=classes&term={NS}unknown", 404),
        (f"kind=classes&term={NS}i", 404),
        ("kind=classes&term=no:prefix", 400),
    ],
)
def test_a_place_that_there_is_not_is_refused(client: FlaskClient, query: str, status: int) -> None:
    reply = client.get(f"/trees?{query}", headers={"Accept": "application/json"})
    assert reply.status_code == status


@pytest.mark.parametrize("kind", ["classes", "individuals"])
def test_the_page_of_a_whole_tree_says_how_many_terms_it_has(client: FlaskClient, kind: str) -> None:
    tops = client.get(f"/trees?kind={kind}", headers={"Accept": "application/json"}).get_json()
    assert tops["size"] < tops["count"]
    page = client.get(f"/trees?kind={kind}", headers={"Accept": "text/html"}).get_data(as_text=True)
    title = page.partition("<h1>")[2].partition("</h1>")[0]
    assert title.endswith(f'<span class="count">{tops["count"]}</span>')


def test_without_a_kind_the_trees_are_told(client: FlaskClient) -> None:
    found = client.get("/trees", headers={"Accept": "application/json"}).get_json()["trees"]
    assert {tree["kind"]: tree["count"] for tree in found}["object-properties"] == 2


def test_a_browser_without_a_kind_is_led_to_the_page_of_all_trees(client: FlaskClient) -> None:
    led = client.get("/trees", headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["Location"]) == (303, "/ontology.html")


def test_what_shares_a_list_is_left_out_where_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_MOST_SHARED", 20)
    edges = {
        "first": [(cell, 100 + cell) for cell in range(10)],
        "rest": [(cell, cell + 1) for cell in range(9)],
    }
    found = Lists(lambda predicate: edges[predicate.value.rpartition("#")[2]], lambda item: item != 101)
    # Ten parts of lists and twenty more: three items for ten terms each, one of which has no name.
    assert [*found.named_items(0, 10)] == [100, 102]
    assert found.is_cut


def test_a_tree_that_is_not_whole_says_so(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_MOST_SHARED", -100)
    with Pool.start(b"") as pool:
        client = create_app(LocalEngine(edition, pool), Settings()).test_client()
        found = client.get("/trees?kind=classes", headers={"Accept": "application/json"}).get_json()
        page = client.get("/ontology.html").get_data(as_text=True)
    assert found["cut"] is True
    classes = page.partition('<section id="classes">')[2].partition("</section>")
    assert "Only a part" in classes[0]
    assert "Only a part" not in classes[2].partition('<section id="individuals">')[2]


class Counted(int):
    """A number that counts how often it is looked up."""

    asked = 0

    def __hash__(self) -> int:
        Counted.asked += 1
        return int.__hash__(self)


def test_collections_are_looked_up_a_few_times_each() -> None:
    every = [Counted(number) for number in range(300)]
    members = [(one, Counted(one + 1_000)) for one in every]

    def typed(kind: ox.NamedNode) -> list[int]:
        return [*every] if kind.value.endswith("#Collection") else []

    none = Lists(lambda _: [], lambda _: True)
    found = schemes.collections(lambda _: [*members], typed, tuple, (), none)
    assert (found.count, Counted.asked < 300 * 60) == (600, True)


def test_a_tree_is_made_no_longer_than_somebody_waits() -> None:
    with within(0), pytest.raises(LookUpsTimedOut):
        Hierarchy((1, 2), [(1, 2)], (), tuple)


@needs("ontologies")
def test_a_thesaurus_has_all_its_concepts_in_its_tree(tmp_path: Path) -> None:
    folder = suite("ontologies")
    assert folder is not None
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalog.ttl").write_text(CATALOGUE, encoding="utf-8")
    text = (folder / "yso.ttl").read_text(encoding="utf-8")
    (tmp_path / "data" / "yso.ttl").write_text(text, encoding="utf-8")
    edition = assemble(Root.open(tmp_path), "none").edition
    concepts = Trees(edition).of("concepts")
    reached, waiting = set(), [None]
    while waiting:
        for child in concepts.children(waiting.pop(), 0, 10**6):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    assert len(reached) == concepts.count > 5_000
