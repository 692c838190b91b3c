"""Concise bounded descriptions: which facts are about a node, in which graphs, and with which standing."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.describe import Describer
from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.values import Fact, Standing
from calcigraph.edition import Edition, assemble
from calcigraph.rdf.vocabulary import OWL, RDF
from calcigraph.root import Root
from datasets import dataset_of

ID, PLANT = "https://example.org/plant/id/", "https://example.org/plant/ontology/"


@pytest.fixture(scope="module")
def toy() -> Edition:
    return dataset_of("toy")


@pytest.fixture(scope="module")
def descriptions(toy: Edition) -> BoundedDescriptions:
    return BoundedDescriptions(toy)


def found(facts: list[Fact], name: str) -> set[tuple[str, Standing]]:
    """The objects of a property of the plant, each with its standing."""
    return {
        (fact.triple.object.value, fact.standing)
        for fact in facts
        if fact.triple.predicate == ox.NamedNode(PLANT + name)
    }


def test_what_a_rule_of_the_root_built_is_derived_and_what_an_axiom_entails_is_inferred(
    descriptions: BoundedDescriptions,
) -> None:
    facts = descriptions.outgoing(ox.NamedNode(ID + "pump-1"))

    assert found(facts, "feeds") == {(ID + "low-tank", Standing.DERIVED)}
    assert (ID + "high-tank", Standing.INFERRED) in found(facts, "reaches")
    kinds = {f.triple.object: f.standing for f in facts if f.triple.predicate == RDF["type"]}
    assert kinds[ox.NamedNode(PLANT + "Pump")] is Standing.ASSERTED
    assert kinds[ox.NamedNode(PLANT + "Device")] is Standing.INFERRED


def test_each_standing_is_that_of_the_graphs(toy: Edition, descriptions: BoundedDescriptions) -> None:
    standings = set()
    for node in toy.all_subjects():
        if not isinstance(node, ox.NamedNode):
            continue
        for fact in descriptions.outgoing(node):
            standings.add(fact.standing)
            assert fact.graphs == toy.graphs_of(fact.triple)
            files = set(fact.graphs) - {toy.derived_graph, toy.inferred_graph}
            assert (fact.standing is Standing.ASSERTED) == bool(files)
            assert (fact.standing is Standing.INFERRED) == (fact.graphs == (toy.inferred_graph,))
    assert standings == set(Standing)


def test_what_blank_nodes_say_belongs_to_the_node_that_leads_to_them(
    descriptions: BoundedDescriptions,
) -> None:
    facts = descriptions.outgoing(ox.NamedNode(ID + "pump-2"))

    assert found(facts, "unit") == {("m3/h", Standing.ASSERTED)}
    assert found(facts, "amount") == {("3.0", Standing.ASSERTED)}
    (inside,) = (f for f in facts if f.triple.predicate == ox.NamedNode(PLANT + "unit"))
    chain = descriptions.to_named(inside)
    assert [f.triple.predicate.value.removeprefix(PLANT) for f in chain] == ["rating", "unit"]
    assert chain[0].triple.subject == ox.NamedNode(ID + "pump-2")


def test_links_come_in_pages_by_property_then_subject(descriptions: BoundedDescriptions) -> None:
    tank = ox.NamedNode(ID + "high-tank")
    whole, total = descriptions.links(tank, 0, 100)
    keys = [(f.triple.predicate.value, str(f.triple.subject)) for f in whole]

    assert total == len(whole) > 2
    assert keys == sorted(keys)
    assert {f.triple for f in whole} == {f.triple for f in descriptions.incoming(tank)}
    for offset in range(total):
        page, again = descriptions.links(tank, offset, 2)
        assert (page, again) == (whole[offset : offset + 2], total)


def test_facts_about_a_node_are_kept_by_property_in_order(descriptions: BoundedDescriptions) -> None:
    node = ox.NamedNode(ID + "pump-1")
    about = descriptions.about(node)

    assert {f.triple for facts in about.values() for f in facts} == {
        f.triple for f in descriptions.outgoing(node) if f.triple.subject == node
    }
    assert all(f.triple.predicate == predicate for predicate, facts in about.items() for f in facts)
    for facts in about.values():
        texts = [str(f.triple.object) for f in facts]
        assert texts == sorted(texts)
    assert OWL["sameAs"] in about


def test_a_node_that_is_reached_in_many_ways_is_shown_once(tmp_path: Path) -> None:
    steps, length = "".join(f"_:n{i} ex:q _:n{i + 1} ; ex:r _:n{i + 1} . " for i in range(10)), 10
    (tmp_path / "ontology").mkdir()
    text = f'@prefix ex: <http://example.org/> . ex:a ex:p _:n0 . {steps} _:n{length} ex:s "end" .'
    (tmp_path / "ontology/a.ttl").write_text(text, encoding="utf-8")
    described = Describer(assemble(Root.open(tmp_path)).edition).describe(
        ox.NamedNode("http://example.org/a")
    )
    assert described is not None
    assert len(described.facts) == 2 * length + 2
    shown = [slot for group in described.groups for slot in group.slots]
    for slot in shown:
        shown += [inner for value in slot.values for inner in value.nested]
    values = [value for slot in shown for value in slot.values]
    assert len(values) == 2 * length + 2
    assert sum(value.is_cut for value in values) == length, "what is not shown again is said to be cut"


def test_what_stands_too_deep_is_said_to_be_cut(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    text = f'@prefix ex: <http://example.org/> . ex:a {"ex:p [ " * 20} ex:s "end" {"] " * 20} .'
    (tmp_path / "ontology/a.ttl").write_text(text, encoding="utf-8")
    described = Describer(assemble(Root.open(tmp_path)).edition).describe(
        ox.NamedNode("http://example.org/a")
    )
    assert described is not None
    (slot,) = [slot for group in described.groups for slot in group.slots]
    depth = 0
    while slot.values[0].nested:
        (slot,), depth = slot.values[0].nested, depth + 1
    assert 5 < depth < 20
    assert slot.values[0].is_cut
