"""A hierarchy, closed transitively, in; the few of its pairs that the others follow from, out.

Terms that are below one another stand together; the lowest id speaks for such a group. A rule for each pair
of a thousand equivalent classes would be a million rules: two for each class and the group's speaker do.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, between, join_pairs, member, remove, swap, unique
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


class Hierarchy:
    """The pairs (lower, upper) of rdfs:subClassOf or rdfs:subPropertyOf; see the properties for the cost."""

    def __init__(self, pairs: Ids, most_rows: int = 2_000_000) -> None:
        """Take sorted pairs that are closed transitively.

        Where they have more compositions than `most_rows`, the steps of each term are looked for one by one.
        """
        self.pairs = pairs[(pairs >> SHIFT) != (pairs & MASK)]
        self._most_rows = most_rows
        mutual = member(swap(self.pairs), self.pairs)
        self._mutual, self._strict = self.pairs[mutual], self.pairs[~mutual]

    @cached_property
    def _spoken_for(self) -> Ids:
        """Each term that another speaks for, with that other, sorted. Cost: the pairs."""
        first = np.ones(len(self._mutual), bool)
        left = self._mutual >> SHIFT
        first[1:] = left[1:] != left[:-1]
        lowest = self._mutual[first]
        return np.asarray(lowest[(lowest & MASK) < (lowest >> SHIFT)])

    @cached_property
    def _steps(self) -> Ids:
        """The pairs of different groups with no third one between them, by those who speak for them."""
        silent = self._spoken_for >> SHIFT
        here = ~(member(self._strict >> SHIFT, silent) | member(self._strict & MASK, silent))
        pairs = self._strict[here]
        ends = (pairs.searchsorted(((pairs & MASK) + side) << SHIFT) for side in (1, 0))
        if int(np.subtract(*ends).sum()) <= self._most_rows:
            return remove(pairs, join_pairs(pairs, pairs))
        return _one_by_one(pairs)

    @cached_property
    def steps_up(self) -> Ids:
        """Pairs from which each lower term has all its upper ones, and speakers those whom they speak for.

        No way along them leads in a circle. Cost: the pairs, times the direct steps from a term.
        """
        return unique(np.concatenate((self._steps, swap(self._spoken_for))))

    @cached_property
    def steps_down(self) -> Ids:
        """Like `steps_up`, the other way round: from who is spoken for to the speaker, not back."""
        return unique(np.concatenate((self._steps, self._spoken_for)))

    @cached_property
    def reduced(self) -> Ids:
        """Pairs of which all others follow by transitivity."""
        return unique(np.concatenate((self.steps_up, self._spoken_for)))


def _one_by_one(pairs: Ids) -> Ids:
    """The pairs of a strict order that have nothing between them. Cost: the pairs, times steps from a term.

    What has most above it and is not above another step is a step itself.
    """
    terms, counts = np.unique(pairs >> SHIFT, return_counts=True)
    steps = []
    for term in terms.tolist():
        upper = between(pairs, term)
        at = np.minimum(terms.searchsorted(upper), len(terms) - 1)
        above = np.where(terms[at] == upper, counts[at], 0)
        order = upper[np.argsort(-above, kind="stable")]
        while len(order):
            step = int(order[0])
            steps.append(term << 32 | step)
            order = order[1:][~member(order[1:], between(pairs, step))]
    return unique(np.array(steps, np.int64)) if steps else NONE
