"""Sets of packed facts: whatever is added and taken away, they answer as a set of pairs does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning.facts.fact_set import FactSet
from calcigraph.reasoning.facts.relations import Relation

Pair = tuple[int, int]
CALM = settings(deadline=None, suppress_health_check=list(HealthCheck))
pairs = st.tuples(st.integers(0, 6), st.integers(0, 6))
changes = st.lists(st.tuples(st.booleans(), st.frozensets(pairs, max_size=12)), max_size=12)


@pytest.fixture(params=[0, 3, 64], ids=["never folded", "folded at times", "folded when small"])
def fold(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(FactSet, "fold", request.param)
    return request.param


def packed(found: frozenset[Pair] | set[Pair]) -> np.ndarray:
    return np.array(sorted(a << 32 | b for a, b in found), np.int64)


def unpacked(array: np.ndarray) -> list[Pair]:
    return [(fact >> 32, fact & 0xFFFFFFFF) for fact in array.tolist()]


def answers_as(facts: FactSet, wanted: set[Pair]) -> None:
    every = [(a, b) for a in range(8) for b in range(8)]
    assert len(facts) == len(wanted)
    assert [
        pair for pair, here in zip(every, facts.member(packed(set(every))), strict=True) if here
    ] == sorted(wanted)
    assert [pair for pair in every if facts.holds(pair[0] << 32 | pair[1])] == sorted(wanted)
    assert {a: facts.between(a).tolist() for a in range(8)} == {
        a: sorted(b for c, b in wanted if c == a) for a in range(8)
    }
    counted: list[int] = []
    firsts = [5, 2, 2, 7, 0]
    places, seconds = facts.follow(np.array(firsts, np.int64), counted.append)
    found = sorted(zip(places.tolist(), seconds.tolist(), strict=True))
    assert found == sorted((i, b) for i, first in enumerate(firsts) for a, b in wanted if a == first)
    assert counted[0] >= len(found)


@CALM
@given(st.frozensets(pairs, max_size=40), changes)
def test_a_set_that_changes_in_small_steps_answers_as_a_set(fold, start, changes):
    facts, wanted = FactSet(packed(start)), set(start)
    for adds, some in changes:
        before, old = facts, set(wanted)
        if adds:
            facts, wanted = facts.plus(packed(some - wanted)), wanted | some
        else:
            facts, wanted = facts.minus(packed(some)), wanted - some
        answers_as(facts, wanted)
        answers_as(before, old)
    assert unpacked(facts.array) == sorted(wanted)
    answers_as(facts, wanted)


@CALM
@given(st.frozensets(pairs, max_size=40), changes)
def test_both_directions_of_a_relation_keep_up_with_its_changes(fold, start, changes):
    relation, wanted = Relation(0, packed(start)), set(start)
    assert unpacked(relation.inverse.array) == sorted((b, a) for a, b in start)
    for adds, some in changes:
        news = some - wanted
        relation = relation.plus(packed(news)) if adds else relation.minus(packed(some))
        wanted = wanted | some if adds else wanted - some
        answers_as(relation.facts, wanted)
        answers_as(relation.inverse, {(b, a) for a, b in wanted})
        ids = np.array([1, 4], np.int64)
        assert unpacked(relation.mentions(ids)) == sorted(p for p in wanted if {1, 4} & set(p))


def test_few_changes_leave_a_long_array_as_it_is_and_many_are_taken_into_it():
    facts = FactSet(np.arange(6400, dtype=np.int64))
    changed = facts.minus(np.array([5], np.int64)).plus(np.array([7000], np.int64))
    assert changed._parts[0] is facts._parts[0]
    assert not np.shares_memory(changed.minus(np.arange(200, dtype=np.int64))._parts[0], facts._parts[0])
