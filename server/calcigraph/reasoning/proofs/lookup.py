"""The closed facts as a proof search reads them: single triples of ids, equal terms multiplied out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import NONE
from calcigraph.reasoning.facts.columns import class_key, single
from calcigraph.reasoning.facts.fact_set import FactSet
from calcigraph.reasoning.rules.patterns import Pattern
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground, Ids


class ClosureLookup:
    """Look-ups in a closure, by pattern. With `base_only`, among the base facts alone."""

    def __init__(self, state: State, base_only: bool = False) -> None:
        self.state = state
        self.base_only = base_only
        self._same_as = state.equality.of(v.SAME_AS)

    @classmethod
    def of_base(cls, state: State) -> ClosureLookup:
        """Look-ups among the base facts of a closure, which are few of it where terms are equal."""
        if state.equality:
            state = State(state.terms, state.limits, base=state.base)
            state.relations.commit(state.base.columns)
        return cls(state, base_only=True)

    def asserted(self, fact: Ground) -> bool:
        """Whether a triple is a base fact."""
        return self.state.base.holds(fact)

    def holds(self, fact: Ground) -> bool:
        """Whether a triple is in the closure (or among the base facts)."""
        if self.base_only:
            return self.asserted(fact)
        subject, predicate, obj = (self.state.equality.of(i) for i in fact)
        if predicate == self._same_as:
            return subject == obj
        key, packed = single((subject, predicate, obj))
        return key in self.state.relations and self.state.relations[key].facts.holds(packed)

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
        if key not in self.state.relations:
            return 0
        if free == 2:
            return 10.0 + len(self.state.relations[key].facts)
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
        key, every = self.state.equality.of(predicate), self.state.equality.all
        if key == self._same_as and not self.base_only:
            return self._same(subject, obj)
        if key == v.TYPE:
            return self._types(subject, obj)
        if isinstance(subject, int):
            return [(subject, m) for i in self._objects(key, subject).tolist() for m in every(i)]
        if isinstance(obj, int):
            return [(m, obj) for i in self._subjects(key, obj).tolist() for m in every(i)]
        facts = self.state.relations[key].facts.array if key in self.state.relations else NONE
        return [(a, b) for f in facts.tolist() for a in every(f >> 32) for b in every(f & 0xFFFFFFFF)]

    def _objects(self, key: int, subject: int | str) -> Ids:
        assert isinstance(subject, int)
        if key not in self.state.relations:
            return NONE
        return self.state.relations[key].facts.between(self.state.equality.of(subject))

    def _subjects(self, key: int, obj: int | str) -> Ids:
        assert isinstance(obj, int)
        if key not in self.state.relations:
            return NONE
        return self.state.relations[key].inverse.between(self.state.equality.of(obj))

    def _class(self, class_id: int) -> FactSet:
        key = self.state.equality.key(class_key(class_id))
        return self.state.relations[key].facts if key in self.state.relations else FactSet()

    def _same(self, subject: int | str, obj: int | str) -> list[tuple[int, int]]:
        every = self.state.equality.all
        if isinstance(subject, int):
            return [(subject, m) for m in every(subject)]
        if isinstance(obj, int):
            return [(m, obj) for m in every(obj)]
        roots = {int(pair) & 0xFFFFFFFF for pair in self.state.relations[self._same_as].facts.array}
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
        for key, relation in list(self.state.relations.items()):
            if key < 0 and len(relation.facts):
                if isinstance(subject, int):
                    root = np.array([self.state.equality.of(subject)], np.int64)
                    members = root[relation.facts.member(root)]
                else:
                    members = relation.facts.array
                out += [(m, c) for i in members.tolist() for m in every(i) for c in every(~key)]
        return [(s, c) for s, c in out if not isinstance(subject, int) or s == subject]
