"""Closed facts and what is disjoint in; the facts that two disjoint classes or properties share out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, member, unique
from calcigraph.reasoning.facts.columns import Columns, Key
from calcigraph.reasoning.facts.relations import Relations
from calcigraph.reasoning.rules.disjoint import DisjointList, DisjointPairs
from calcigraph.reasoning.terms.numbering import Ground, Ids

Shared = tuple[Key, Key, int]
"""The keys of two disjoint classes (properties), and the fact that both have."""


def shared_in_list(
    apart: DisjointList, relations: Relations, delta: Columns | None, most: int
) -> Iterable[Shared]:
    """At most so many facts that two members of a list share; with `delta`, facts that are in it too.

    Cost: the facts of the members, or a search a member for each fact of `delta`; no pairs of members.
    """
    if delta is None:
        columns = [relations[key].facts.array for key in apart.keys]
    else:
        seeds = _both(delta, apart.keys)
        if not len(seeds):
            return ()
        columns = [seeds[relations[key].facts.member(seeds)] for key in apart.keys]
    return islice(_shared(apart.keys, columns), most)


def _shared(keys: Sequence[Key], columns: Sequence[Ids]) -> Iterator[Shared]:
    facts = np.concatenate([NONE, *columns])
    places = np.repeat(np.arange(len(columns)), [len(column) for column in columns])
    order = np.argsort(facts, kind="stable")
    facts, places = facts[order], places[order]
    starts = np.flatnonzero(np.append(True, facts[1:] != facts[:-1]))[: len(facts)]
    ends = np.append(starts[1:], len(facts))
    for low, high in zip(*(bounds[ends - starts > 1].tolist() for bounds in (starts, ends)), strict=True):
        for one, other in combinations(places[low:high].tolist(), 2):
            yield keys[one], keys[other], int(facts[low])


def shared_in_pairs(
    apart: DisjointPairs, relations: Relations, delta: Columns | None, most: int
) -> Iterator[tuple[Ground, Shared]]:
    """At most so many facts of each pair that both its sides have, each with the axiom.

    With `delta`, only facts that are in it too. Cost: a search for each fact of the smaller side, of pairs
    of which both sides have facts.
    """
    for left, right in _filled(apart, relations, delta):
        keys = apart.key(left), apart.key(right)
        one, other = (relations[key].facts for key in keys)
        if delta is not None:
            found = _both(delta, keys)
            found = found[one.member(found) & other.member(found)]
        elif len(one) <= len(other):
            found = one.array[other.member(one.array)]
        else:
            found = other.array[one.member(other.array)]
        for fact in found[:most].tolist():
            yield (left, apart.predicate, right), (*keys, fact)


def _both(delta: Columns, keys: Sequence[Key]) -> Ids:
    """The facts of some keys, each once."""
    return unique(np.concatenate([NONE, *(delta[key] for key in keys if key in delta)]))


def _filled(apart: DisjointPairs, relations: Relations, delta: Columns | None) -> Iterator[tuple[int, int]]:
    """The pairs both sides of which have facts, or one side new ones."""
    left, right = apart.halves
    if delta is None:
        full = apart.terms(key for key, relation in relations.items() if len(relation.facts))
        here = member(left, full) & member(right, full)
    else:
        new = apart.terms(delta)
        here = member(left, new) | member(right, new)
    return zip(left[here].tolist(), right[here].tolist(), strict=True)
