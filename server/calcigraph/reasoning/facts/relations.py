"""The facts of each predicate and class, in both directions, and how they grow.

A fact `s p o` is a pair in the relation of `p`; `x rdf:type c` is a single id in the class of `c`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, by_object, swap, unique
from calcigraph.reasoning.facts.columns import Key, class_key, filled
from calcigraph.reasoning.facts.fact_set import FactSet
from calcigraph.reasoning.terms.numbering import SHIFT, Ids
from calcigraph.reasoning.terms.vocabulary import TYPE


class Relation:
    """The facts of one key: `facts` by subject, and for pairs `inverse` by object, made when first asked for.

    A relation is never changed: `plus` and `minus` make another one.
    """

    __slots__ = ("_inverse", "facts", "unary")

    def __init__(self, key: Key, facts: Ids | FactSet = NONE, inverse: FactSet | None = None) -> None:
        self.facts = facts if isinstance(facts, FactSet) else FactSet(facts)
        self.unary = key < 0
        self._inverse = inverse

    @property
    def inverse(self) -> FactSet:
        """The pairs with the object first. Cost of the first call: one sort."""
        if self._inverse is None:
            self._inverse = FactSet(np.sort(swap(self.facts.array)))
        return self._inverse

    @property
    def indexed(self) -> bool:
        """Whether looking for an object is as cheap as looking for a subject."""
        return self.unary or self._inverse is not None

    def plus(self, news: Ids) -> Relation:
        """This relation and sorted facts that are not in it."""
        return self._changed(self.facts.plus(news), lambda inverse: inverse.plus(np.sort(swap(news))))

    def minus(self, gone: Ids) -> Relation:
        """This relation without some sorted facts."""
        return self._changed(self.facts.minus(gone), lambda inverse: inverse.minus(np.sort(swap(gone))))

    def _changed(self, facts: FactSet, change: Callable[[FactSet], FactSet]) -> Relation:
        inverse = None if self._inverse is None else change(self._inverse)
        return Relation(-1 if self.unary else 0, facts, inverse)

    def mentions(self, ids: Ids) -> Ids:
        """The facts in which one of a few sorted ids stands. Cost: two searches per id."""
        if self.unary:
            return ids[self.facts.member(ids)]
        found = [swap(self.inverse.between(i) | (i << 32)) for i in ids.tolist()]
        found += [self.facts.between(i) | (i << 32) for i in ids.tolist()]
        return unique(np.concatenate(found)) if found else NONE


class Relations(dict[Key, Relation]):
    """All facts by key; a key that nobody wrote yet reads as empty.

    With `reflective` set, rdf:type is kept as a relation of pairs too, for rules that use it as a
    property like any other (an inverse of rdf:type, say).
    """

    def __init__(self) -> None:
        super().__init__()
        self.reflective = False

    def copy(self) -> Relations:
        """The same relations, to go on from or to come back to. Cost: the keys."""
        other = Relations()
        other.update(self)
        other.reflective = self.reflective
        return other

    def __missing__(self, key: Key) -> Relation:
        # Not kept: to read is not to change what other threads may be reading as well.
        return Relation(key)

    def news(self, key: Key, candidates: list[Ids]) -> Ids:
        """Those candidates that are not here yet, sorted, each once."""
        column = unique(np.concatenate(candidates) if len(candidates) > 1 else candidates[0])
        return column[~self[key].facts.member(column)]

    def commit(self, new: dict[Key, Ids]) -> dict[Key, Ids]:
        """Add facts that are not here yet; what was really added, bridged facts included."""
        if self.reflective:
            new = self._bridged(new)
        for key, column in new.items():
            self[key] = self[key].plus(column)
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
        return filled(out)

    def size(self) -> int:
        """How many facts there are, rdf:type pairs not counted twice."""
        return sum(len(r.facts) for key, r in self.items() if key != TYPE)
