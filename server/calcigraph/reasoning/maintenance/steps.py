"""Base facts that came or went in; the relations brought up to date, and what that touched, out.

Removal over-deletes and re-derives (DRed, Gupta et al. 1993); addition goes on with semi-naive
evaluation. What reaches the schema, or the reasons why terms are equal, is refused (NotIncremental).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.join import scan
from calcigraph.reasoning.facts.arrays import NONE, member, unique
from calcigraph.reasoning.facts.columns import Columns, Key, filled, united
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.rules.program import CompiledRule
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, Ground, Ids


class NotIncremental(Exception):
    """The change reaches the schema or the equality of terms."""


def refuse_schema(closure: Closure, facts: Columns) -> None:
    """Refuse (NotIncremental) facts that the compiler read, or that would have to be bridged."""
    keys = {closure.equality.key(key) for key in facts}
    if keys & closure.program.reads or (
        closure.relations.reflective and any(k < 0 or k == v.TYPE for k in keys)
    ):
        raise NotIncremental


def represented(equality: Equality, columns: Columns) -> Columns:
    """The facts over representatives of equal terms."""
    if not equality:
        return columns
    out: dict[Key, list[Ids]] = {}
    for key, column in columns.items():
        out.setdefault(equality.key(key), []).append(equality.rewrite(column, key >= 0))
    return {key: unique(np.concatenate(found)) for key, found in out.items()}


class Steps:
    """One change under way: what was taken out and put in, over representatives."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self.program = closure.program
        self.taken: Columns = {}
        self.inserted: dict[Key, list[Ids]] = {}
        self.copied = False

    def insert(self, facts: Columns) -> None:
        """Add facts and all that follows."""
        closure = self.closure
        new = {key: closure.relations.news(key, [column]) for key, column in facts.items()}
        delta = closure.commit(filled(new))
        while delta:
            refuse_schema(closure, delta)
            if v.SAME_AS in delta:
                delta = self._merged(delta)
            for key, column in delta.items():
                self.inserted.setdefault(key, []).append(column)
            delta = closure.commit(closure.fire(self._rules(delta), delta))

    def _merged(self, delta: Columns) -> Columns:
        if not self.copied:
            self.closure.equality = self.closure.equality.copy()
            self.copied = True
        _, changed = self.closure.merge_equal()
        delta = united(represented(self.closure.equality, delta), changed)
        refuse_schema(self.closure, delta)
        return delta

    def _rules(self, delta: Columns) -> list[CompiledRule]:
        found = {id(rule): rule for key in delta for rule in self.program.by_body.get(key, ())}
        return list(found.values())

    def remove(self, facts: Columns) -> None:
        """Take facts out, with all that might follow from them; put back what still follows."""
        delta = facts
        while delta:
            refuse_schema(self.closure, delta)
            self.taken = united(self.taken, delta)
            delta = self._follows(delta)
        for key, column in self.taken.items():
            self.closure.relations[key] = self.closure.relations[key].minus(column)
        self.insert({key: column for key in self.taken if len(column := self._still(key))})

    def _follows(self, delta: Columns) -> Columns:
        made: dict[Key, list[Ids]] = {}
        for rule in self._rules(delta):
            for column in self.closure.derive(rule, delta):
                assert rule.head is not None
                if rule.head.key == v.SAME_AS:
                    self._refuse_reasons(column)
                else:
                    made.setdefault(rule.head.key, []).append(column)
        out: Columns = {}
        for key, columns in made.items():
            column = unique(np.concatenate(columns))
            column = column[self.closure.relations[key].facts.member(column)]
            column = column[~member(column, self.taken.get(key, NONE))]
            if len(column):
                out[key] = column
        return out

    def _refuse_reasons(self, pairs: Ids) -> None:
        """A fact that is taken out may be why terms are equal: then classes may fall apart."""
        equal_terms = self.closure.equality.representative
        if any(term in equal_terms for term in np.unique(pairs & MASK).tolist()):
            raise NotIncremental

    def _still(self, key: Key) -> Ids:
        """Those facts taken out of one key that are base facts or follow from what is left."""
        taken = self.taken[key]
        still = self._is_base(key, taken) | member(taken, self.closure.given.get(key, NONE))
        for rule in self.program.by_head.get(key, ()):
            rest = taken[~still]
            if not len(rest):
                break
            assert rule.head is not None
            found = self.closure.heads(rule, scan(rule.head, rest), rule.body)
            still |= member(taken, unique(found))
        return taken[still]

    def _is_base(self, key: Key, facts: Ids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        closure = self.closure
        if not closure.equality:
            return closure.base.member(key, facts)
        return np.array(
            [any(map(closure.base.holds, _written(closure, key, f))) for f in facts.tolist()], bool
        )


def _written(closure: Closure, key: Key, fact: int) -> Iterator[Ground]:
    """The triples over terms as written that one fact over representatives stands for."""
    every = closure.equality.all
    if key < 0:
        yield from ((s, v.TYPE, c) for c in every(~key) for s in every(fact))
    else:
        yield from (
            (s, p, o) for p in every(key) for s in every(fact >> 32) for o in every(fact & 0xFFFFFFFF)
        )
