"""Pairs of a relation in, its transitive closure out, at a cost that follows what comes out.

A join of the relation with itself makes each pair once for every node between its two: n times as much as
there is, for a chain or a ring of n. Where that is much, nodes that reach one another are taken together
(Tarjan), and what each such group reaches is put together from what those reach that it leads to.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, unique
from calcigraph.reasoning.facts.relations import Relation
from calcigraph.reasoning.rules.strata import components
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids

# Rows that a join may make before paths are looked for instead: so many at least, and so many for a pair.
_FEW_ROWS: Final = 2_000_000
_ROWS_PER_PAIR: Final = 20


def is_long(relation: Relation, delta: Ids, most: int) -> bool:
    """Whether some pairs of a relation, joined with all of it, make so many rows that paths are quicker.

    `most` are the rows that a join may have. Cost: two searches a pair of `delta`.
    """
    rows = _degrees(relation.facts.array, delta & MASK) + _degrees(relation.inverse.array, delta >> SHIFT)
    return rows > min(most, max(_FEW_ROWS, _ROWS_PER_PAIR * len(relation.facts)))


def _degrees(pairs: Ids, nodes: Ids) -> int:
    """How many pairs begin with some nodes, all in all."""
    return int((pairs.searchsorted((nodes + 1) << SHIFT) - pairs.searchsorted(nodes << SHIFT)).sum())


def transitive_closure(pairs: Ids, most: int) -> Ids | None:
    """All pairs that follow from some, themselves included, sorted; None where there are more than `most`.

    Cost: what comes out, times how many edges lead away from a node, and some 20 microseconds a node.
    """
    if not len(pairs):
        return NONE
    nodes = unique(np.concatenate((pairs >> SHIFT, pairs & MASK)))
    left, right = np.searchsorted(nodes, pairs >> SHIFT), np.searchsorted(nodes, pairs & MASK)
    ends = np.searchsorted(left, np.arange(len(nodes) + 1))
    groups = components({node: right[ends[node] : ends[node + 1]].tolist() for node in range(len(nodes))})
    sizes = np.array([len(group) for group in groups], np.int64)
    flat = np.array([node for group in groups for node in group], np.int64)
    starts = np.cumsum(sizes) - sizes
    group_of = np.empty(len(nodes), np.int64)
    group_of[flat] = np.repeat(np.arange(len(groups)), sizes)
    reached: list[Ids] = []
    total = 0
    for number, group in enumerate(groups):
        members = np.array(group, np.int64)
        found = [group_of[right[ends[node] : ends[node + 1]]] for node in members.tolist()]
        next_ones = unique(np.concatenate(found))
        others = next_ones[next_ones != number]
        # Each group comes after those that it leads to.
        reach = unique(np.concatenate((others, *(reached[other] for other in others.tolist()))))
        if len(others) < len(next_ones):
            reach = np.append(reach, number)
        reached.append(reach)
        total += len(members) * int(sizes[reach].sum())
        if total > most:
            return None
    made = [
        _pairs(nodes[np.array(group, np.int64)], nodes[_members(reach, flat, starts, sizes)])
        for group, reach in zip(groups, reached, strict=True)
    ]
    return unique(np.concatenate(made))


def _members(groups: Ids, flat: Ids, starts: Ids, sizes: Ids) -> Ids:
    """The nodes of some groups."""
    counts = sizes[groups]
    offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(flat[np.repeat(starts[groups], counts) + offsets])


def _pairs(left: Ids, right: Ids) -> Ids:
    return ((left << SHIFT)[:, np.newaxis] | right).ravel()
