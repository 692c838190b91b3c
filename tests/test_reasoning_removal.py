"""Removals where everything hangs together: what is left equals inferring anew, and all of it is proved."""

from __future__ import annotations

from collections import Counter
from random import Random

import pyoxigraph as ox
import pytest

import dense
from calcigraph.reasoning import Inference, check_proof, infer
from calcigraph.reasoning.facts.equality import Equality
from dense import SAME_AS
from test_reasoning_rules import parse

Triples = set[ox.Triple]


MOST = 150
"""Inferred triples that are all proved; of more, a few are.

Where rdf:type is said to be owl:sameAs all the vocabulary is one: of the thousands of triples that follow,
each has thousands of ways to prove it, and takes seconds or a minute. Of more than a thousand none is proved.
"""


def removed(text: str, gone: str) -> tuple[Inference, Triples]:
    """The version after a removal, equal to inferring anew and proved, and what is asserted in it."""
    asserted = set(parse(text))
    inference, _ = infer(asserted).after(remove=parse(gone))
    left = asserted - set(parse(gone))
    assert inference.inferred == infer(left).inferred
    is_proved(inference, left)
    return inference, left


def is_proved(inference: Inference, asserted: Triples, most: int | None = None) -> int:
    """Every inferred triple has a proof, each step of which checks, from asserted triples alone.

    Of more than `most` triples eight are drawn at random, of too many none. Returns how many were proved.
    """
    triples = sorted(inference.inferred, key=str)
    if most is not None and len(triples) > most:
        triples = Random(len(triples)).sample(triples, 8) if len(triples) <= 1_000 else []
    for triple in triples:
        proof = inference.explain(triple)
        assert proof is not None, triple
        check_proof(proof)
        assert leaves(proof) <= asserted
    return len(triples)


def leaves(proof: object) -> Triples:
    steps = list(proof.steps())
    return {s.triple for s in steps if s.rule == "asserted"} | {a for s in steps for a in s.axioms}


def test_what_followed_from_a_second_value_of_a_functional_property_goes_with_it():
    inference, _ = removed(":p a owl:FunctionalProperty . :a :p :b, :c . :b a :C .", ":a :p :c .")
    assert inference.inferred == frozenset()


EQUALITIES = {
    "functional": (":p a owl:FunctionalProperty . :a :p :b .", ":a :p :c ."),
    "inverse functional": (":p a owl:InverseFunctionalProperty . :b :p :a .", ":c :p :a ."),
    "maxCardinality": (":R owl:maxCardinality 1 ; owl:onProperty :p . :a a :R ; :p :b .", ":a :p :c ."),
    "membership": (":R owl:maxCardinality 1 ; owl:onProperty :p . :a :p :b, :c .", ":a a :R ."),
    "qualified": (
        ":R owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass :D ."
        " :a a :R ; :p :b, :c . :b a :D .",
        ":c a :D .",
    ),
    "below sameAs": (":p rdfs:subPropertyOf owl:sameAs .", ":b :p :c ."),
    "asserted": ("", ":b owl:sameAs :c ."),
    "key": (":D owl:hasKey (:p) . :b a :D ; :p :k . :c a :D .", ":c :p :k ."),
    "key's class": (":D owl:hasKey (:p) . :b a :D ; :p :k . :c :p :k .", ":c a :D ."),
    "value of sameAs": (":R owl:hasValue :c ; owl:onProperty owl:sameAs .", ":b a :R ."),
    "chain": ("owl:sameAs owl:propertyChainAxiom (:p :q) . :b :p :a .", ":a :q :c ."),
    "value": (
        ":R owl:hasValue :c ; owl:onProperty :p . :p a owl:FunctionalProperty . :a :p :b .",
        ":a a :R .",
    ),
    "schema": (":a :p :b, :c .", ":p a owl:FunctionalProperty ."),
}
"""Why two terms are equal: what stays, and what is taken away."""


@pytest.mark.parametrize("name", EQUALITIES)
def test_an_equality_falls_with_its_reason(name: str):
    rest, reason = EQUALITIES[name]
    inference, left = removed(f"{rest} {reason} :b a :C . :c a :E .", reason)
    assert not [triple for triple in inference.inferred if triple.predicate == SAME_AS]
    assert not {*parse(":c a :C . :b a :E .")} & (left | inference.inferred)


@pytest.mark.parametrize("name", [name for name in EQUALITIES if name != "asserted"])
def test_an_equality_stands_as_long_as_another_reason_does(name: str):
    rest, reason = EQUALITIES[name]
    inference, _ = removed(f"{rest} {reason} :b owl:sameAs :c ; a :C .", reason)
    assert set(parse(":c a :C . :c owl:sameAs :b .")) <= inference.inferred


def test_of_a_class_of_equals_what_is_still_linked_stays_together():
    inference, _ = removed(
        ":a owl:sameAs :b . :b owl:sameAs :c . :c owl:sameAs :d . :a :p 1 . :d :p 2 .", ":b owl:sameAs :c ."
    )
    assert set(parse(":b :p 1 . :c :p 2 .")) <= inference.inferred
    assert not set(parse(":c :p 1 . :b :p 2 . :a owl:sameAs :d .")) & inference.inferred


def test_literals_of_one_value_part_with_the_terms_that_brought_them_together():
    inference, _ = removed(
        ":p a owl:FunctionalProperty . :a :p 1 . :b :p 1.0 . :a owl:sameAs :b, :c . :c :q :d .",
        ":a owl:sameAs :b .",
    )
    assert not set(parse(":a :p 1.0 . :b :p 1 . :b :q :d .")) & inference.inferred
    assert parse(":a :q :d .")[0] in inference.inferred


def test_what_is_two_values_at_once_differs_from_itself_in_whatever_order_it_became_so():
    asserted = parse(':p rdfs:subPropertyOf owl:sameAs . :a :p "x" . :b :p 1 .')
    both = parse(":a owl:sameAs :b .")
    after, _ = infer(asserted).after(add=both)
    assert after.inferred == infer([*asserted, *both]).inferred
    assert set(parse(":a owl:differentFrom :a, :b .")) <= after.inferred
    is_proved(after, {*asserted, *both})
    again, _ = after.after(remove=both)
    assert again.inferred == infer(asserted).inferred


def test_that_a_thing_equals_itself_does_not_stand_because_a_property_is_functional():
    text = ":p owl:sameAs owl:sameAs . :q a owl:InverseFunctionalProperty . :a :p :a ; :q :b ."
    inference, _ = removed(text, ":a :p :a .")
    assert parse(":a :p :a .")[0] not in inference.inferred


def test_a_literal_that_nothing_mentions_any_more_says_nothing():
    text = (
        "xsd:integer rdfs:subClassOf :Number . :Number rdfs:subClassOf :R . :R owl:onProperty :of ;"
        " owl:hasValue :numbers . :of owl:inverseOf :has . :a :p 1, 2 ."
    )
    inference, _ = removed(text, ":a :p 2 .")
    assert parse(":numbers :has 1 .")[0] in inference.inferred
    assert parse(":numbers :has 2 .")[0] not in inference.inferred


def test_an_attempt_to_remove_what_is_nowhere_brings_none_of_its_literals_in():
    text = (
        "xsd:integer rdfs:subClassOf :R . :R owl:onProperty :of ; owl:hasValue :numbers ."
        " :of owl:inverseOf :has . :a :p 1 ."
    )
    inference, _ = removed(text, ":a :p 7 .")
    later, _ = inference.after(add=parse(":a :q :b ."))
    assert later.inferred == inference.inferred


def test_memberships_follow_where_another_predicate_is_the_same_as_rdf_type():
    text = ":isA owl:sameAs rdf:type . :a :isA :C . :C rdfs:subClassOf :D ."
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
    inference, _ = removed(f"{rdf}{text} :b :isA :C .", ":b :isA :C .")
    assert set(parse(":a a :C, :D ; :isA :D .")) <= inference.inferred
    assert not any(triple.subject == ox.NamedNode("http://example.org/b") for triple in inference.inferred)


def clashes(inference: Inference, asserted: Triples) -> Counter[tuple[str, frozenset[str]]]:
    """The clashes by rule and axioms, each term by the first name that it has."""
    first: dict[object, str] = {}
    for triple in asserted | inference.inferred:
        if triple.predicate == SAME_AS:
            known = first.get(triple.subject, str(triple.subject))
            first[triple.subject] = min(known, str(triple.object))

    def name(triple: ox.Triple) -> str:
        return " ".join(first.get(term, str(term)) for term in triple)

    return Counter((clash.rule, frozenset(map(name, clash.axioms))) for clash in inference.clashes)


def follow(seed: int, hits: Counter[str]) -> None:
    """One random ontology and up to three changes, each of which removes something."""
    rng = Random(seed)
    schema, facts = set(dense.schema(rng)), set(dense.facts(rng))
    asserted = schema | facts
    inference = infer(asserted)
    for _ in range(rng.choice((1, 1, 2, 3))):
        pool = sorted(facts & asserted if rng.random() < 0.85 else asserted, key=str)
        if not pool:
            return
        remove = {rng.choice(pool) for _ in range(rng.choice((1, 1, 1, 2)))}
        add = {dense.fact(rng) for _ in range(rng.choice((0, 0, 1)))}
        facts |= add
        asserted = (asserted - remove) | add
        inference = step(inference, asserted, (add, remove), hits)


def step(old: Inference, asserted: Triples, change: tuple[Triples, Triples], hits: Counter[str]) -> Inference:
    """One change: everything equals inferring anew, before and after it, and everything is proved."""
    add, remove = change
    before, clashed = old.inferred, old.clashes
    new, said = old.after(add=add, remove=remove)
    anew = infer(asserted)
    assert new.inferred == anew.inferred
    assert said.inferred_added == anew.inferred - before
    assert said.inferred_removed == before - anew.inferred
    assert clashes(new, asserted) == clashes(anew, asserted)
    hits["proofs"] += is_proved(new, asserted, most=MOST)
    hits["all proved"] += len(new.inferred) <= MOST
    count(old, new, remove, hits)
    assert (old.inferred, old.clashes) == (before, clashed)
    return new


def count(old: Inference, new: Inference, remove: Triples, hits: Counter[str]) -> None:
    """What a removal did: the figures that say whether the random cases are worth anything."""
    gone = old.inferred - new.inferred - remove
    hits["removals"] += 1
    hits["took back an equality"] += any(triple.predicate == SAME_AS for triple in gone)
    hits["took back another triple"] += any(triple.predicate != SAME_AS for triple in gone)
    hits["left the removed triple inferred"] += bool(remove & new.inferred)
    same = [triple for triple in old.inferred & new.inferred if triple.predicate == SAME_AS]
    kept = same if len(old.inferred) <= MOST else []
    hits["left an equality for another reason"] += any(leaves(old.explain(t)) & remove for t in kept)


def are_worth_it(hits: Counter[str]) -> None:
    """Of a hundred removals, so many have to do what the test is about."""
    print(dict(hits))
    share = {name: 100 * times / hits["removals"] for name, times in hits.items()}
    assert share["took back an equality"] >= 10, hits
    assert share["took back another triple"] >= 25, hits
    assert share["left the removed triple inferred"] >= 3, hits
    assert share["left an equality for another reason"] >= 2, hits
    assert share["all proved"] >= 95, hits


@pytest.mark.parametrize("few", [0, 1_000], ids=["as in large columns", "as in small ones"])
def test_dense_random_removals_equal_recomputing_and_all_is_proved(few: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Equality, "few", few)
    hits: Counter[str] = Counter()
    for seed in range(few, few + 80):
        follow(seed, hits)
    are_worth_it(hits)


@pytest.mark.campaign
def test_twenty_thousand_dense_random_removals_equal_recomputing_and_all_is_proved():
    hits: Counter[str] = Counter()
    seed = 10_000
    while hits["removals"] < 20_000:
        follow(seed, hits)
        seed += 1
    are_worth_it(hits)
