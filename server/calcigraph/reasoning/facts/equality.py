"""Classes of equal terms (owl:sameAs): pairs in, one representative per class out.

Facts are kept once, on representatives (the lowest id, so vocabulary terms stay themselves), and
are multiplied out over the members when they leave the reasoner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, unique
from calcigraph.reasoning.facts.columns import Key
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


class Equality:
    """The representative of every term, and the members of every class of two or more terms."""

    few: ClassVar[int] = 1_000
    """So many facts are looked at one by one; for more, a table of all equal terms pays."""

    def __init__(self) -> None:
        self.representative: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self._table: Ids = NONE

    def __bool__(self) -> bool:
        return bool(self.members)

    def copy(self) -> Equality:
        """A copy that can grow on its own."""
        other = Equality()
        other.representative = dict(self.representative)
        other.members = dict(self.members)
        return other

    def without(self, roots: Iterable[int]) -> Equality:
        """The same but for some classes, whose members are nobody's equals now. Cost: the classes."""
        other = self.copy()
        for root in roots:
            for term in other.members.pop(root):
                del other.representative[term]
        return other

    def only(self, roots: Iterable[int]) -> Equality:
        """Some of the classes, and no others. Cost: their members."""
        other = Equality()
        other.members = {root: self.members[root] for root in roots}
        other.representative = {term: root for root, terms in other.members.items() for term in terms}
        return other

    def pairs(self, roots: Iterable[int]) -> Ids:
        """All pairs of equal terms of some classes, sorted. Cost: the pairs."""
        groups = [np.array(self.members[root], np.int64) for root in roots]
        made = [((group << SHIFT)[:, np.newaxis] | group).ravel() for group in groups]
        return unique(np.concatenate(made)) if made else NONE

    def of(self, term: int) -> int:
        """The representative of a term."""
        return self.representative.get(term, term)

    def all(self, term: int) -> list[int]:
        """The terms equal to this one, itself included, in ascending order."""
        return self.members.get(self.of(term), [term])

    def key(self, key: Key) -> Key:
        """The key under which the facts of an equal predicate or class stand."""
        return ~self.of(~key) if key < 0 else self.of(key)

    def merge(self, pairs: Ids, limits: Limits) -> Ids:
        """Make the two terms of each packed pair equal; the ids that lost their own place, sorted.

        Cost: near-linear in the pairs. Raises LimitMet when a class grows beyond `limits.equal_terms`.
        """
        pairs = pairs[(pairs >> SHIFT) != (pairs & MASK)]
        if not len(pairs):
            return NONE
        nodes = unique(np.concatenate((pairs >> SHIFT, pairs & MASK)))
        roots = _roots(
            np.searchsorted(nodes, pairs >> SHIFT), np.searchsorted(nodes, pairs & MASK), len(nodes)
        )
        moved = []
        for node, root in zip(nodes.tolist(), nodes[roots].tolist(), strict=True):
            old, new = self.of(node), self.of(root)
            if old != new:
                moved.append(self._join(old, new, limits))
        self._table = NONE
        return unique(np.array(moved, np.int64))

    def _join(self, one: int, other: int, limits: Limits) -> int:
        low, high = min(one, other), max(one, other)
        together = sorted(self.members.get(high, [high]) + self.members.get(low, [low]))
        if len(together) > limits.equal_terms:
            raise LimitMet(
                f"More than {limits.equal_terms} terms would be equal (owl:sameAs) to one another.",
                "Look for a functional property or key that is not one, or raise the bound"
                " (--limit equal_terms).",
                hub=low,
            )
        self.members.pop(high, None)
        self.members[low] = together
        for term in together:
            self.representative[term] = low
        return high

    def rewrite(self, column: Ids, pairs: bool) -> Ids:
        """A column of ids or packed pairs with every term replaced by its representative."""
        if not self.members or not len(column):
            return column
        if not pairs:
            return self._roots_of(column)
        return np.asarray((self._roots_of(column >> SHIFT) << SHIFT) | self._roots_of(column & MASK))

    def _roots_of(self, terms: Ids) -> Ids:
        if len(terms) < self.few:
            return np.array([self.of(term) for term in terms.tolist()], np.int64)
        return self._up_to(int(terms.max()))[terms]

    def _up_to(self, top: int) -> Ids:
        """The representatives of all ids up to one. Readers in several threads may make it at once."""
        table = self._table
        if len(table) <= top:
            top = max(top, max(self.representative))
            table = np.arange(top + 1 + top // 8, dtype=np.int64)
            table[list(self.representative)] = list(self.representative.values())
            self._table = table
        return table

    def expand(self, column: Ids, pairs: bool) -> Ids:
        """A column of representatives multiplied out over the members, sorted.

        Cost: the column, plus the facts that mention a class of several terms times its members.
        """
        if not self.members or not len(column):
            return column
        column = self._expand_half(column, shift=False)
        if pairs:
            column = self._expand_half(column, shift=True)
        return unique(column)

    def _expand_half(self, column: Ids, shift: bool) -> Ids:
        half = column >> SHIFT if shift else column & MASK
        here = self.members.keys() & set(half.tolist()) if len(half) < self.few else self.members
        if not here:
            return column
        roots = np.array(sorted(here), np.int64)
        at = np.minimum(np.searchsorted(roots, half), len(roots) - 1)
        touched = roots[at] == half
        if not touched.any():
            return column
        sizes = np.array([len(self.members[root]) for root in roots.tolist()], np.int64)
        flat = np.array([m for root in roots.tolist() for m in self.members[root]], np.int64)
        starts = np.cumsum(sizes) - sizes
        at = at[touched]
        counts = sizes[at]
        total = int(counts.sum())
        offsets = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        terms = flat[offsets + np.repeat(starts[at], counts)]
        rest = np.repeat(column[touched] & MASK if shift else column[touched] & ~MASK, counts)
        new = (terms << SHIFT) | rest if shift else rest | terms
        return np.concatenate((column[~touched], new))

    def expanded_size(self, column: Ids, pairs: bool) -> int:
        """How many facts `expand` would make, at most."""
        if not self.members or not len(column):
            return len(column)
        if len(column) < self.few:
            lengths = [(len(self.all(f & 0xFFFFFFFF)), len(self.all(f >> 32))) for f in column.tolist()]
            return sum(one * (other if pairs else 1) for one, other in lengths)
        sizes = {root: len(terms) for root, terms in self.members.items()}
        weight = np.ones(max(max(sizes), int((column & MASK).max()), int((column >> SHIFT).max())) + 1)
        weight[list(sizes)] = list(sizes.values())
        product = weight[column & MASK] * (weight[column >> SHIFT] if pairs else 1)
        return int(product.sum())


def _roots(left: Ids, right: Ids, count: int) -> Ids:
    """The lowest node that each of `count` nodes is connected with, by pointer jumping."""
    root = np.arange(count, dtype=np.int64)
    while True:
        a, b = root[left], root[right]
        open_edges = a != b
        if not open_edges.any():
            return root
        low, high = np.minimum(a, b)[open_edges], np.maximum(a, b)[open_edges]
        np.minimum.at(root, high, low)
        while not np.array_equal(root, root[root]):
            root = root[root]
