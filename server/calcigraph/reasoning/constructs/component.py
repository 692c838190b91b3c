"""CONSTRUCT rules that need one another in; what they build, kept equal to building it anew, out.

A component is a strongly connected part of the graph "rule reads what rule builds". Most have one rule,
which reads nothing that it builds: it is kept up to date by counting the portions that build a triple.
In a recursive one a triple may rest on itself, and a count would keep it for ever. There removal deletes
and rederives (Gupta, Mumick, Subrahmanian: Maintaining Views Incrementally, SIGMOD 1993): everything goes
that rests, through any number of steps, on what went; then what follows from the rest is built again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

import pyoxigraph as ox

from calcigraph.reasoning.constructs.history import Recorded, RecordedCounts
from calcigraph.reasoning.constructs.moves import Moves
from calcigraph.reasoning.constructs.portions import Difference, Portions
from calcigraph.reasoning.constructs.reach import MOST, Portion
from calcigraph.reasoning.constructs.views import Views
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.queries.reads import Read, matching, overlap
from calcigraph.reasoning.queries.rule import Stage

Reached = dict[Portions, set[Portion] | None]
"""Portions of some rules; None stands for all portions of a rule."""


class Component:
    """Rules of one stage that have to be run together, each as `Portions`."""

    def __init__(self, rules: Sequence[Portions], views: Views, rounds: int) -> None:
        self.rules, self.views, self._rounds = tuple(rules), views, rounds
        self.stage: Stage = rules[0].rule.stage
        self.writes: frozenset[Read] = frozenset().union(*(rule.algebra.writes for rule in rules))
        self.is_recursive = any(
            overlap(write, read) for rule in rules for read in rule.algebra.reads for write in self.writes
        )
        self._counts: RecordedCounts[ox.Triple] = RecordedCounts(views.history)
        self._born: Recorded[ox.Triple, int] = Recorded(views.history)
        self._clock = 0  # never set back, so that a later birth is later in each version

    def run(self) -> None:
        """Run the rules on what the store holds. Raises LimitMet when they do not settle."""
        self._settle(dict.fromkeys(self.rules))

    def update(self, moves: Moves) -> None:
        """Bring what the rules build up to date with what has moved in their view.

        Cost: a query for each rule and pattern that a triple reaches, and one for each rule with portions
        to build again; in a recursive component as often as the recursion takes steps. Raises LimitMet.
        """
        changes = moves.changes[self.stage]
        went = changes.went()
        if not self.is_recursive:
            self._settle(self._reached(changes, went))
            return
        came = changes.came()
        groundless = self._groundless(moves.loosened[self.stage])
        dropped = self._dropped(self._reached([*went, *self._negated(came)], went), groundless)
        self._withdraw(dropped)
        self._settle(_together(dropped, self._reached(came)))

    def may_be_circular(self, triples: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Those of some triples that rules which need one another may build. Cost: none that grows with the
        data, so that it may be asked of all triples."""
        return set(matching(triples, self.writes)) if self.is_recursive else set()

    def is_circular(self, triple: ox.Triple) -> bool:
        """Whether a triple may rest on itself, in however many steps: whether what is built from it, and
        from that in turn, builds it again. Said of a triple as well that more than MOST others rest on.

        Cost: a query for each rule and pattern that one of these triples matches, and one for each rule
        that does; it need not be known why they stand there. What was found does not lead back is kept: what
        leads there does not come back from there either, so that a proof is followed step by step.
        """
        # Of triples, whether what rests on them does not lead back; False where it is too much to look at.
        straight: dict[ox.Triple, bool] = self.views.history.current.known.setdefault(self, {})
        known = set() if straight.get(triple) else self.may_be_circular([triple])
        front = known
        while front:
            if len(known) > MOST or any(straight.get(each) is False for each in front):
                straight[triple] = False
                return True
            reached = self._reached(front)
            built = {each for rule, portions in reached.items() for each in rule.building(portions)}
            if triple in built:
                return True
            front = {each for each in built - known if not straight.get(each)}
            known = known | front
        if known:
            straight[triple] = True
        return False

    def born(self, triple: ox.Triple) -> int:
        """When the rules first built a triple from others that were born before it; 0 for what stands
        without them. So a step from triples that were all born before its conclusion leans on no circle.
        """
        return 0 if self._stands_without(triple) else self._born.get(triple) or 0

    def _settle(self, reached: Reached) -> None:
        """Build portions again, then those that this reaches, until nothing new is built."""
        for _ in range(self._rounds):
            came: list[ox.Triple] = []
            read: dict[Portions, int] = {}
            for rule, portions in reached.items():
                if portions is None:
                    read[rule] = len(came)
                came += self._support(rule.update(portions))
            reached = self._reached(came, read=read) if self.is_recursive else {}
            if not reached:
                return
        raise LimitMet(
            f"The rules {', '.join(rule.rule.slug for rule in self.rules)} still build after"
            f" {self._rounds} rounds.",
            "Give the recursion an end, or raise the bound (--limit construct_rounds).",
        )

    def _support(self, difference: Difference) -> list[ox.Triple]:
        """Take over what portions gained and lost; the triples that are now there and were not."""
        gained, lost = difference
        self._clock += 1
        new = {triple for triple in gained if triple not in self._counts}
        came = [triple for triple in new if not self._stands_without(triple)]
        self.views.build(self.stage, gained, lost)
        self._counts.add(gained, 1)
        self._counts.add(lost, -1)
        if self.is_recursive:
            self._bear(new)
            for triple in lost:
                if triple not in self._counts:
                    self._born.set(triple, None)
        return came

    def _bear(self, triples: Iterable[ox.Triple]) -> None:
        for triple in triples:
            if triple in self._counts:
                self._born.set(triple, self._clock)

    def _reached(
        self,
        changed: Iterable[ox.Triple],
        went: Collection[ox.Triple] = (),
        read: Mapping[Portions, int] = MappingProxyType({}),
    ) -> Reached:
        """The portions that some triples may change; those that `went` may no longer be in the store, and so
        many of the first a rule has `read` already, as they stood there when it was last run as a whole."""
        changed, gone = list(changed), set(went)
        out: Reached = {}
        for rule in self.rules:
            found = rule.reads_any(changed[read.get(rule, 0) :])
            portions = rule.reached(found, [t for t in found if t in gone]) if found else set()
            if portions is None or portions:
                out[rule] = portions
        return out

    def _negated(self, came: Iterable[ox.Triple]) -> list[ox.Triple]:
        """Those of some triples by which a rule may build less than before."""
        came = list(came)
        return list(dict.fromkeys(t for rule in self.rules for t in rule.negates_any(came)))

    def _stands_without(self, triple: ox.Triple) -> bool:
        """Whether a triple would be there without the rules of this component."""
        return self.views.grounds.stands(self.stage, triple, beside=self._counts.count(triple))

    def _groundless(self, loosened: Collection[ox.Triple]) -> set[ox.Triple]:
        """Those that only this component still builds, which may be because of themselves."""
        return {t for t in loosened if t in self._counts and not self._stands_without(t)}

    def _dropped(self, reached: Reached, lost: set[ox.Triple]) -> Reached:
        """All portions that rest, through any number of steps, on those `reached` or on `lost` triples.

        The store is as it was before, so that each step is found.
        """
        dropped: Reached = {}
        lost |= self._built_by(reached)
        front = lost
        while reached or front:
            dropped = _together(dropped, reached)
            reached = _beyond(dropped, self._reached(front))
            front = self._built_by(reached) - lost
            lost |= front
        return dropped

    def _built_by(self, reached: Reached) -> set[ox.Triple]:
        """The triples of some portions that are not there without them."""
        built = {t for rule, portions in reached.items() for t in rule.triples(portions)}
        return {triple for triple in built if not self._stands_without(triple)}

    def _withdraw(self, dropped: Reached) -> None:
        """Forget portions. What others build all the same rests on none of them, and is born anew."""
        lost = [t for rule, portions in dropped.items() for t in rule.drop(portions)]
        self._support(([], lost))
        self._bear(lost)


def _together(some: Mapping[Portions, set[Portion] | None], more: Reached) -> Reached:
    out = dict(some)
    for rule, portions in more.items():
        known = out.get(rule, set())
        out[rule] = None if known is None or portions is None else known | portions
    return out


def _beyond(known: Reached, reached: Reached) -> Reached:
    """The portions that are not known yet."""
    out: Reached = {}
    for rule, portions in reached.items():
        old = known.get(rule, set())
        if old is not None and (portions is None or portions - old):
            out[rule] = None if portions is None else portions - old
    return out
