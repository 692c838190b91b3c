"""A closure before and after a change in; the inferred facts that came and went out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from calcigraph.reasoning.closure.expansion import same_keys
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.join import Mask
from calcigraph.reasoning.facts.arrays import NONE
from calcigraph.reasoning.facts.columns import Columns, Key, filled, gathered
from calcigraph.reasoning.facts.encoding import visible
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.maintenance.steps import Steps
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


@dataclass
class ClosureChange:
    """What a change did: inferred facts that came and went, over the terms as written.

    `new` are the facts that came into the relations, over representatives; `anew` says that the
    closure was made anew, `merged` that it is no longer the same terms that are equal.
    """

    came: Columns
    went: Columns
    new: Columns = field(default_factory=dict)
    anew: bool = False
    merged: bool = False


def compared(old: Columns, new: Columns) -> ClosureChange:
    """The outcome of closing anew. Cost: all inferred facts."""
    came: Columns = {}
    went: Columns = {}
    for key in old.keys() | new.keys():
        left, right = old.get(key, NONE), new.get(key, NONE)
        if left is not right:
            came[key] = np.setdiff1d(right, left, assume_unique=True)
            went[key] = np.setdiff1d(left, right, assume_unique=True)
    return ClosureChange(filled(came), filled(went), anew=True)


def difference(old: Closure, new: Closure, steps: Steps, base: Columns) -> ClosureChange:
    """The outcome of a change that touched some facts. Cost: those facts, over all equal terms."""
    inserted = steps.inserted
    grown = _changed_classes(new.equality, old.equality)
    fallen = _changed_classes(old.equality, new.equality)
    candidates = gathered(
        (
            *base.items(),
            *_multiplied(old, steps.taken),
            *_multiplied(new, inserted),
            *_multiplied(new, _mentions(new, grown)),
            *(
                (v.SAME_AS, equality.pairs(roots))
                for equality, roots in ((old.equality, fallen), (new.equality, grown))
            ),
        )
    )
    came: Columns = {}
    went: Columns = {}
    for key, column in candidates.items():
        if new.copies.is_hidden(key):
            continue
        column = visible(new.terms, key, column)
        was = _contains(old, key, column) & ~old.written.member(key, column)
        now = _contains(new, key, column) & ~new.written.member(key, column)
        came[key], went[key] = column[now & ~was], column[was & ~now]
    return ClosureChange(filled(came), filled(went), inserted, merged=new.equality is not old.equality)


def _changed_classes(these: Equality, others: Equality) -> list[int]:
    """The representatives of the classes that are not the same in another equality."""
    if these is others:
        return []
    # What did not change is one and the same list.
    return [root for root, terms in these.members.items() if others.members.get(root) is not terms]


def _mentions(closure: Closure, roots: list[int]) -> Columns:
    """The facts that mention some representatives; they stand for more triples, or fewer, than before."""
    if not roots:
        return {}
    ids, wanted = np.array(sorted(roots), np.int64), set(roots)
    out: Columns = {}
    for key, relation in closure.relations.items():
        whole = (~key if key < 0 else key) in wanted
        out[key] = relation.facts.array if whole else relation.mentions(ids)
    return filled(out)


def _multiplied(closure: Closure, facts: Columns) -> list[tuple[Key, Ids]]:
    """Some facts over representatives, over all equal terms. Raises LimitMet when they are too many."""
    equality = closure.equality
    if not equality and not closure.copies:
        return list(facts.items())
    total = sum(len(same_keys(closure, k)) * equality.expanded_size(c, k >= 0) for k, c in facts.items())
    if total > closure.limits.inferred:
        raise LimitMet(
            f"Equal terms multiply a change to more than {closure.limits.inferred:,} triples.",
            "Look for a functional property or key that is not one, or raise the bound (--limit inferred).",
        )
    return [
        (other, column)
        for key, facts_of_key in facts.items()
        for column in [equality.expand(facts_of_key, key >= 0)]
        for other in same_keys(closure, key)
    ]


def _contains(closure: Closure, key: Key, column: Ids) -> Mask:
    equality = closure.equality
    roots = equality.rewrite(column, key >= 0)
    if key == v.SAME_AS:
        return np.asarray((roots >> SHIFT) == (roots & MASK))
    return closure.relations[equality.key(closure.copies.groups.key(key))].facts.member(roots)
