"""The closed facts as a proof search reads them: single triples of ids, equal terms multiplied out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from calcigraph.reasoning.closure.expansion import as_written
from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import NONE
from calcigraph.reasoning.facts.columns import class_key, single
from calcigraph.reasoning.facts.fact_set import FactSet
from calcigraph.reasoning.rules.patterns import Pattern
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground, Ids


class ClosureLookup:
    """Look-ups in a closure, by pattern. With `base_only`, among the base facts alone."""

    def __init__(self, state: State, base_only: bool = False, listed: Iterable[tuple[int, int]] = ()) -> None:
        """`listed` are the pairs of rdfs:subClassOf that axioms over lists make."""
        self.state = state
        self._listed = listed
        self.base_only = base_only
        self._same_as = state.equality.of(v.SAME_AS)
        self._relations = as_written(state)

    @classmethod
    def of_base(cls, state: State) -> ClosureLookup:
        """Look-ups among the base facts of a closure, which are few of it where terms are equal."""
        if state.equality or state.copies:
            state = State(state.terms, state.limits, base=state.written)
            state.relations.commit(state.base.columns)
        return cls(state, base_only=True)

    def asserted(self, fact: Ground) -> bool:
        """Whether a triple is a base fact."""
        return self.state.written.holds(fact)

    def holds(self, fact: Ground) -> bool:
        """Whether a triple is in the closure (or among the base facts)."""
        if self.base_only:
            return self.asserted(fact)
        subject, predicate, obj = (self.state.equality.of(i) for i in fact)
        subject, obj = self._node(predicate, subject), self._node(predicate, obj, subject=False)
        if predicate == self._same_as:
            return subject == obj
        key, packed = single((subject, predicate, obj))
        return key in self._relations and self._relations[key].facts.holds(packed)

    def count(self, pattern: Pattern) -> float:
        """About how many triples match a pattern whose predicate is known; infinite without one."""
        subject, predicate, obj = pattern
        if isinstance(predicate, str):
            return float("inf")
        free = isinstance(subject, str) + isinstance(obj, str)
        if not free:
            return 0
        key = self.state.equality.of(predicate)
        if key == self._same_as and not self.base_only:
            return 1 if free == 1 else len(self.state.equality.representative)
        if key == v.TYPE:
            return len(self._class(obj)) if isinstance(obj, int) else 1e6
        if key not in self._relations:
            return 0
        if free == 2:
            return 10.0 + len(self._relations[key].facts)
        return len(self._objects(key, subject)) if isinstance(subject, int) else len(self._subjects(key, obj))

    def matches(self, pattern: Pattern) -> Iterator[Ground]:
        """The triples that match a pattern whose predicate is known. Cost: the matches, two searches."""
        subject, predicate, obj = pattern
        assert isinstance(predicate, int)
        if isinstance(subject, int) and isinstance(obj, int):
            found = [(subject, obj)] if self.holds((subject, predicate, obj)) else []
        else:
            found = self._found(subject, predicate, obj)
        for left, right in found:
            if self.base_only and not self.asserted((left, predicate, right)):
                continue
            if subject != obj or left == right or isinstance(subject, int):
                yield left, predicate, right

    def _found(self, subject: int | str, predicate: int, obj: int | str) -> list[tuple[int, int]]:
        key = self.state.equality.of(predicate)
        if key == self._same_as and not self.base_only:
            return self._same(subject, obj)
        found = self._types(subject, obj) if key == v.TYPE else self._pairs(key, subject, obj)
        return self._over_copies(key, found, (subject, obj)) if self.state.copies else found

    def _node(self, predicate: int, term: int, *, subject: bool = True) -> int:
        """Where the facts of a copy of an anonymous expression stand."""
        return self.state.copies.node(predicate, term, subject=subject) if self.state.copies else term

    def _over_copies(
        self, key: int, found: list[tuple[int, int]], asked: tuple[int | str, int | str]
    ) -> list[tuple[int, int]]:
        """What was found, in open places also over copies: those that an axiom says it of, and of two copies
        of one and the same expression each. All others are a step away from these.
        """
        out = dict.fromkeys(found)
        for left, right in found:
            lefts = self._every(key, left, True) if isinstance(asked[0], str) else [left]
            rights = self._every(key, right, False) if isinstance(asked[1], str) else [right]
            if len(lefts) + len(rights) > 2:
                alike = key != v.TYPE and 1 in (len(lefts), len(rights)) and self._alike(left, right)
                pairs = ((a, b) for a in lefts for b in rights)
                out |= dict.fromkeys(pair for pair in pairs if alike or self._is_said(key, pair))
        return list(out)

    def _is_said(self, key: int, pair: tuple[int, int]) -> bool:
        if key in (v.SUB_CLASS_OF, v.EQUIVALENT_CLASS):
            return pair in self._said or pair[::-1] in self._equivalent
        return self.asserted((pair[0], key, pair[1]))

    @cached_property
    def _equivalent(self) -> set[tuple[int, int]]:
        return set(_pairs_of(self.state.written.column(v.EQUIVALENT_CLASS)))

    @cached_property
    def _said(self) -> set[tuple[int, int]]:
        """What axioms say of classes, and of the members of lists. Cost of the first call: all axioms."""
        return {*_pairs_of(self.state.written.column(v.SUB_CLASS_OF)), *self._equivalent, *self._listed}

    def _every(self, key: int, term: int, subject: bool) -> list[int]:
        """The copies of a term, where the facts of a key hold of each."""
        groups = self.state.copies.groups
        spread = self.state.copies.node(key, term, subject=subject) in groups.members
        return groups.all(term) if spread else [term]

    def _alike(self, left: int, right: int) -> bool:
        groups = self.state.copies.groups
        return groups.of(left) == groups.of(right)

    def _pairs(self, key: int, subject: int | str, obj: int | str) -> list[tuple[int, int]]:
        every = self.state.equality.all
        if isinstance(subject, int):
            return [(subject, m) for i in self._objects(key, subject).tolist() for m in every(i)]
        if isinstance(obj, int):
            return [(m, obj) for i in self._subjects(key, obj).tolist() for m in every(i)]
        facts = self._relations[key].facts.array if key in self._relations else NONE
        return [(a, b) for f in facts.tolist() for a in every(f >> 32) for b in every(f & 0xFFFFFFFF)]

    def _objects(self, key: int, subject: int | str) -> Ids:
        assert isinstance(subject, int)
        if key not in self._relations:
            return NONE
        return self._relations[key].facts.between(self._node(key, self.state.equality.of(subject)))

    def _subjects(self, key: int, obj: int | str) -> Ids:
        assert isinstance(obj, int)
        if key not in self._relations:
            return NONE
        node = self._node(key, self.state.equality.of(obj), subject=False)
        return self._relations[key].inverse.between(node)

    def _class(self, class_id: int) -> FactSet:
        key = self.state.equality.key(class_key(self._node(v.TYPE, class_id, subject=False)))
        return self._relations[key].facts if key in self._relations else FactSet()

    def _same(self, subject: int | str, obj: int | str) -> list[tuple[int, int]]:
        every = self.state.equality.all
        if isinstance(subject, int):
            return [(subject, m) for m in every(subject)]
        if isinstance(obj, int):
            return [(m, obj) for m in every(obj)]
        roots = {int(pair) & 0xFFFFFFFF for pair in self._relations[self._same_as].facts.array}
        return [
            (a, b)
            for root in roots | self.state.equality.members.keys()
            for a in every(root)
            for b in every(root)
        ]

    def _types(self, subject: int | str, obj: int | str) -> list[tuple[int, int]]:
        every = self.state.equality.all
        if isinstance(obj, int):
            return [(m, obj) for i in self._class(obj).array.tolist() for m in every(i)]
        out = []
        for key, relation in list(self._relations.items()):
            if key < 0 and len(relation.facts):
                if isinstance(subject, int):
                    root = np.array([self.state.equality.of(subject)], np.int64)
                    members = root[relation.facts.member(root)]
                else:
                    members = relation.facts.array
                out += [(m, c) for i in members.tolist() for m in every(i) for c in every(~key)]
        return [(s, c) for s, c in out if not isinstance(subject, int) or s == subject]


def _pairs_of(column: Ids) -> Iterator[tuple[int, int]]:
    return ((fact >> 32, fact & 0xFFFFFFFF) for fact in column.tolist())
