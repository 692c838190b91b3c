"""Anonymous restrictions that say the same are closed as one, and nobody sees it: not in what is inferred,
not in changes, not in proofs; but where they are many, what is said of one is not repeated for the others."""

from __future__ import annotations

from collections import Counter
from random import Random

import pyoxigraph as ox
import pytest

from calcigraph.errors import Severity
from calcigraph.reasoning import Inference, Limits, check_proof, infer
from calcigraph.reasoning.engines import owlrl
from equal_expressions import Ontology, Triples
from test_reasoning_closure import compared
from test_reasoning_removal import clashes, is_proved
from test_reasoning_rules import parse

FEW = Limits(copies=0)


def groups(inference: Inference) -> dict[int, list[int]]:
    return inference._parts.engine.state().copies.groups.members


def with_names(triples: Triples) -> Triples:
    """The same with an IRI for each blank node: nothing is merged then."""

    def name(term: object) -> object:
        return ox.NamedNode(f"urn:blank:{term.value}") if isinstance(term, ox.BlankNode) else term

    return {ox.Triple(*map(name, triple)) for triple in triples}  # type: ignore[arg-type]


def test_closure_equals_that_of_restrictions_with_names():
    hits: Counter[str] = Counter()
    for seed in range(60):
        ontology = Ontology(Random(seed))
        asserted = ontology.schema | ontology.facts
        inference = infer(asserted)
        assert with_names(inference.inferred) == infer(with_names(asserted)).inferred, seed
        hits["merged"] += bool(groups(inference))
        hits["left apart"] += inference._parts.engine.state().copies.are_refused
        hits["nested"] += len(groups(inference)) > 3
    assert hits["merged"] >= 45, hits
    assert hits["left apart"] >= 4, hits
    assert hits["nested"] >= 10, hits


def test_closure_equals_owlrls_where_restrictions_are_written_again_and_again():
    text = """
    :p a owl:ObjectProperty ; rdfs:subPropertyOf :q . :q a owl:ObjectProperty . :A a owl:Class .
    :B rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :A ] .
    :C owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :A ] .
    :D rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom
        [ owl:onProperty :q ; owl:allValuesFrom :A ] ] .
    [ owl:onProperty :q ; owl:someValuesFrom [ owl:onProperty :q ; owl:allValuesFrom :A ] ]
        rdfs:subClassOf :E .
    :x a [ owl:onProperty :p ; owl:hasValue :v ] .
    [ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :F .
    """
    asserted = set(parse(text))
    inference = infer(asserted)
    assert len(groups(inference)) == 3
    assert compared(asserted | inference.inferred) == compared(owlrl.close(asserted))
    assert set(parse(":B rdfs:subClassOf :C . :x a :F .")) <= inference.inferred
    # One filler is written twice, which is one class by meaning; scm-svf2 asks for one node.
    assert not set(parse(":D rdfs:subClassOf :E .")) & inference.inferred


@pytest.mark.parametrize("limits", [Limits(), FEW], ids=["shown on all copies", "shown on one"])
def test_changes_equal_recomputing_and_all_is_proved(limits: Limits):
    hits: Counter[str] = Counter()
    for seed in range(500, 506):
        ontology = Ontology(Random(seed))
        rng, asserted = Random(seed), ontology.schema | ontology.facts
        old = infer(asserted, limits=limits)
        for _ in range(3):
            pool = sorted(ontology.facts & asserted if rng.random() < 0.7 else asserted, key=str)
            remove = {rng.choice(pool)} if pool else set()
            add = {ontology.fact()} if rng.random() < 0.7 else set(ontology.schema - asserted)
            before = old.inferred
            asserted = (asserted - remove) | add
            new, said = old.after(add=add, remove=remove)
            anew = infer(asserted, limits=limits)
            assert new.inferred == anew.inferred, seed
            assert said.inferred_added == anew.inferred - before
            assert said.inferred_removed == before - anew.inferred
            assert clashes(new, asserted) == clashes(anew, asserted)
            hits["proved"] += is_proved(new, asserted, most=20)
            hits["merged"] += bool(groups(new))
            hits["kept up"] += bool(groups(new)) and groups(new) is groups(old)
            old = new
    assert hits["merged"] >= 12, hits
    assert hits["kept up"] >= 4, hits
    assert hits["proved"] >= 100, hits


@pytest.mark.parametrize("written", [":C0", ":C9"])
def test_a_clash_over_copies_of_equal_classes_is_told_by_a_triple_that_somebody_wrote(written: str):
    said = "owl:onProperty :p ; owl:someValuesFrom :A"
    copies = " ".join(f":D{n} rdfs:subClassOf [ {said} ] ." for n in range(9))
    text = f""":C0 owl:sameAs :C9 . :A a owl:Class . :x a :B , {written} . :B rdfs:subClassOf [ {said} ] .
      {written} owl:disjointWith [ {said} ] . {copies}"""
    asserted = set(parse(text))
    inference = infer(asserted)
    assert groups(inference)
    (clash,) = inference.clashes
    assert set(clash.axioms) <= asserted


def named(triples: Triples) -> Triples:
    return {t for t in triples if not any(isinstance(term, ox.BlankNode) for term in t)}


def test_what_is_left_out_says_of_another_copy_what_is_said_and_nothing_of_names():
    hits: Counter[str] = Counter()
    for seed in range(1_000, 1_040):
        ontology = Ontology(Random(seed))
        asserted = ontology.schema | ontology.facts
        whole, few = infer(asserted), infer(asserted, limits=FEW)
        assert few.inferred <= whole.inferred
        assert named(few.inferred) == named(whole.inferred)
        first = first_copies(few)

        def told(triples: Triples, first: dict[object, object] = first) -> set[tuple[object, ...]]:
            found = {tuple(first.get(term, term) for term in t) for t in triples}
            return {t for t in found if t[0] != t[2]}

        assert told(few.inferred | asserted) == told(whole.inferred | asserted)
        hits["left out"] += len(whole.inferred) - len(few.inferred)
    assert hits["left out"] > 1_000, hits


def first_copies(inference: Inference) -> dict[object, object]:
    """The first copy of each one, by the node."""
    terms = inference._parts.terms.terms
    return {terms[copy]: terms[root] for root, copies in groups(inference).items() for copy in copies}


def test_copies_that_are_left_out_are_said_at_an_axiom_with_the_bound_that_has_them_all():
    copies = " . ".join(
        f":C{i} rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :A ]" for i in range(40)
    )
    asserted = parse(f":A a owl:Class . {copies} .")
    few, whole = infer(asserted, limits=Limits(copies=100)), infer(asserted)
    (finding,) = few.findings
    assert finding.message.startswith("40 anonymous restrictions say the same")
    assert finding.severity is Severity.INFO
    assert "<http://www.w3.org/2002/07/owl#onProperty> <http://example.org/p> ." in finding.statement
    assert whole.findings == ()
    # Of 40 classes and 40 copies: each class below each other copy, each copy below and equal to each other.
    assert len(whole.inferred) == 40 * 39 + 2 * 40 * 39
    assert len(few.inferred) == 39
    needed = int(finding.remedy.partition("--limit copies ")[2].split()[0])
    assert infer(asserted, limits=Limits(copies=needed)).inferred == whole.inferred


@pytest.mark.parametrize("written", ["_:a", "_:b"])
@pytest.mark.parametrize("axiom", [":C owl:equivalentClass {} .", ":C owl:unionOf ({} :D) ."])
@pytest.mark.parametrize(
    ("fact", "goal"),
    [
        (":E rdfs:subClassOf {}, :F, :G, :H .", ":E rdfs:subClassOf :C ."),
        (":q rdfs:domain {} .", ":q rdfs:domain :C ."),
    ],
)
def test_a_proof_takes_the_copy_that_an_axiom_names(fact: str, goal: str, axiom: str, written: str):
    """By that axiom it is below :C; what leads from one copy to the other would be further steps."""
    both = " ".join(f"{name} owl:onProperty :p ; owl:hasValue :v ." for name in ("_:a", "_:b"))
    said = f"{fact.format(written)} {axiom.format(written)}"
    *asserted, wanted = parse(f":p a owl:ObjectProperty . {both} {said} {goal}")
    inference = infer(asserted)
    assert len(groups(inference)) == 1
    proof = inference.explain(wanted)
    check_proof(proof)
    assert proof.depth == 2
