"""A goal in; where many asserted steps lead to it by transitivity, the applications of rules along them out.

The search weighs each node between two others, and again whatever lies between those: of the ends of a chain
it sees the square of its nodes, and the cube of ways to put two pieces together. The fewest asserted steps
between the ends, halved and halved again, are a proof whose depth is the logarithm of their number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from calcigraph import deadline
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.proofs.instances import Instance
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground

TRANSITIVE: Final = v.NAMES["owl:TransitiveProperty"]
_BY_PREDICATE: Final = {v.SUB_CLASS_OF: "scm-sco", v.SUB_PROPERTY_OF: "scm-spo", v.SAME_AS: "eq-trans"}
# Where so few steps lead to a goal, the search weighs all its proofs.
_FEW: Final = 8
# A way that is not found among so many nodes is not looked for any further.
_MOST_NODES: Final = 10_000


@dataclass(frozen=True)
class Way:
    """Nodes each of which an asserted step leads to from the one before it. Where the goal is a membership,
    the first step is one too, and the others lead from class to class."""

    goal: Ground
    nodes: tuple[int, ...]

    def fact(self, start: int, end: int) -> Ground:
        """What a piece of the way says."""
        predicate = self.goal[1]
        if predicate == v.TYPE and start:
            predicate = v.SUB_CLASS_OF
        return self.nodes[start], predicate, self.nodes[end]


class Ways:
    """The ways that lead over some base facts; see `find` for the cost."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self.looked_at = 0
        """The nodes that were looked at so far."""

    def find(self, goal: Ground) -> Way | None:
        """A way of the fewest steps, where it has many. Cost: the nodes that it can reach, up to a bound."""
        subject, predicate, obj = goal
        if predicate == v.TYPE:
            nodes = [subject, *self._fewest(self._base.classes(subject), v.SUB_CLASS_OF, obj)]
        else:
            nodes = self._fewest([subject], predicate, obj)
        return Way(goal, tuple(nodes)) if len(nodes) > _FEW + 1 else None

    def _fewest(self, starts: Iterable[int], step: int, end: int) -> list[int]:
        """The nodes from one of some to another; none where there is no way, or it is too far."""
        before: dict[int, int | None] = dict.fromkeys(starts)
        frontier = list(before)
        while frontier and end not in before and len(before) <= _MOST_NODES:
            deadline.check()
            reached = [
                (node, other) for node in frontier for other in self._base.objects(step, node).tolist()
            ]
            frontier = []
            for node, other in reached:
                if other not in before:
                    before[other] = node
                    frontier.append(other)
        self.looked_at += len(before)
        if end not in before:
            return []
        nodes = [end]
        while (last := before[nodes[-1]]) is not None:
            nodes.append(last)
        return nodes[::-1]


def is_composed(predicate: int) -> bool:
    """Whether a rule of the tables puts pieces of a way together, without an axiom about the predicate."""
    return predicate == v.TYPE or predicate in _BY_PREDICATE


def composed(goal: Ground, first: Ground, second: Ground) -> Instance:
    """The application of a rule that puts two pieces of a way together."""
    predicate = goal[1]
    if predicate == v.TYPE:
        return Instance("cax-sco", (second, first))
    if predicate in _BY_PREDICATE:
        return Instance(_BY_PREDICATE[predicate], (first, second))
    return Instance("prp-trp", ((predicate, v.TYPE, TRANSITIVE), first, second))
