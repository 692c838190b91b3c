"""Sets of packed facts: whatever is added and taken away, they answer as a set of pairs does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calcigraph.reasoning.facts.arrays import by_object, join_pairs
from calcigraph.reasoning.facts.columns import Columns, gathered, minus, united
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.fact_set import FactSet
from calcigraph.reasoning.facts.relations import Relation
from calcigraph.reasoning.limits import Limits

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


@CALM
@given(st.frozensets(pairs, max_size=20), st.frozensets(pairs, max_size=20))
def test_pairs_are_joined_where_one_ends_as_another_begins(left, right):
    wanted = {(a, c) for a, b in left for other, c in right if b == other}
    assert unpacked(join_pairs(packed(left), packed(right))) == sorted(wanted)


@CALM
@given(st.frozensets(pairs, max_size=20))
def test_pairs_are_grouped_by_where_they_end(some):
    wanted = {b: sorted(a for a, other in some if other == b) for _, b in some}
    assert {b: firsts.tolist() for b, firsts in by_object(packed(some))} == wanted


by_key = st.dictionaries(st.integers(-2, 2), st.frozensets(pairs, min_size=1, max_size=20), max_size=4)


def in_columns(found: dict[int, frozenset[Pair]]) -> Columns:
    return {key: packed(some) for key, some in found.items()}


def out_of_columns(columns: Columns) -> dict[int, list[Pair]]:
    return {key: unpacked(column) for key, column in columns.items()}


@CALM
@given(by_key, by_key)
def test_columns_are_united_gathered_and_subtracted_as_sets_are(one, other):
    keys = one.keys() | other.keys()
    both = {key: one.get(key, frozenset()) | other.get(key, frozenset()) for key in keys}
    wanted = {key: sorted(some) for key, some in both.items()}
    assert out_of_columns(united(in_columns(one), in_columns(other))) == wanted
    assert out_of_columns(gathered([*in_columns(one).items(), *in_columns(other).items()])) == wanted
    less = {key: sorted(some - other.get(key, frozenset())) for key, some in one.items()}
    start = in_columns(one)
    assert out_of_columns(minus(start, in_columns(other))) == {k: left for k, left in less.items() if left}
    assert minus(start, start) == {}
    assert out_of_columns(start) == {key: sorted(some) for key, some in one.items()}, "it was changed"


@pytest.fixture(params=[0, 1_000], ids=["by a table", "one by one"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(Equality, "few", request.param)
    return request.param


def equal(*links: Pair) -> Equality:
    equality = Equality()
    equality.merge(packed(set(links)), Limits())
    return equality


def test_facts_of_equal_terms_are_put_on_the_lowest_and_multiplied_out_over_all(few):
    equality = equal((1, 2), (2, 3), (5, 6))
    facts = packed({(1, 5), (4, 1), (5, 7), (4, 7)})
    told = packed({(2, 6), (4, 3), (4, 7), (6, 7)})
    assert unpacked(equality.rewrite(told, pairs=True)) == [(1, 5), (4, 1), (4, 7), (5, 7)]
    every = {(a, b) for a in (1, 2, 3) for b in (5, 6)} | {(4, 1), (4, 2), (4, 3), (5, 7), (6, 7), (4, 7)}
    assert unpacked(equality.expand(facts, pairs=True)) == sorted(every)
    # 3 x 2, 1 x 3, 2 x 1 and 1 x 1.
    assert equality.expanded_size(facts, pairs=True) == 12 == len(every)
    members = np.array([1, 4, 5], np.int64)
    assert equality.expand(members, pairs=False).tolist() == [1, 2, 3, 4, 5, 6]
    assert equality.expanded_size(members, pairs=False) == 6
    # The high half of what is no pair is 0, and that is a term too.
    assert equal((0, 9), (1, 2)).expanded_size(np.array([1, 5], np.int64), pairs=False) == 3


def test_what_is_made_of_equal_terms_changes_on_its_own():
    one = equal((1, 2), (5, 6))
    more = one.copy()
    more.merge(packed({(2, 3)}), Limits())
    less, rest = one.without([5]), one.only([5])
    assert [made.all(1) for made in (one, more, less, rest)] == [[1, 2], [1, 2, 3], [1, 2], [1]]
    assert [made.of(6) for made in (one, more, less, rest)] == [5, 5, 6, 5]
