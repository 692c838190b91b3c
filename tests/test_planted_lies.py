"""Lies in the labels and wordings of the shipped root, planted at nodes that a seed picks: each is found.

What rules make cannot lie, and a lint refuses a label that is typed beside it; what remains typed by hand is
held against the data of its node. A lie is written here by hand, from the words that stand there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from datasets import dataset_of

ROOT = Path(__file__).resolve().parents[1]
CG = "https://w3id.org/calcigraph/ontology/"
SRV = "https://w3id.org/calcigraph/server#"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
WORDING = ox.NamedNode(CG + "wording")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LINTS = ("label-by-hand", "label-other-substance", "label-other-number", "label-other-stance")
SEEDS = (1, 2)

Tell = Callable[[str], str]
"""A text in, a lie out; the text itself where it has nothing to lie about."""


@dataclass(frozen=True)
class Lie:
    """What is told of nodes of a class that have (or, where a rule makes it, get) the property."""

    of: str
    property_: ox.NamedNode
    tell: Tell
    lint: str
    stance: str = ""
    """Only of statements all of whose lines have that one."""


def swapped(old: str, new: str) -> Tell:
    return lambda text: re.sub(old, new, text)


LIES = {
    "the stance of a line reversed": Lie(
        "EvidenceLine", LABEL, swapped("^supports", "no effect"), "label-by-hand"
    ),
    "a verdict reversed": Lie("Acceptance", LABEL, swapped("accepted", "rejected"), "label-by-hand"),
    "a proposition that cures everything": Lie(
        "Proposition", LABEL, lambda _: "rejected: vitamin K2 cures everything", "label-by-hand"
    ),
    "the stance of a wording turned to a denial": Lie(
        "SourceAssertion", WORDING, lambda text: f"it is a myth that {text}", "label-other-stance", "supports"
    ),
    "a denial made plain": Lie(
        "SourceAssertion", WORDING, lambda _: "that is how it works", "label-other-stance", "refutes"
    ),
    "a finding of something else": Lie(
        "Finding", LABEL, swapped(r"MK-7|dp-ucMGP", "dicoumarol"), "label-other-substance"
    ),
    "a wording on something else": Lie(
        "SourceAssertion", WORDING, swapped(r"(vitamin )?K2", "dicoumarol"), "label-other-substance"
    ),
    "an arm of something else": Lie(
        "Intervention", LABEL, swapped("MK-7", "phenprocoumon"), "label-other-substance"
    ),
    "another number in a finding": Lie(
        "Finding", LABEL, swapped(r"\b\d+ ug", "7777 ug"), "label-other-number"
    ),
    "another number in a wording": Lie(
        "SourceAssertion", WORDING, swapped(r"\b\d+ micrograms", "7777 micrograms"), "label-other-number"
    ),
    "another dose": Lie("Dose", LABEL, swapped(r"\b\d+ ug", "7777 ug"), "label-other-number"),
    "a finding as a verdict": Lie("Finding", LABEL, lambda text: f"{text} prevents it", "label-other-stance"),
}


@cache
def quads() -> tuple[ox.Quad, ...]:
    return tuple(dataset_of("shipped").quads())


def stances(store: ox.Store, statement: ox.NamedNode) -> set[str]:
    lines = store.quads_for_pattern(None, ox.NamedNode(CG + "hasEvidence"), statement)
    found = (
        q for line in lines for q in store.quads_for_pattern(line.subject, ox.NamedNode(CG + "stance"), None)
    )
    return {q.object.value.removeprefix(SRV) for q in found}


def candidates(store: ox.Store, lie: Lie) -> Iterator[tuple[ox.Quad, str]]:
    """The statements of labels (or wordings) that the lie can be told of, and what it makes of them."""
    arms = {q.object for q in store.quads_for_pattern(None, ox.NamedNode(CG + "dose"), None)}
    for typed in store.quads_for_pattern(None, TYPE, ox.NamedNode(CG + lie.of)):
        if typed.subject in arms or (lie.stance and stances(store, typed.subject) != {lie.stance}):
            continue
        for quad in store.quads_for_pattern(typed.subject, lie.property_, None):
            told = lie.tell(quad.object.value)
            if told != quad.object.value and "/graph/ontology/" not in quad.graph_name.value:
                yield quad, told


def found_by(store: ox.Store, lint: str) -> set[str]:
    text = (ROOT / "shapes" / "lint" / f"{lint}-violation.rq").read_text(encoding="utf-8")
    return {row["node"].value for row in store.query(text, use_default_graph_as_union=True)}


@pytest.mark.parametrize("seed", SEEDS)
def test_each_lie_that_is_planted_is_found_and_nothing_else(seed: int) -> None:
    store = ox.Store()
    store.extend(quads())
    rng = random.Random(seed)
    planted: dict[str, str] = {}
    for name, lie in LIES.items():
        choice = sorted(candidates(store, lie), key=lambda each: str(each[0]))
        choice = [each for each in choice if each[0].subject.value not in planted.values()]
        assert choice, f"nothing to tell this lie of: {name}"
        quad, told = rng.choice(choice)
        graph = ox.NamedNode(quad.graph_name.value.replace("/graph/derived", "/graph/data/planted"))
        store.remove(quad)
        store.add(ox.Quad(quad.subject, quad.predicate, ox.Literal(told, language="en"), graph))
        planted[name] = quad.subject.value

    told_of = {lint: found_by(store, lint) for lint in LINTS}

    assert {name: node for name, node in planted.items() if node not in told_of[LIES[name].lint]} == {}
    assert set().union(*told_of.values()) == set(planted.values())


def test_without_a_lie_nothing_is_found() -> None:
    store = ox.Store()
    store.extend(quads())

    assert {lint: found_by(store, lint) for lint in LINTS} == {lint: set() for lint in LINTS}
