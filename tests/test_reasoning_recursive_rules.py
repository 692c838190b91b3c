"""Recursive CONSTRUCT rules under removal: nothing stays because of itself, and everything has a proof."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from calcigraph.reasoning import ConstructRule, infer
from recursive_rules import PREFIX, RECURSIONS, Recursion, expected, has_circle
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
    change = inference.change(remove=parse(":a :p :b ."))
    assert inference.derived == frozenset()
    assert change.derived_added == frozenset()


def test_a_triple_that_is_entailed_no_more_does_not_stay_because_of_itself():
    rules = (ConstructRule("rule", "after", PREFIX + RULE["the other way"]),)
    inference = infer(parse(":q rdfs:subPropertyOf :p . :a :q :b ."), rules)
    change = inference.change(remove=parse(":a :q :b ."))
    assert inference.derived == frozenset()
    assert change.derived_removed == set(parse(":b :p :a ."))


def test_a_triple_that_is_asserted_no_more_and_built_late_is_gone_for_early_rules():
    rules = (
        ConstructRule("early", "before", PREFIX + "CONSTRUCT { ?x a :C } WHERE { ?x :p ?y }"),
        ConstructRule("late", "after", PREFIX + "CONSTRUCT { ?x :p ?y } WHERE { ?x :q ?y }"),
    )
    inference = infer(parse(":a :p :b ; :q :b ."), rules)
    change = inference.change(remove=parse(":a :p :b ."))
    assert inference.derived == change.derived_added == set(parse(":a :p :b ."))
    assert change.derived_removed == set(parse(":a a :C ."))


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
        if len(data) < 2:
            return
        remove = set(random.sample(sorted(data, key=str), random.choice((1, 1, 2))))
        add = set(recursion.data(random)[:1]) - data if random.random() < 0.4 else set()
        change = inference.change(add=add, remove=remove)
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
