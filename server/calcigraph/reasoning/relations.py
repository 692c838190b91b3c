"""Sorted integer columns: the facts of one predicate or class, in both directions, and how they grow.

A fact `s p o` is a pair in the relation of `p`; `x rdf:type c` is a single id in the class of `c`.
In: packed pairs or ids. Out: membership, ranges, and merged columns.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from calcigraph.reasoning.terms import MASK, SHIFT, Ids
from calcigraph.reasoning.vocabulary import TYPE

Key = int
"""A predicate's id (0 or more), or `~id` of a class (negative)."""
NONE: Ids = np.empty(0, np.int64)


def class_key(class_id: int) -> Key:
    """The key under which the members of a class stand."""
    return ~class_id


def unique(column: Ids) -> Ids:
    """The column sorted, each value once."""
    if len(column) < 2:
        return column
    column = np.sort(column)
    keep = np.empty(len(column), bool)
    keep[0] = True
    np.not_equal(column[1:], column[:-1], out=keep[1:])
    return column[keep]


def member(values: Ids, column: Ids) -> npt.NDArray[np.bool_]:
    """Where each value stands in a sorted column."""
    if not len(column):
        return np.zeros(len(values), bool)
    at = np.searchsorted(column, values)
    at[at == len(column)] = 0
    return np.asarray(column[at] == values)


def merge(column: Ids, news: Ids) -> Ids:
    """Two disjoint sorted columns as one. Cost: linear, one copy."""
    if not len(news):
        return column
    if not len(column):
        return news
    if len(news) * 20 < len(column):
        return np.insert(column, np.searchsorted(column, news), news)
    both = np.concatenate((column, news))
    both.sort(kind="stable")
    return both


def remove(column: Ids, gone: Ids) -> Ids:
    """A sorted column without some of its values."""
    if not len(gone) or not len(column):
        return column
    at = np.searchsorted(column, gone)
    at = at[at < len(column)]
    return np.delete(column, at[member(column[at], gone)])


def swap(pairs: Ids) -> Ids:
    """The pairs with object first, unsorted."""
    return ((pairs & MASK) << SHIFT) | (pairs >> SHIFT)


def between(column: Ids, first: int) -> Ids:
    """The second halves of the pairs that begin with one id, as a sorted column."""
    low, high = np.searchsorted(column, (first << 32, (first + 1) << 32))
    return np.asarray(column[low:high] & MASK)


class Relation:
    """The facts of one key: `facts` sorted, and for pairs `inverse`, made when first asked for."""

    __slots__ = ("_inverse", "facts", "unary")

    def __init__(self, key: Key, facts: Ids = NONE) -> None:
        self.facts = facts
        self.unary = key < 0
        self._inverse: Ids | None = None

    @property
    def inverse(self) -> Ids:
        """The pairs sorted by object. Cost of the first call: one sort."""
        if self._inverse is None:
            self._inverse = np.sort(swap(self.facts))
        return self._inverse

    @property
    def indexed(self) -> bool:
        """Whether looking for an object is as cheap as looking for a subject."""
        return self.unary or self._inverse is not None

    def add(self, news: Ids) -> None:
        """Add sorted facts that are not here yet."""
        if self._inverse is not None:
            self._inverse = merge(self._inverse, np.sort(swap(news)))
        self.facts = merge(self.facts, news)

    def discard(self, gone: Ids) -> None:
        """Take sorted facts away, where they are here."""
        if self._inverse is not None:
            self._inverse = remove(self._inverse, np.sort(swap(gone)))
        self.facts = remove(self.facts, gone)

    def mentions(self, ids: Ids) -> Ids:
        """The facts in which one of a few sorted ids stands. Cost: two searches per id."""
        if self.unary:
            return ids[member(ids, self.facts)]
        found = [swap(between(self.inverse, i) | (i << 32)) for i in ids.tolist()]
        found += [between(self.facts, i) | (i << 32) for i in ids.tolist()]
        return unique(np.concatenate(found)) if found else NONE


class Relations(dict[Key, Relation]):
    """All facts by key; a key that nobody wrote yet reads as empty.

    With `reflective` set, rdf:type is kept as a relation of pairs too, for rules that use it as a
    property like any other (an inverse of rdf:type, say).
    """

    def __init__(self) -> None:
        super().__init__()
        self.reflective = False

    def __missing__(self, key: Key) -> Relation:
        relation = self[key] = Relation(key)
        return relation

    def news(self, key: Key, candidates: list[Ids]) -> Ids:
        """Those candidates that are not here yet, sorted, each once."""
        column = unique(np.concatenate(candidates) if len(candidates) > 1 else candidates[0])
        return column[~member(column, self[key].facts)]

    def commit(self, new: dict[Key, Ids]) -> dict[Key, Ids]:
        """Add facts that are not here yet; what was really added, bridged facts included."""
        if self.reflective:
            new = self._bridged(new)
        for key, column in new.items():
            self[key].add(column)
        return new

    def _bridged(self, new: dict[Key, Ids]) -> dict[Key, Ids]:
        """`new` with each class membership also as a pair of rdf:type, and the other way round."""
        lists: dict[Key, list[Ids]] = {key: [column] for key, column in new.items()}
        for key, column in list(new.items()):
            if key < 0:
                lists.setdefault(TYPE, []).append((column << SHIFT) | np.int64(~key))
            elif key == TYPE:
                for class_id, members in by_object(column):
                    lists.setdefault(class_key(class_id), []).append(members)
        out = {key: self.news(key, columns) for key, columns in lists.items()}
        return {key: column for key, column in out.items() if len(column)}

    def size(self) -> int:
        """How many facts there are, rdf:type pairs not counted twice."""
        return sum(len(r.facts) for key, r in self.items() if key != TYPE)


def by_object(pairs: Ids) -> Iterator[tuple[int, Ids]]:
    """The subjects of some pairs, grouped by object."""
    if not len(pairs):
        return
    turned = np.sort(swap(pairs))
    objects = turned >> SHIFT
    starts = np.flatnonzero(np.concatenate(([True], objects[1:] != objects[:-1])))
    for low, high in zip(starts, [*starts[1:], len(turned)], strict=True):
        yield int(objects[low]), unique(turned[low:high] & MASK)
