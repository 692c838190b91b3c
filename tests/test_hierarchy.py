"""What is a kind of what: calcifications, bone, deaths, events, places; what is carried up is marked as such.

What the kinds are is typed here by hand, from the definitions of the two ends, and not read from the data.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from datasets import dataset_of

ROOT = Path(__file__).parent.parent
CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
SRV = "https://w3id.org/calcigraph/server#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

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
    files = sorted((ROOT / "data").rglob("*.ttl"))
    quads = (q for path in files for q in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE))
    for t in quads:
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
        assert not {"vitamin-k2", "warfarin"} & {
            a for a, b in pairs("netInhibits") | pairs("netPromotes") if b == condition
        }


def test_nothing_runs_down_to_a_kind() -> None:
    carried = {b for a, b in pairs("netInhibitsKindOf") | pairs("netPromotesKindOf")}
    assert not carried & {"coronary-artery-calcification", "aortic-calcification", "calciphylaxis"}


# --- findings stand once, on what was measured


@cache
def links() -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for t in triples():
        if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode):
            found[short(t.subject.value)][short(t.predicate.value)].add(short(t.object.value))
    return found


def short(iri: str) -> str:
    return iri.removeprefix(ID).removeprefix(CG).removeprefix(SRV)


def values(node: str, *path: str) -> set[str]:
    nodes = {node}
    for step in path:
        nodes = {value for here in nodes for value in links()[here][step]}
    return nodes


def of_kind(kind: str) -> list[str]:
    return sorted(node for node in links() if kind in links()[node][TYPE])


# Where the outcome was measured, by the records that were read: DOI of a report, and the places.
MEASURED = {
    "10.1161/CIRCULATIONAHA.121.057008": {
        "aortic-valve-calcification",
        "aortic-calcification",
        "coronary-artery-calcification",
    },
    "10.1016/j.jacadv.2023.100643": {"coronary-artery-calcification"},
    "10.3945/ajcn.2008.27338": {"coronary-artery-calcification"},
}


def test_no_finding_is_copied_to_a_wider_condition() -> None:
    lines = [line for line in of_kind("EvidenceLine") if values(line, "hasEvidence", "findingOf")]
    assert len(lines) > 350
    for line in lines:
        measured = values(line, "hasEvidence", "outcome", "outcomeOf")
        (stated,) = values(line, "aboutProposition", "propositionObject")
        if stated not in measured:
            assert not any((one, stated) in pairs("broaderThing") for one in measured), line


@pytest.mark.parametrize("doi", MEASURED)
def test_a_report_on_calcification_bears_on_what_it_measured(doi: str) -> None:
    literal = {
        short(t.subject.value)
        for t in triples()
        if t.predicate.value == CG + "doi" and t.object.value.lower() == doi.lower()
    }
    assert len(literal) == 1
    kinds = {a for a, b in pairs("broaderThing") if b == "calcification"} | {"calcification"}
    borne_on = {
        stated
        for line in of_kind("EvidenceLine")
        if values(line, "hasEvidence", "reportedIn") <= literal and values(line, "hasEvidence", "reportedIn")
        for stated in values(line, "aboutProposition", "propositionObject") & kinds
    }
    assert borne_on == MEASURED[doi]


def test_only_support_is_carried_up_and_it_counts_for_nothing() -> None:
    carried = of_kind("CarriedLine")
    assert len(carried) > 20
    for node in carried:
        (line,), (wide,) = values(node, "carriedFrom"), values(node, "carriedTo")
        (narrow,) = values(line, "aboutProposition")
        assert values(line, "stance") == {"supports"}, node
        assert values(line, "standing") != {"withdrawn"}, node
        for part in ("propositionSubject", "propositionRelation"):
            assert values(narrow, part) == values(wide, part), node
        assert values(narrow, "context") & values(wide, "context"), node
        (kind,), (thing,) = values(narrow, "propositionObject"), values(wide, "propositionObject")
        assert (kind, thing) in pairs("broaderThing"), node
        assert not links()[node]["aboutProposition"] | links()[node]["stance"] | links()[node]["grade"], node


def test_every_null_result_on_a_kind_is_one_step_from_the_wider_proposition() -> None:
    by_parts: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for p in of_kind("Proposition"):
        if len(values(p, "propositionSubject")) == 1:
            (s,), (r,) = values(p, "propositionSubject"), values(p, "propositionRelation")
            for context in values(p, "context"):
                by_parts[s, r, context].add(p)
    null = {
        p
        for line in of_kind("EvidenceLine")
        if values(line, "stance") == {"noEffect"}
        for p in values(line, "aboutProposition")
    }
    conditional = {short(t.subject.value) for t in triples() if t.predicate.value == CG + "condition"}
    seen = 0
    for group in by_parts.values():
        for narrow in group & null - conditional:
            for wide in group - conditional:
                (kind,), (thing,) = values(narrow, "propositionObject"), values(wide, "propositionObject")
                if (kind, thing) in pairs("broaderThing"):
                    assert narrow in values(wide, "narrowerProposition"), (wide, narrow)
                    seen += 1
    assert seen > 10
