"""Versions: a change makes another one, and the one before answers as it did, to any thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pyoxigraph as ox
import pytest

import dense
from calcigraph.reasoning import ConstructRule, Inference, LimitMet, Limits, infer
from test_reasoning_removal import is_proved
from test_reasoning_rules import parse

RULE = ConstructRule(
    "grand",
    "before",
    "PREFIX : <http://example.org/> CONSTRUCT { ?x :grand ?z } WHERE { ?x :parent ?y . ?y :parent ?z }",
)
LAST = ConstructRule(
    "elder",
    "after",
    "PREFIX : <http://example.org/> CONSTRUCT { ?x a :Elder } WHERE { ?x a :Person . ?y :grand ?x }",
)


def answers(inference: Inference) -> dict[str, Any]:
    """Everything that a version answers, found anew."""
    triples = sorted(inference.inferred | inference.derived, key=str)
    return {
        "inferred": inference.inferred,
        "derived": inference.derived,
        "clashes": [(str(clash), clash.proofs) for clash in inference.clashes],
        "proofs": {triple: inference.explain(triple) for triple in triples},
        "findings": inference.findings,
    }


def family(size: int) -> list[ox.Triple]:
    text = ":parent rdfs:domain :Person ; rdfs:range :Person . :C owl:disjointWith :D . "
    text += ":p a owl:FunctionalProperty . "
    text += " ".join(f":n{i} :parent :n{i + 1} ; :p :m{i // 2} . :m{i // 2} a :C ." for i in range(size))
    return parse(text)


def test_the_version_before_answers_as_it_did():
    before = infer(family(6), (RULE, LAST))
    known = answers(infer(family(6), (RULE, LAST)))
    after, change = before.after(
        add=parse(":n1 :p :m9 ; :parent :n7 . :m9 a :D ; :q 5 ."), remove=parse(":n0 :parent :n1 .")
    )
    assert change.derived_removed
    assert change.clashes
    assert answers(before) == known
    assert answers(after) != known
    assert answers(before.after(add=parse(":n1 :p :m9 ; :parent :n7 . :m9 a :D ; :q 5 ."))[0]) != known
    assert answers(before) == known


def test_two_versions_made_of_the_same_one_know_nothing_of_each_other():
    start = [*family(4), *parse("xsd:integer rdfs:subClassOf :Number . :q rdfs:range :Number .")]
    before = infer(start, (RULE, LAST))
    one, _ = before.after(add=parse(":n0 :q 1 ; :p :x . :n2 :parent :n0 ."))
    other, _ = before.after(add=parse(":n0 :q 2 ; :p :y . :y :parent :n3 ."))
    wanted = infer([*start, *parse(":n0 :q 2 ; :p :y . :y :parent :n3 .")], (RULE, LAST))
    assert (other.inferred, other.derived) == (wanted.inferred, wanted.derived)
    again, _ = one.after(remove=parse(":n0 :q 1 ; :p :x . :n2 :parent :n0 ."))
    assert (again.inferred, again.derived) == (before.inferred, before.derived)


def ask(inference: Inference, triples: list[ox.Triple], known: dict[ox.Triple, Any]) -> int:
    for triple in triples:
        assert inference.explain(triple) == known[triple]
    return len(triples)


def test_threads_read_a_version_while_another_makes_the_next_ones():
    start = family(40)
    known = {triple: infer(start, (RULE,)).explain(triple) for triple in infer(start, (RULE,)).inferred}
    version = first = infer(start, (RULE,))
    rng = Random(1)
    with ThreadPoolExecutor(2) as threads:
        for i in range(12):
            order = rng.choices(sorted(known, key=str), k=60)
            reading = [threads.submit(ask, first, order, known) for _ in range(2)]
            change = parse(f":n{i} :p :new{i} . :new{i} :q {i} . :n{3 * i} :parent :new{i} .")
            version, _ = version.after(add=change, remove=parse(f":n{2 * i} :parent :n{2 * i + 1} ."))
            assert [done.result() for done in reading] == [60, 60]
    gone = {triple for i in range(12) for triple in parse(f":n{2 * i} :parent :n{2 * i + 1} .")}
    new = [
        t
        for i in range(12)
        for t in parse(f":n{i} :p :new{i} . :new{i} :q {i} . :n{3 * i} :parent :new{i} .")
    ]
    assert version.inferred == infer({*start, *new} - gone, (RULE,)).inferred


def test_random_versions_that_nobody_read_yet_answer_as_they_should_when_later_ones_have_been_made():
    for seed in range(25):
        rng = Random(seed)
        asserted = {*dense.schema(rng), *dense.facts(rng)}
        versions = [(infer(asserted), asserted)]
        for _ in range(3):
            remove, add = {rng.choice(sorted(asserted, key=str))}, {dense.fact(rng)}
            asserted = (asserted - remove) | add
            versions.append((versions[-1][0].after(add=add, remove=remove)[0], asserted))
        for version, said in versions:
            assert version.inferred == infer(said).inferred
            is_proved(version, said)


def refused_late(limits: Limits) -> tuple[Inference, list[ox.Triple]]:
    """A version, and a change that meets a bound only after the rules of stage `before` have run."""
    endless = ConstructRule(
        "endless",
        "after",
        "PREFIX : <http://example.org/> CONSTRUCT { ?x :m ?m } WHERE { ?x :m ?n BIND (?n + 1 AS ?m) }",
    )
    return infer(family(3), (RULE, endless), limits=limits), parse(":n3 :parent :n9 ; :m 1 .")


def refused_early(limits: Limits) -> tuple[Inference, list[ox.Triple]]:
    """A version, and a change that makes more terms equal than a bound allows."""
    return infer(family(3), (RULE,), limits=limits), parse(" ".join(f":n0 :p :x{i} ." for i in range(9)))


@pytest.mark.parametrize("make", [refused_late, refused_early])
def test_a_change_that_meets_a_bound_makes_no_version(make: Callable[[Limits], tuple[Inference, Any]]):
    inference, change = make(Limits(construct_rounds=20, equal_terms=5))
    known = answers(inference)
    with pytest.raises(LimitMet):
        inference.after(add=change)
    assert answers(inference) == known
    after, _ = inference.after(add=parse(":n3 :parent :n4 ."))
    assert parse(":n2 :grand :n4 .")[0] in after.derived


def test_a_triple_that_is_removed_and_added_at_once_is_asserted_afterwards():
    inference = infer(parse(":a :p :b . :p rdfs:subPropertyOf :q ."))
    both = parse(":a :p :b .")
    same, change = inference.after(add=both, remove=both)
    assert same.inferred == inference.inferred
    assert change.not_asserted == change.inferred_added == change.inferred_removed == frozenset()
    new = parse(":c :p :d .")
    more, change = inference.after(add=new, remove=new)
    assert change.inferred_added == set(parse(":c :q :d ."))
    assert change.not_asserted == set(new)
    assert more.explain(new[0]).rule == "asserted"


@pytest.mark.parametrize(
    ("gone", "what"),
    [(":a :q :b .", "inferred"), (":a :grand :c .", "derived"), (":x :y :z .", "nowhere"), ("", "nothing")],
)
def test_removing_what_is_not_asserted_changes_nothing_and_says_so(gone: str, what: str):
    start = parse(":a :p :b ; :parent :b . :b :parent :c . :p rdfs:subPropertyOf :q .")
    inference = infer(start, (RULE, LAST))
    missing = set(parse(gone))
    assert missing <= {"inferred": inference.inferred, "derived": inference.derived}.get(what, missing)
    after, change = inference.after(remove=missing)
    assert change.not_asserted == missing
    assert not any((change.inferred_added, change.inferred_removed, change.derived_added))
    assert not change.derived_removed
    assert answers(after) == answers(inference)


def test_what_is_removed_beside_something_that_is_not_asserted_goes():
    inference = infer(parse(":a :p :b . :p rdfs:subPropertyOf :q ."))
    after, change = inference.after(remove=parse(":a :p :b ; :q :b ."))
    assert change.not_asserted == set(parse(":a :q :b ."))
    assert after.inferred == frozenset()


def test_an_asserted_triple_that_still_follows_becomes_an_inferred_one():
    inference = infer(parse(":a :p :b ; :q :b . :p rdfs:subPropertyOf :q ."))
    after, change = inference.after(remove=parse(":a :q :b ."))
    assert change.inferred_added == after.inferred == set(parse(":a :q :b ."))
    assert after.explain(parse(":a :q :b .")[0]).rule == "prp-spo1"
