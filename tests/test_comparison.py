"""By what evidence is compared: property paths of SHACL walked in a dataset, and values in words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.describe import Describer, Facet
from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.presentation import Presentation
from calcigraph.describe.property_paths import compile_path, walk
from calcigraph.edition import Edition, assemble
from calcigraph.rdf.terms import Term
from calcigraph.root import Root
from conftest import ROOTS
from datasets import dataset_of

PREFIXES = """
@prefix : <urn:x#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
DATA = """
:a :next :b . :b :next :c . :c :next :a .
:a :part :d . :d :says "one" , "two" .
:e :part :d .
"""


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:x#{name}")


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse((PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE)]


class Quads:
    """As much of an edition as a description reads."""

    derived_graph = ox.NamedNode("urn:derived")
    inferred_graph = ox.NamedNode("urn:inferred")

    def __init__(self, text: str) -> None:
        graph = ox.NamedNode("urn:g")
        self._quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples(text)]

    def quads(self, *pattern: Term | None) -> Iterator[ox.Quad]:
        """The quads that match: subject, predicate, object; None is anything."""
        for quad in self._quads:
            parts = (quad.subject, quad.predicate, quad.object)
            if all(wanted in (None, part) for wanted, part in zip(pattern, parts, strict=False)):
                yield quad


def ends(path: str, start: str) -> list[str]:
    """Where a path leads, as the last parts of names and the texts of literals."""
    shapes = triples(f":shape sh:path {path} .")
    values = Presentation(shapes).values
    route = compile_path(values[node("shape"), ox.NamedNode("http://www.w3.org/ns/shacl#path")][0], values)
    assert route is not None
    arrivals = walk(route, BoundedDescriptions(Quads(DATA)), node(start))  # type: ignore[arg-type]
    return [arrival.term.value.rpartition("#")[2] for arrival in arrivals]


@pytest.mark.parametrize(
    ("path", "start", "found"),
    [
        (":next", "a", ["b"]),
        ("( :next :next )", "a", ["c"]),
        ("( :part :says )", "a", ["one", "two"]),
        ("[ sh:inversePath :part ]", "d", ["a", "e"]),
        ("[ sh:alternativePath ( :next :part ) ]", "a", ["b", "d"]),
        ("[ sh:zeroOrOnePath :next ]", "a", ["a", "b"]),
        ("[ sh:zeroOrMorePath :next ]", "a", ["a", "b", "c"]),
        ("[ sh:oneOrMorePath :next ]", "a", ["b", "c", "a"]),
        ("( [ sh:zeroOrMorePath :next ] [ sh:inversePath :next ] )", "a", ["c", "a", "b"]),
        (
            "( :part [ sh:alternativePath ( :says ( [ sh:inversePath :part ] :next ) ) ] )",
            "e",
            ["one", "two", "b"],
        ),
        ("( :part :says :next )", "a", []),
        (":nowhere", "a", []),
    ],
)
def test_a_path_leads_where_shacl_says(path: str, start: str, found: list[str]) -> None:
    assert ends(path, start) == found


@pytest.mark.parametrize(
    "path", ['"text"', "[ sh:inversePath [ sh:inversePath :next ] ]", "[ :strange :next ]"]
)
def test_what_is_no_path_is_no_route(path: str) -> None:
    values = Presentation(triples(f":shape sh:path {path} .")).values
    assert (
        compile_path(values[node("shape"), ox.NamedNode("http://www.w3.org/ns/shacl#path")][0], values)
        is None
    )


@pytest.mark.parametrize(("lists", "is_route"), [(21, True), (22, False)])
def test_a_path_is_a_route_up_to_a_depth_of_twenty(lists: int, is_route: bool) -> None:
    shapes = triples(f":shape sh:path {'( ' * lists}:next{' )' * lists} .")
    values = Presentation(shapes).values
    path = values[node("shape"), ox.NamedNode("http://www.w3.org/ns/shacl#path")][0]
    assert (compile_path(path, values) is not None) == is_route


def test_a_path_that_contains_itself_is_no_route() -> None:
    values = Presentation(triples(":shape sh:path _:p . _:p sh:alternativePath ( :next _:p ) .")).values
    assert (
        compile_path(values[node("shape"), ox.NamedNode("http://www.w3.org/ns/shacl#path")][0], values)
        is None
    )


@pytest.fixture(scope="module")
def toy() -> Edition:
    return dataset_of("toy")


def facets(dataset: Edition) -> dict[str, Facet]:
    return {facet.name.value: facet for facet in Describer(dataset).comparison.facets}


def test_facets_stand_in_the_order_of_their_shapes(toy: Edition) -> None:
    assert list(facets(toy)) == ["inspector", "speed", "read in"]


def test_an_amount_is_told_with_its_unit_and_what_it_is_of(toy: Edition) -> None:
    comparison = Describer(toy).comparison
    line = ox.NamedNode(f"{toy.root.namespace}id/line-3")
    (found,) = comparison.values(line, facets(toy)["speed"])
    assert found.text == "pump two 40 - 60 %"
    assert found.amount is not None
    assert (found.amount.low.value, found.amount.high.value, found.amount.unit) == ("40.0", "60.0", "%")
    assert found.fact is not None
    assert found.fact.standing.value == "asserted"


def test_a_rank_that_is_no_number_counts_for_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(ROOTS["toy"], root)
    (root / "data" / "ranks.ttl").write_text(
        "@prefix srv: <https://w3id.org/calcigraph/server#> . @prefix id: <https://example.org/plant/id/> .\n"
        'id:g1 srv:rank 3 . id:g2 srv:rank "much" . id:g3 srv:rank 1 , 2 .\n',
        encoding="utf-8",
    )
    comparison = Describer(assemble(Root.open(root), "none").edition).comparison
    ranks = [comparison.rank(ox.NamedNode(f"https://example.org/plant/id/g{n}")) for n in (1, 2, 3, 4)]
    assert ranks == [3, 0, 2, 0]


def test_a_facet_without_a_name_or_with_a_path_that_is_none_is_left_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(ROOTS["toy"], root)
    (root / "shapes" / "more.ttl").write_text(
        "@prefix srv: <https://w3id.org/calcigraph/server#> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:shape> a sh:NodeShape ; sh:targetClass srv:EvidenceLine ; sh:property\n"
        "  [ sh:path srv:evidence ; sh:order 0 ; sh:group srv:comparison ] ,\n"
        '  [ sh:path [ sh:strangePath srv:evidence ] ; sh:name "strange" ; sh:group srv:comparison ] ,\n'
        '  [ sh:name "pathless" ; sh:group srv:comparison ] ,\n'
        '  [ sh:path srv:evidence ; sh:name "ungrouped" ] ,\n'
        '  [ sh:path srv:evidence ; sh:name "last" ; sh:group srv:comparison ] .\n',
        encoding="utf-8",
    )
    edition = assemble(Root.open(root), "none").edition
    assert list(facets(edition)) == ["inspector", "speed", "read in", "last"]
