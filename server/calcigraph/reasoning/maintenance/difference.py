"""A closure before and after a change in; the inferred facts that came and went out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from calcigraph.reasoning.closure.expansion import expanded
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.arrays import NONE, unique
from calcigraph.reasoning.facts.columns import Columns, Key, filled, united
from calcigraph.reasoning.facts.encoding import visible
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.relations import Relation
from calcigraph.reasoning.maintenance.snapshot import Snapshot
from calcigraph.reasoning.maintenance.steps import Steps
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


@dataclass
class Outcome:
    """What a change did: inferred facts that came and went, over the terms as written.

    `new` are the facts that came into the relations, over representatives; `anew` says that the
    closure was made anew, `merged` that terms became equal.
    """

    came: Columns
    went: Columns
    new: Columns = field(default_factory=dict)
    anew: bool = False
    merged: bool = False


def compared(old: Columns, new: Columns) -> Outcome:
    """The outcome of closing anew. Cost: all inferred facts."""
    came: Columns = {}
    went: Columns = {}
    for key in old.keys() | new.keys():
        left, right = old.get(key, NONE), new.get(key, NONE)
        if left is not right:
            came[key] = np.setdiff1d(right, left, assume_unique=True)
            went[key] = np.setdiff1d(left, right, assume_unique=True)
    return Outcome(filled(came), filled(went), anew=True)


def difference(closure: Closure, before: Snapshot, steps: Steps, base: Columns) -> tuple[Columns, Columns]:
    """The inferred facts that came and went, among those that the change may have touched."""
    old = before.state()
    candidates = united(base, {})
    taken = _only(old, steps.taken)
    new = {k: unique(np.concatenate(c)) for k, c in steps.inserted.items()}
    inserted = _only(closure, united(new, _multiplied(closure, old.equality)))
    for columns in (taken, inserted):
        candidates = united(candidates, columns)
    came: Columns = {}
    went: Columns = {}
    for key, column in candidates.items():
        column = visible(closure.terms, key, column)
        was = _contains(old, key, column) & ~old.base.member(key, column)
        now = _contains(closure, key, column) & ~closure.base.member(key, column)
        came[key], went[key] = column[now & ~was], column[was & ~now]
    return filled(came), filled(went)


def _multiplied(closure: Closure, old: Equality) -> Columns:
    """The facts that stand for more triples than before, because their terms have new equals."""
    if closure.equality is old:
        return {}
    members = closure.equality.members
    roots = np.array(sorted(r for r in members if old.members.get(r) != members[r]), np.int64)
    grown = set(roots.tolist())
    out: Columns = {}
    for key, relation in closure.relations.items():
        facts = relation.facts.array if (~key if key < 0 else key) in grown else relation.mentions(roots)
        if len(facts):
            out[key] = facts
    return out


def _only(closure: Closure, facts: Columns) -> Columns:
    """Some facts over representatives, over the terms as written."""
    if not closure.equality or not facts:
        return facts
    part = Closure(closure.terms, closure.limits, equality=closure.equality)
    for key, column in facts.items():
        part.relations[closure.equality.key(key)] = Relation(key, closure.equality.rewrite(column, key >= 0))
    return expanded(part, list(part.relations))


def _contains(closure: Closure, key: Key, column: Ids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    equality = closure.equality
    roots = equality.rewrite(column, key >= 0)
    if equality.key(key) == v.SAME_AS:
        return np.asarray((roots >> SHIFT) == (roots & MASK))
    relation = closure.relations.get(equality.key(key))
    return relation.facts.member(roots) if relation is not None else np.zeros(len(column), bool)
