"""Versions of what CONSTRUCT rules derive: a new one leaves the old ones as they were, for any thread."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import pyoxigraph as ox
import pytest

from calcigraph.reasoning import ConstructRule, LimitMet, Limits
from calcigraph.reasoning.constructs.derivation import Derivation, Triples
from recursive_rules import PREFIX, RECURSIONS, Recursion, built
from test_reasoning_rules import parse

NONE: Triples = frozenset()


@dataclass(frozen=True)
class Kept:
    """A version, and what it has to answer."""

    derivation: Derivation
    data: Triples
    derived: Triples

    def is_right(self, random: Random) -> int:
        """Compare what the version answers; how many premises were looked at."""
        assert self.derivation.before | self.derivation.after == self.derived
        premises = 0
        for triple in random.sample(sorted(self.derived, key=str), min(2, len(self.derived))):
            assert self.derivation.has(triple)
            _, found = next(self.derivation.origins(triple))
            assert set(found) <= self.data | self.derived
            premises += len(found)
        return premises

    def forget(self) -> None:
        """Have the sets made again when they are next asked for."""
        for name in ("before", "after"):
            self.derivation.__dict__.pop(name, None)


def expected(recursion: Recursion, data: Triples) -> Triples:
    """What is derived where nothing is inferred."""
    return built(recursion.after, built(recursion.before, data)) - data


def first(recursion: Recursion, data: Triples) -> Derivation:
    derivation = Derivation(recursion.rules, Limits())
    derivation.start(data, None)
    derivation.finish(NONE, None)
    return derivation


def revised(derivation: Derivation, add: Triples, remove: Triples) -> Derivation:
    other = derivation.revised(list(add), list(remove))
    other.conclude(NONE, NONE)
    return other


def branch(recursion: Recursion, kept: Kept, random: Random) -> Kept:
    remove = frozenset(random.sample(sorted(kept.data, key=str), min(2, len(kept.data))))
    add = frozenset(recursion.data(random)[:2]) - kept.data
    data = (kept.data - remove) | add
    derivation = revised(kept.derivation, add, remove)
    derived = expected(recursion, data)
    assert derivation.difference == (derived - kept.derived, kept.derived - derived)
    return Kept(derivation, data, derived)


def grown(recursion: Recursion, random: Random, size: int) -> list[Kept]:
    """A tree of versions, each made from any of those before it."""
    data = frozenset(recursion.data(random))
    versions = [Kept(first(recursion, data), data, expected(recursion, data))]
    while len(versions) < size:
        versions.append(branch(recursion, random.choice(versions), random))
    return versions


def test_every_version_answers_what_it_answered_when_it_was_new():
    different = premises = 0
    for recursion in RECURSIONS:
        random = Random(recursion.name)
        versions = grown(recursion, random, 10)
        different += len({version.derived for version in versions})
        for _ in range(20):
            version = random.choice(versions)
            version.forget()
            premises += version.is_right(random)
    assert different > 3 * len(RECURSIONS)
    assert premises > 300


def test_threads_read_old_versions_while_others_make_new_ones():
    recursion = next(each for each in RECURSIONS if each.name == "count of a recursive stratum")
    random = Random(7)
    versions = grown(recursion, random, 6)

    def read(seed: int) -> int:
        own = Random(seed)
        premises = 0
        for _ in range(40):
            version = own.choice(versions[:6])
            version.forget()
            premises += version.is_right(own)
        return premises

    def write(seed: int) -> int:
        own = Random(seed)
        for _ in range(15):
            versions.append(branch(recursion, own.choice(versions[:6]), own))
        return 1

    with ThreadPoolExecutor(4) as threads:
        done = [*threads.map(read, (1, 2)), *threads.map(write, (3, 4))]
    assert all(done)
    for version in versions:
        version.forget()
        version.is_right(random)


def test_two_unfinished_versions_do_not_mix():
    rules = (ConstructRule("late", "after", PREFIX + "CONSTRUCT { ?x :r ?y } WHERE { ?x :p ?y . ?y :q ?z }"),)
    start = Derivation(rules, Limits())
    start.start(parse(":a :p :b ."), None)
    start.finish(parse(":b :q :c ."), None)
    assert start.after == set(parse(":a :r :b ."))
    one, other = (start.revised(parse(text), []) for text in (":d :p :b .", ":e :p :b ."))
    one.conclude(NONE, NONE)
    other.conclude(parse(":f :q :c ."), parse(":b :q :c ."))
    assert one.after == set(parse(":a :r :b . :d :r :b ."))
    assert other.after == NONE
    assert start.after == set(parse(":a :r :b ."))


@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_change_that_meets_a_bound_leaves_no_trace(stage: str):
    endless = ConstructRule(
        "endless", stage, PREFIX + "CONSTRUCT { ?x :m ?m } WHERE { ?x :m ?n ; a :C BIND (?n + 1 AS ?m) }"
    )
    copy = ConstructRule("copy", "before", PREFIX + "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }")
    old = Derivation((endless, copy), Limits(construct_rounds=20))
    old.start(parse(":a :m 1 ; :p :b ."), None)
    old.finish(NONE, None)
    for _ in range(2):
        with pytest.raises(LimitMet, match="endless"):
            old.revised(parse(":a a :C ; :p :c ."), []).conclude(NONE, NONE)
    assert old.before | old.after == set(parse(":a :q :b ."))
    new = revised(old, frozenset(parse(":a :p :d .")), NONE)
    assert new.difference == (set(parse(":a :q :d .")), NONE)


def test_a_version_that_nobody_holds_leaves_the_memory():
    recursion = RECURSIONS[1]
    current = first(recursion, frozenset(parse(":a :p :b .")))
    held: list[weakref.ref[object]] = []
    for n in range(50):
        held.append(weakref.ref(current))
        current = revised(current, frozenset(parse(f":a :p :c{n} .")), NONE)
    gc.collect()
    assert [reference() for reference in held] == [None] * 50
    assert len(current.before) == 51


def test_a_version_made_from_what_was_kept_knows_its_origins():
    for recursion in RECURSIONS:
        random = Random(recursion.name)
        data = frozenset(recursion.data(random))
        known = first(recursion, data)
        again = Derivation(recursion.rules, Limits())
        again.start(data, known.before)
        again.finish(NONE, known.after)
        kept = Kept(again, data, expected(recursion, data))
        kept.is_right(random)
        branch(recursion, kept, random).is_right(random)
        kept.is_right(random)


def test_what_is_given_twice_or_taken_back_twice_counts_once():
    rules = (ConstructRule("copy", "before", PREFIX + "CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y }"),)
    old = Derivation(rules, Limits())
    old.start(parse(":a :p 1.0 ."), None)
    new = revised(old, frozenset(parse(":a :p 1.0 .")), NONE)
    assert new.before == old.before == set(parse(":a :q 1.0 ."))
    gone = revised(new, NONE, frozenset(parse(":a :p 1.0 .")))
    assert revised(gone, NONE, frozenset(parse(":a :p 1.0 ."))).before == NONE
    assert ox.Triple(*parse(":a :q 1.0 .")[0]) in new.before
