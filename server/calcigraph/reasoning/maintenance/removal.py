"""Base facts that went in; the relations without what followed from them alone, out.

Removal over-deletes and derives again (DRed: Gupta, Mumick, Subrahmanian 1993). Facts stand on the
representatives of equal terms, so a rule that made two terms equal now says of their representative
that it equals itself. A fact that such a rule may lean on may be why the terms are equal: then the
whole class is dissolved, every fact that mentions it is taken out, and what still makes members equal
puts them together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from calcigraph.reasoning.closure import literals
from calcigraph.reasoning.closure.join import Mask, scan
from calcigraph.reasoning.facts.arrays import NONE, contains, member, unique
from calcigraph.reasoning.facts.columns import Columns, Key, filled, gathered, united
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.maintenance.steps import NotIncremental, Steps, refuse_schema
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, Ground, Ids


class Removal:
    """The removal that one change begins with."""

    def __init__(self, steps: Steps) -> None:
        self.steps, self.closure = steps, steps.closure
        self.equality = self.closure.equality
        """Which terms were equal before."""
        self.dissolved: set[int] = set()
        """The representatives of the classes that are dissolved."""

    def remove(self, facts: Columns, texts: Iterable[int]) -> None:
        """Take base facts out, and all that may follow from them; put back what still follows.

        `texts` are the literals in them, if a rule asks for a datatype. Cost: what may follow, and what
        mentions terms that were equal to others and may be so no longer. Raises NotIncremental.
        """
        gone = [index for index in texts if self._is_typed(index) and not self._is_mentioned(index)]
        delta = united(facts, literals.forget(self.closure, np.array(gone, np.int64)))
        while delta:
            refuse_schema(self.closure, delta)
            self.steps.taken = united(self.steps.taken, delta)
            delta = self._follows(delta)
        for key, column in self.steps.taken.items():
            self.closure.relations[key] = self.closure.relations[key].minus(column)
        self._rederive()

    def _follows(self, delta: Columns) -> Columns:
        """What the rules made of facts that are taken out, as far as it is still there."""
        made: list[tuple[Key, Ids]] = []
        touched = {int(fact) & 0xFFFFFFFF for fact in delta.get(v.SAME_AS, ())}
        for rule in self.steps.rules(delta):
            assert rule.head is not None
            for column in self.closure.derive(rule, delta):
                if rule.head.key == v.SAME_AS:
                    touched.update(np.unique(column & MASK).tolist())
                else:
                    made.append((rule.head.key, column))
        made += self._dissolve(touched).items()
        return filled({key: self._here(key, column) for key, column in gathered(made).items()})

    def _here(self, key: Key, column: Ids) -> Ids:
        column = column[self.closure.relations[key].facts.member(column)]
        return column[~member(column, self.steps.taken.get(key, NONE))]

    def _dissolve(self, terms: Iterable[int]) -> Columns:
        """The facts that mention classes of equal terms which are dissolved from now on."""
        new = {i for i in terms if i in self.equality.members} - self.dissolved
        self.dissolved |= new
        if not new:
            return {}
        for root in new:
            self._refuse_keys(self.equality.members[root])
        ids = np.array(sorted(new), np.int64)
        found = {key: relation.mentions(ids) for key, relation in self.closure.relations.items()}
        return filled(found)

    def _refuse_keys(self, members: list[int]) -> None:
        """Equal predicates and classes are what rules are compiled for."""
        relations = self.closure.relations
        if members[0] < len(v.VOCABULARY) or any(i in relations or ~i in relations for i in members):
            raise NotIncremental

    def _is_typed(self, index: int) -> bool:
        """Whether a literal that is equal to nothing else is typed. Others part with their class."""
        given = self.closure.given.items()
        return index not in self.equality.representative and any(
            contains(column, index) for key, column in given if key < 0
        )

    def _is_mentioned(self, index: int) -> bool:
        """Whether a base fact has this literal for its object. Cost: the facts that have it."""
        here = np.array([index], np.int64)
        return any(
            self.closure.base.holds((subject, predicate, index))
            for key, relation in self.closure.relations.items()
            if key >= 0
            for fact in relation.mentions(here).tolist()
            for predicate in self.equality.all(key)
            for subject in self.equality.all(fact >> 32)
        )

    def _rederive(self) -> None:
        """Put back those facts taken out that are base facts or follow from what is left."""
        wanted, given = self.steps.taken, {}
        if self.dissolved:
            wanted = self._parted(wanted)
            given = self._typed_again(wanted)
        still = {key: self._still(key, column) for key, column in wanted.items()}
        self.steps.insert(united(filled(still), given))

    def _parted(self, facts: Columns) -> Columns:
        """Some facts over the members of the dissolved classes, which are nobody's equals from now on."""
        apart = self.equality.only(self.dissolved)
        self.steps.part(self.dissolved)
        literals.forget(self.closure, np.array(sorted(apart.representative), np.int64))
        return {key: apart.expand(column, key >= 0) for key, column in facts.items()}

    def _typed_again(self, wanted: Columns) -> Columns:
        """What the literals are that stood in dissolved classes and in base facts that are still there."""
        base = {key: column[self._is_base(key, column)] for key, column in wanted.items() if key >= 0}
        return literals.typed(self.closure, literals.mentioned(self.closure, base))

    def _still(self, key: Key, taken: Ids) -> Ids:
        """Those facts of one key that are base facts or follow in one step from what is left."""
        still = self._is_base(key, taken) | member(taken, self.closure.given.get(key, NONE))
        for rule in self.steps.program.by_head.get(key, ()):
            rest = taken[~still]
            if not len(rest):
                break
            assert rule.head is not None
            found = self.closure.heads(rule, scan(rule.head, rest), rule.body)
            if key == v.SAME_AS:
                found = self.closure.linking(found)
            still |= member(taken, unique(found))
        return taken[still]

    def _is_base(self, key: Key, facts: Ids) -> Mask:
        closure = self.closure
        if not closure.equality:
            return closure.base.member(key, facts)
        return np.array(
            [any(map(closure.base.holds, _written(closure.equality, key, f))) for f in facts.tolist()], bool
        )


def _written(equality: Equality, key: Key, fact: int) -> Iterator[Ground]:
    """The triples over terms as written that one fact over representatives stands for."""
    every = equality.all
    if key < 0:
        yield from ((s, v.TYPE, c) for c in every(~key) for s in every(fact))
    else:
        yield from (
            (s, p, o) for p in every(key) for s in every(fact >> 32) for o in every(fact & 0xFFFFFFFF)
        )
