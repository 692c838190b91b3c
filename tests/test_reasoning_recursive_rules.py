"""Recursive CONSTRUCT rules under removal: nothing stays because of itself, and everything has a proof."""

from __future__ import annotations

from collections import Counter
from random import Random

import pyoxigraph as ox
import pytest

from calcigraph.reasoning import ConstructRule, Inference, check_proof, infer
from recursive_rules import JOIN, PREFIX, RECURSIONS, STEP, Recursion, expected, has_circle
from test_reasoning_rules import parse

RULE = {
    "itself": "CONSTRUCT { ?x :p ?y } WHERE { ?x :p ?y }",
    "the other way": "CONSTRUCT { ?y :p ?x } WHERE { ?x :p ?y }",
}


@pytest.mark.parametrize("stage", ["before", "after"])
@pytest.mark.parametrize("name", RULE)
def test_a_removed_triple_does_not_stay_because_of_itself(name: str, stage: str):
    rules = (ConstructRule("rule", stage, PREFIX + RULE[name]),)
    inference = infer(parse(":a :p :b ."), rules)
    inference, change = inference.after(remove=parse(":a :p :b ."))
    assert inference.derived == frozenset()
    assert change.derived_added == frozenset()


def test_a_triple_that_is_entailed_no_more_does_not_stay_because_of_itself():
    rules = (ConstructRule("rule", "after", PREFIX + RULE["the other way"]),)
    inference = infer(parse(":q rdfs:subPropertyOf :p . :a :q :b ."), rules)
    inference, change = inference.after(remove=parse(":a :q :b ."))
    assert inference.derived == frozenset()
    assert change.derived_removed == set(parse(":b :p :a ."))


def test_a_triple_that_is_asserted_no_more_and_built_late_is_gone_for_early_rules():
    rules = (
        ConstructRule("early", "before", PREFIX + "CONSTRUCT { ?x a :C } WHERE { ?x :p ?y }"),
        ConstructRule("late", "after", PREFIX + "CONSTRUCT { ?x :p ?y } WHERE { ?x :q ?y }"),
    )
    inference = infer(parse(":a :p :b ; :q :b ."), rules)
    inference, change = inference.after(remove=parse(":a :p :b ."))
    assert inference.derived == change.derived_added == set(parse(":a :p :b ."))
    assert change.derived_removed == set(parse(":a a :C ."))


def test_a_triple_does_not_stay_because_of_itself_when_an_addition_takes_its_reason():
    where = "{ { ?y a :Seed FILTER NOT EXISTS { ?y a :Not } } UNION { ?x a :C ; :p ?y } }"
    rules = (ConstructRule("rule", "before", f"{PREFIX}CONSTRUCT {{ ?y a :C }} WHERE {where}"),)
    inference = infer(parse(":a a :Seed ; :p :b . :b :p :a ."), rules)
    assert inference.derived == set(parse(":a a :C . :b a :C ."))
    changed, _ = inference.after(add=parse(":a a :Not ."))
    assert changed.derived == frozenset()


def is_proven(inference: Inference, rules: tuple[ConstructRule, ...]) -> int:
    """How many steps of the proofs of derived triples were checked."""
    count = 0
    for triple in inference.derived:
        proof = inference.explain(triple)
        assert proof is not None, triple
        assert proof.rule.startswith("construct:")
        check_proof(proof, rules)
        steps = list(proof.steps())
        assert all(step.premises or step.triple not in inference.derived for step in steps)
        assert triple not in [step.triple for step in steps[1:]]
        count += len(steps)
    return count


def follow(recursion: Recursion, random: Random, hits: Counter[str]) -> None:
    """Remove from some triples, and now and then add others, until few are left."""
    axioms, rules = frozenset(parse(recursion.axioms)), recursion.rules
    data = set(recursion.data(random))
    inference = infer(axioms | data, rules)
    while True:
        asserted = axioms | data
        derived, inferred = expected(recursion, asserted)
        assert inference.derived == derived
        assert inference.inferred == inferred
        hits["steps"] += is_proven(inference, rules)
        if len(data) < 2:
            return
        remove = set(random.sample(sorted(data, key=str), random.choice((1, 1, 2))))
        add = set(recursion.data(random)[:1]) - data if random.random() < 0.4 else set()
        inference, change = inference.after(add=add, remove=remove)
        data = (data - remove) | add
        assert change.derived_added == inference.derived - derived
        assert change.derived_removed == derived - inference.derived
        hits["removals"] += 1
        hits["took back"] += bool(change.derived_removed)
        hits["another support"] += bool(remove & inference.derived)
        hits["circle"] += has_circle(recursion, axioms | data, asserted | derived | inferred)


def campaign(recursion: Recursion, removals: int, seed: int) -> Counter[str]:
    random, hits = Random(f"{recursion.name} {seed}"), Counter[str]()
    while hits["removals"] < removals:
        follow(recursion, random, hits)
    return hits


def has_hit(hits: Counter[str]) -> None:
    """Fail where the triples drawn miss what these tests are for."""
    print(dict(hits))
    assert hits["took back"] >= 0.3 * hits["removals"]
    assert hits["another support"] >= 0.05 * hits["removals"]
    assert hits["circle"] >= 0.2 * hits["removals"]


def test_what_recursive_rules_build_equals_building_it_anew_after_removals():
    hits = Counter[str]()
    for recursion in RECURSIONS:
        hits += campaign(recursion, 4, seed=1)
    assert hits["removals"] >= 100
    has_hit(hits)


@pytest.mark.campaign
def test_thousands_of_removals_equal_building_anew():
    hits = Counter[str]()
    for recursion in RECURSIONS:
        hits += campaign(recursion, 120, seed=2)
    assert hits["removals"] >= 2000
    has_hit(hits)


def last_steps(inference: Inference, triple: ox.Triple, rules: tuple[ConstructRule, ...]) -> int:
    """How many last steps of proofs of a triple there are; each is checked, with all below it."""
    proofs = inference.proofs(triple, 1000)
    assert proofs.complete
    for proof in proofs.items:
        check_proof(proof, rules)
        assert triple not in [step.triple for step in list(proof.steps())[1:]]
    steps = {(proof.rule, frozenset(below.triple for below in proof.premises)) for proof in proofs.items}
    assert len(steps) == len(proofs.items) > 0
    return len(steps)


def test_no_last_step_of_a_proof_leans_on_what_it_proves():
    random, triples, several = Random(4), 0, 0
    for recursion in RECURSIONS * 3:
        inference = infer([*parse(recursion.axioms), *recursion.data(random)], recursion.rules)
        derived = sorted(inference.derived, key=str)
        for triple in random.sample(derived, min(4, len(derived))):
            triples += 1
            several += last_steps(inference, triple, recursion.rules) > 1
            assert inference.explain(triple)  # as before: the search left nothing behind
    assert triples > 100
    assert several > 20


def test_alternatives_are_counted_without_those_that_go_in_circles():
    rules = (
        ConstructRule("step", "before", f"{PREFIX}CONSTRUCT {STEP}"),
        ConstructRule("join", "before", f"{PREFIX}CONSTRUCT {JOIN}"),
    )
    inference = infer(parse(":a :p :b . :b :p :c . :c :p :a . :a :p :c ."), rules)
    found = {
        (proof.rule, *sorted(str(premise.triple) for premise in proof.premises))
        for proof in inference.proofs(parse(":a :r :c .")[0]).items
    }
    # Not :a :r :a with :a :r :c, nor :a :r :c with :c :r :c.
    assert found == {
        ("construct:step", str(parse(":a :p :c .")[0])),
        ("construct:join", *sorted(map(str, parse(":a :r :b . :b :r :c .")))),
    }


def test_a_long_recursion_has_a_proof():
    rules = (ConstructRule("on", "before", f"{PREFIX}CONSTRUCT {{ ?y a :C }} WHERE {{ ?x :p ?y ; a :C }}"),)
    length = 600
    chain = " ".join(f":n{n} :p :n{n + 1} ." for n in range(length))
    inference = infer(parse(f"{chain} :n0 a :C ."), rules)
    proof = inference.explain(parse(f":n{length} a :C .")[0])
    assert sum(1 for _ in proof.steps()) == 2 * length + 1
    check_proof(proof, rules)


def test_a_proof_in_a_dense_circle_is_found_without_trying_all_ways():
    nodes = [f":n{n}" for n in range(9)]
    text = " ".join(f"{x} :p {y} ." for x in nodes for y in nodes if x != y)
    rules = (
        ConstructRule("turn", "before", f"{PREFIX}CONSTRUCT {{ ?y :r ?x }} WHERE {{ ?x :p ?y }}"),
        ConstructRule("join", "before", f"{PREFIX}CONSTRUCT {JOIN}"),
        ConstructRule("back", "before", f"{PREFIX}CONSTRUCT {{ ?x :p ?y }} WHERE {{ ?x :r ?y }}"),
    )
    assert is_proven(infer(parse(text), rules), rules) >= 81
