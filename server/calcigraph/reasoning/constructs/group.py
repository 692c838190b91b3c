"""Rules that have to be run together in; what they build, kept up to date, out.

Most groups are of one rule, which reads nothing that it builds. Rules that could read what they build run
to a fixpoint. Often they could by their words and do not by the facts: a rule reads the labels of some
things and writes labels of others. As long as that holds, such a group is kept up to date like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from calcigraph.reasoning.constructs.portions import Difference, Portions
from calcigraph.reasoning.constructs.reach import Portion
from calcigraph.reasoning.constructs.views import Delta, Views
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.queries.reads import Read, overlap
from calcigraph.reasoning.queries.rule import Stage

Reached = dict[str, set[Portion] | None]


class Group:
    """Rules of one stage that are run together, each a `Portions`."""

    def __init__(self, rules: Sequence[Portions], views: Views, rounds: int) -> None:
        self.rules, self.views, self._rounds = tuple(rules), views, rounds
        self.stage: Stage = rules[0].rule.stage
        self.writes: frozenset[Read] = frozenset().union(*(rule.algebra.writes for rule in rules))
        self._circular = any(overlap(w, r) for rule in rules for r in rule.algebra.reads for w in self.writes)
        self._apart: bool | None = None
        self._built: Counter[ox.Triple] = Counter()

    def run(self) -> None:
        """Run the rules on what the store holds. Raises LimitMet when they do not settle."""
        for _ in range(self._rounds):
            before = len(self.views.built[self.stage])
            for rule in self.rules:
                self._support(rule.update(None))
            if not self._circular or len(self.views.built[self.stage]) == before:
                self._apart = None
                return
        raise LimitMet(
            f"The rules {', '.join(rule.rule.slug for rule in self.rules)} still build after"
            f" {self._rounds} rounds.",
            "Give the recursion an end, or raise the limit `construct_rounds`.",
        )

    def recall(self) -> Counter[ox.Triple]:
        """Find out how what the store holds already was built; how often each triple was."""
        for rule in self.rules:
            rule.update(None)
        self._built = Counter(triple for rule in self.rules for triple in rule.triples())
        return self._built

    def know(self, other: Group) -> None:
        """Take over what another one over the same triples knows."""
        self._apart, self._built = other._apart, Counter(other._built)

    def update(self, changes: Delta) -> None:
        """Bring what the rules build up to date with triples that came into their view and went from it."""
        touched = {rule: found for rule in self.rules if (found := rule.reads_any(changes))}
        if not touched:
            return
        gone = set(changes.went())
        if self._is_apart(gone):
            reached = {
                rule.rule.slug: rule.reached(found, [triple for triple in found if triple in gone])
                for rule, found in touched.items()
            }
            moved = self._update(reached)
            if not self._circular or not (self._feeds(moved) or self._lean(reached)):
                return
        for rule in self.rules:
            self._support(([], list(rule.triples())))
            rule.built = {}
        self.run()

    def _is_apart(self, gone: Iterable[ox.Triple]) -> bool:
        """Whether no rule rests on what the group built, neither now nor before some triples went."""
        if self._apart is None:
            every = dict.fromkeys(rule.rule.slug for rule in self.rules)
            with self.views.lent(self.stage, gone):
                self._apart = not (self._circular and self._lean(every))
        return self._apart

    def _update(self, reached: Reached) -> Delta:
        """Build the portions that are reached again; the triples of the group that came and went by it."""
        moved = Delta()
        for rule in self.rules:
            if rule.rule.slug in reached:
                gained, lost = rule.update(reached[rule.rule.slug])
                touched = {*gained, *lost}
                before = touched & self._built.keys()
                self._support((gained, lost))
                for triple in before ^ (touched & self._built.keys()):
                    moved.note(triple, came=triple not in before)
        return moved

    def _support(self, difference: Difference) -> None:
        gained, lost = difference
        self.views.support(self.stage, gained, lost)
        self._built.update(gained)
        self._built.subtract(lost)
        for triple in {*gained, *lost}:
            if not self._built[triple]:
                del self._built[triple]

    def _feeds(self, moved: Delta) -> bool:
        """Whether triples that the group built, or builds no more, may matter to the group."""
        gone = moved.went()
        return any(
            rule.reached(found, [triple for triple in found if triple in gone]) != set()
            for rule in self.rules
            if (found := rule.reads_any(moved))
        )

    def _lean(self, reached: Reached) -> bool:
        """Whether portions rest on triples that the group built."""
        return any(
            rule.leans_on(self._built, self.writes, reached[rule.rule.slug])
            for rule in self.rules
            if rule.rule.slug in reached and reached[rule.rule.slug] != set()
        )
