"""Classes of equal terms (owl:sameAs): pairs in, one representative per class out.

Facts are kept once, on representatives (the lowest id, so vocabulary terms stay themselves), and
are multiplied out over the members when they leave the reasoner.
"""

from __future__ import annotations

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, unique
from calcigraph.reasoning.facts.columns import Key
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


class Equality:
    """The representative of every term, and the members of every class of two or more terms."""

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
                "Look for a functional property or key that is not one, or raise the limit `equal_terms`.",
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
        if not len(self._table) or len(self._table) <= int((column >> SHIFT if pairs else column).max()):
            self._table = self._build(column, pairs)
        if not pairs:
            return self._table[column]
        objects = column & MASK
        if len(self._table) <= int(objects.max()):
            self._table = self._build(column, pairs)
        return np.asarray((self._table[column >> SHIFT] << SHIFT) | self._table[objects])

    def _build(self, column: Ids, pairs: bool) -> Ids:
        top = max(int((column >> SHIFT).max()), int((column & MASK).max()), max(self.representative))
        table = np.arange(top + 1 + top // 8, dtype=np.int64)
        table[list(self.representative)] = list(self.representative.values())
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
        roots = np.array(sorted(self.members), np.int64)
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
