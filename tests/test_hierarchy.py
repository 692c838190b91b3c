"""What is a kind of what: calcifications, bone, deaths, events, places; what is carried up is marked as such.

What the kinds are is typed here by hand, from the definitions of the two ends, and not read from the data.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from datasets import dataset_of

ROOT = Path(__file__).parent.parent
CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
OWL = "http://www.w3.org/2002/07/owl#"

# The narrower thing, and all that it is a kind of.
KINDS = {
    "coronary-artery-calcification": "arterial-calcification vascular-calcification "
    "soft-tissue-calcification calcification-outside-bone calcification",
    "aortic-calcification": "arterial-calcification vascular-calcification "
    "soft-tissue-calcification calcification-outside-bone calcification",
    "medial-arterial-calcification": "arterial-calcification vascular-calcification "
    "soft-tissue-calcification calcification-outside-bone calcification",
    "arterial-calcification": "vascular-calcification soft-tissue-calcification calcification-outside-bone "
    "calcification",
    "small-vessel-calcification": "vascular-calcification soft-tissue-calcification "
    "calcification-outside-bone calcification",
    "calciphylaxis": "small-vessel-calcification vascular-calcification soft-tissue-calcification "
    "calcification-outside-bone calcification",
    "aortic-valve-calcification": "cardiac-valve-calcification soft-tissue-calcification "
    "calcification-outside-bone calcification",
    "nephrocalcinosis": "kidney-calcification soft-tissue-calcification calcification-outside-bone "
    "calcification",
    "skin-elastin-calcification": "soft-tissue-calcification calcification-outside-bone calcification",
    "calcium-deposition-in-soft-tissue": "calcification-outside-bone calcification",
    "calcification": "",
    "low-bone-density": "reduced-bone-mineral",
    "bone-density-loss": "reduced-bone-mineral",
    "postmenopausal-osteoporosis": "osteoporosis low-bone-density reduced-bone-mineral",
    "hip-fracture": "fracture",
    "vertebral-fracture": "fracture",
    "lumbar-spine-bone-mineral-density": "bone-mineral-density",
    "femoral-neck-bone-mineral-density": "bone-mineral-density",
    "chd-mortality": "heart-disease-mortality cardiovascular-mortality all-cause-mortality",
    "myocardial-infarction": "cardiovascular-events coronary-artery-disease vascular-disease "
    "cardiovascular-disease",
    "stroke": "cardiovascular-disease",
    "mgp-gamma-carboxylation": "protein-gamma-carboxylation protein-carboxylation",
    "coronary-artery": "artery blood-vessel",
    "aortic-valve": "heart-valve",
}
PARTS = {
    "tunica-media": "artery-wall artery blood-vessel whole-body",
    "abdominal-aorta": "aorta artery blood-vessel whole-body",
    "aortic-valve": "heart whole-body",
    "femoral-neck": "femur bone whole-body",
    "vascular-smooth-muscle-cell": "blood-vessel whole-body",
}


@cache
def triples() -> frozenset[ox.Triple]:
    return frozenset(q.triple for q in dataset_of("shipped").quads())


@cache
def pairs(name: str) -> frozenset[tuple[str, str]]:
    return frozenset(
        (t.subject.value.removeprefix(ID), t.object.value.removeprefix(ID))
        for t in triples()
        if t.predicate.value == CG + name and isinstance(t.subject, ox.NamedNode)
    )


def of(name: str, subject: str) -> set[str]:
    return {b for a, b in pairs(name) if a == subject}


@pytest.mark.parametrize("thing", KINDS)
def test_a_thing_is_a_kind_of_all_that_its_definition_says_and_of_nothing_else(thing: str) -> None:
    assert of("broaderThing", thing) == set(KINDS[thing].split())


@pytest.mark.parametrize("place", PARTS)
def test_a_place_is_part_of_all_that_it_lies_in(place: str) -> None:
    assert of("partOf", place) == set(PARTS[place].split())


def test_atherosclerosis_arteriosclerosis_and_arterial_calcification_stay_three_things() -> None:
    three = {"atherosclerosis", "arteriosclerosis", "arterial-calcification"}
    assert all(not three & of("broaderThing", one) for one in three)


def test_what_does_not_hold_by_definition_has_a_source() -> None:
    """Each annotated line stands in the data as well, and names an address."""
    about: dict[ox.BlankNode, dict[str, str]] = {}
    for t in triples():
        if isinstance(t.subject, ox.BlankNode):
            about.setdefault(t.subject, {})[t.predicate.value] = getattr(t.object, "value", "")
    annotated = [n for n in about.values() if n.get(OWL + "annotatedProperty") == CG + "broaderThing"]
    assert len(annotated) == 5
    for node in annotated:
        ends = node[OWL + "annotatedSource"], node[OWL + "annotatedTarget"]
        assert tuple(end.removeprefix(ID) for end in ends) in pairs("broaderThing")
        assert node["http://purl.org/dc/terms/source"].startswith("http")


def test_a_net_effect_is_carried_to_what_is_wider_marked_and_never_as_a_net_effect() -> None:
    """Worked out again from the net effects and a walk over the data's own lines."""
    steps: dict[str, set[str]] = {}
    for t in ox.parse((ROOT / "data" / "hierarchy.ttl").read_bytes(), format=ox.RdfFormat.TURTLE):
        if t.predicate.value == CG + "broaderThing":
            steps.setdefault(t.subject.value.removeprefix(ID), set()).add(t.object.value.removeprefix(ID))

    def wider(thing: str) -> set[str]:
        direct = steps.get(thing, set())
        return direct.union(*(wider(one) for one in direct))

    for sign in ("Promotes", "Inhibits"):
        expected = {(a, w) for a, b in pairs(f"net{sign}") for w in wider(b)}
        assert expected
        assert pairs(f"net{sign}KindOf") == expected
    asked = ("vascular-calcification", "soft-tissue-calcification")
    for condition in asked:
        assert "vitamin-k2" in {a for a, b in pairs("netInhibitsKindOf") if b == condition}
        assert "warfarin" in {a for a, b in pairs("netPromotesKindOf") if b == condition}
        assert not {a for a, b in pairs("netInhibits") | pairs("netPromotes") if b == condition}


def test_nothing_runs_down_to_a_kind() -> None:
    carried = {b for a, b in pairs("netInhibitsKindOf") | pairs("netPromotesKindOf")}
    assert not carried & {"coronary-artery-calcification", "aortic-calcification", "calciphylaxis"}
