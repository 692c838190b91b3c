"""The closure: complete and sound against owlrl and against the W3C's own wording of the rules."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning import check_proof, infer
from calcigraph.reasoning.engines import owlrl
from calcigraph.reasoning.rules.trivial import axiomatic
from reasoning_ontologies import OWL, RDF, RDFS, TYPE, XSD, everything, flat, groups, iri
from test_reasoning_rules import parse

SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck)}
DATATYPES = (XSD, RDFS + "Literal", RDF + "PlainLiteral", RDF + "HTML", RDF + "langString")


def is_datatype(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(DATATYPES)


def is_peer_fault(triple: ox.Triple) -> bool:
    """Where owlrl differs from the W3C's tables, by rule.

    - dt-type2: it types a literal by its own datatype and a few others, not by all that hold its value.
    - no rule: it declares xsd:date, rdf:HTML and more as datatypes, and datatypes as disjoint.
    """
    if triple.predicate == TYPE:
        return is_datatype(triple.object) or is_datatype(triple.subject)
    return triple.predicate == iri("owl:disjointWith") and is_datatype(triple.subject)


def compared(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """Triples without axiomatic and reflexive ones, memberships of owl:Thing, and known faults of owlrl."""
    thing, nothing = iri("owl:Thing"), iri("owl:Nothing")
    hierarchy = {iri(n) for n in ("rdfs:subClassOf", "rdfs:domain", "rdfs:range", "rdf:type")}
    reflexive = {iri(n) for n in ("rdfs:subClassOf", "rdfs:subPropertyOf", "owl:equivalentClass")}
    reflexive |= {iri("owl:equivalentProperty"), iri("owl:sameAs")}
    return {
        t
        for t in set(triples) - set(axiomatic())
        if not (t.predicate in hierarchy and t.object == thing)
        and not (t.predicate in reflexive and t.subject == t.object)
        and not (t.predicate == iri("rdfs:subClassOf") and t.subject == nothing)
        and not is_peer_fault(t)
    }


def with_last_key_twice(asserted: set[ox.Triple]) -> set[ox.Triple]:
    """The same keys for owlrl, which never looks at the last property of one (prp-key)."""
    first, rest, nil = iri("rdf:first"), iri("rdf:rest"), iri("rdf:nil")
    ends = [t for t in asserted if t.predicate == rest and t.object == nil and "-hasKey-" in t.subject.value]
    out = set(asserted) - set(ends)
    for end in ends:
        more = ox.NamedNode(end.subject.value + "-again")
        last = next(t.object for t in asserted if t.subject == end.subject and t.predicate == first)
        out |= {ox.Triple(end.subject, rest, more), ox.Triple(more, first, last), ox.Triple(more, rest, nil)}
    return out


def without_cells(triples: set[ox.Triple]) -> set[ox.Triple]:
    return {t for t in triples if t.predicate not in (iri("rdf:first"), iri("rdf:rest"))}


def equals_peer(asserted: set[ox.Triple]) -> None:
    ours, peers = asserted | infer(asserted).inferred, owlrl.close(with_last_key_twice(asserted))
    assert without_cells(compared(ours)) == without_cells(compared(peers))


def test_owlrl_makes_things_equal_that_share_no_key():
    text = ":R owl:hasKey (:p) . :a a :R ; :p 1 . :b a :R ; :p 2 ."
    same = parse(":a owl:sameAs :b .")[0]
    assert same in set(owlrl.close(parse(text)))
    assert same not in infer(parse(text)).inferred


@settings(max_examples=60, **SETTINGS)
@given(st.lists(groups, max_size=14))
def test_closure_equals_owlrls_on_random_ontologies(parts):
    equals_peer(flat(parts))


@pytest.mark.campaign
@settings(max_examples=1000, **SETTINGS)
@given(st.lists(groups, max_size=18))
def test_closure_equals_owlrls_on_a_thousand_random_ontologies(parts):
    equals_peer(flat(parts))


def is_proved(asserted: set[ox.Triple]) -> None:
    inference = infer(asserted)
    assert not inference.inferred & asserted
    for triple in inference.inferred:
        proof = inference.explain(triple)
        check_proof(proof)
        assert all(axiom in asserted for step in proof.steps() for axiom in step.axioms)
        leaves = {step.triple for step in proof.steps() if step.rule == "asserted"}
        assert leaves <= asserted
    for clash in inference.clashes:
        assert len(clash.proofs) == len(clash.facts)


@settings(max_examples=50, **SETTINGS)
@given(st.lists(everything, max_size=12))
def test_every_inferred_triple_has_a_proof_of_which_each_step_checks(parts):
    is_proved(flat(parts))


@pytest.mark.campaign
@settings(max_examples=500, **SETTINGS)
@given(st.lists(everything, max_size=16))
def test_every_inferred_triple_has_a_proof_in_a_long_campaign(parts):
    is_proved(flat(parts))


def test_engine_owlrl_gives_the_same_answers_through_the_same_door():
    asserted = {
        ox.Triple(iri(":i0"), TYPE, iri(":C0")),
        ox.Triple(iri(":C0"), iri("rdfs:subClassOf"), iri(":C1")),
        ox.Triple(iri(":C1"), iri("owl:disjointWith"), iri(":C2")),
    }
    peer, ours = infer(asserted, engine="owlrl"), infer(asserted)
    assert compared(peer.inferred) == compared(ours.inferred)
    wanted = ox.Triple(iri(":i0"), TYPE, iri(":C1"))
    assert peer.explain(wanted) == ours.explain(wanted)
    new = ox.Triple(iri(":i0"), TYPE, iri(":C2"))
    assert [c.rule for c in peer.after(add=[new])[1].clashes] == ["cax-dw"]


def test_engine_none_infers_nothing():
    asserted = [
        ox.Triple(iri(":i0"), TYPE, iri(":C0")),
        ox.Triple(iri(":C0"), iri("rdfs:subClassOf"), iri(":C1")),
    ]
    inference = infer(asserted, engine="none")
    assert inference.inferred == frozenset()
    assert inference.explain(asserted[0]).rule == "asserted"
    assert inference.after(remove=asserted[:1])[1].inferred_removed == frozenset()


def test_asserted_lexical_forms_survive():
    number = ox.Literal("0.70", datatype=iri("xsd:decimal"))
    asserted = [
        ox.Triple(iri(":i0"), iri(":p0"), number),
        ox.Triple(iri(":p0"), iri("rdfs:subPropertyOf"), iri(":p1")),
    ]
    assert infer(asserted).inferred == {ox.Triple(iri(":i0"), iri(":p1"), number)}


def test_cached_results_are_given_back_and_a_change_still_works():
    asserted = [
        ox.Triple(iri(":i0"), TYPE, iri(":C0")),
        ox.Triple(iri(":C0"), iri("rdfs:subClassOf"), iri(":C1")),
    ]
    first = infer(asserted)
    again = type(first).from_cache(asserted, first.cache)
    assert again.inferred == first.inferred
    assert again.clashes == ()
    assert again.explain(next(iter(first.inferred))) == first.explain(next(iter(first.inferred)))
    assert again.after(remove=asserted[1:])[1].inferred_removed == first.inferred


def test_trivial_triples_are_given_on_request():
    asserted = [ox.Triple(iri(":C0"), TYPE, ox.NamedNode(OWL + "Class"))]
    inference = infer(asserted)
    assert inference.inferred == frozenset()
    assert ox.Triple(iri(":C0"), iri("rdfs:subClassOf"), iri("owl:Thing")) in inference.trivial
    assert not inference.trivial & set(asserted)


def test_progress_is_told_while_closing():
    seen = []
    asserted = [
        ox.Triple(iri(":i0"), TYPE, iri(":C0")),
        ox.Triple(iri(":C0"), iri("rdfs:subClassOf"), iri(":C1")),
    ]
    infer(asserted, progress=lambda stage, facts: seen.append((stage, facts)))
    assert seen
    assert seen[-1][1] >= 3
