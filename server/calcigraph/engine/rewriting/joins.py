"""A run of joined elements in, the same in an order and with LATERAL out, so that each is looked up for the
values that stand before it.

The engine chooses the order of the triple patterns of one group by the variables that have values. What
stands in a group of its own (a branch of UNION; a group with FILTER, OPTIONAL or BIND) it orders by
itself, and then evaluates in that order for each solution before it: of 3,000 things, `?t a :T { ?a :hasT
?t ; a :A } UNION { ?a :hasT ?t ; a :B }` begins in each branch with all :A and all :B, for each ?t, and
takes 5.7 s. With LATERAL in front of the union it knows that ?t has a value there: 0.01 s.

So the plain elements come first, then one by one those that are `is_heavy`, each in a LATERAL, if
`lateral_equality` has the proof that this is the same and each of their patterns can be looked up from
what is bound (`joined.is_reached`). Where a union is smaller than all that is plain, it comes first
and the others are looked up for its solutions. What shares no variable with what stands before it stays
outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calcigraph.engine.rewriting.chain import Chain, Link, Write
from calcigraph.engine.rewriting.estimates import Estimates
from calcigraph.engine.rewriting.joined import flattened, is_heavy, is_reached, parts
from calcigraph.engine.rewriting.lateral_equality import nodes_of
from calcigraph.sparql.scope import certain, in_scope
from calcigraph.sparql.tree import Pattern, Triples, TriplesBlock, Values

_MOST_COUNTED: Final = 10_000
_SHARE_COUNTED: Final = 10
# Is told of each element behind which variables it is evaluated.
Visit = Callable[[Pattern, frozenset[str]], None]


@dataclass(frozen=True)
class Unit:
    """A joined element, or a part of a block of triples; `is_heavy` as in `joined`, `size` an estimate."""

    pattern: Pattern
    is_heavy: bool
    size: int

    @property
    def link(self) -> Link:
        """How it is put into a chain."""
        return link(self.pattern)

    def is_reached(self, bound: frozenset[str]) -> bool:
        """Whether it can be looked up from what is `bound`, or is joined with it at all."""
        if self.is_heavy:
            return is_reached(self.pattern, bound)
        return not bound.isdisjoint(in_scope(self.pattern))


def link(pattern: Pattern) -> Link:
    """A pattern as it is put into a chain."""

    def written(write: Write) -> str:
        if isinstance(pattern, TriplesBlock):
            return " . ".join(map(write, pattern.triples)) + " ."
        return write(pattern)

    scope = frozenset(in_scope(pattern))
    bound = scope if isinstance(pattern, Values) else certain(pattern)
    return Link(written, scope, bound, nodes_of([pattern]), lambda before: before.holds(pattern))


def put_in_order(
    chain: Chain, run: list[Pattern], outside: frozenset[str], sizes: Estimates, visit: Visit
) -> None:
    """Put the joined elements `run` into the chain, behind what stands in it already. `outside` are variables
    that have values before the group is evaluated, where that is known."""
    if any(map(is_heavy, flattened(run))):
        _Placing(chain, outside, visit).put(_units(run, sizes))
        return
    for element in run:
        visit(element, outside | chain.bound)
        chain.join(link(element))


@dataclass
class _Placing:
    """Units on their way into a chain. Behind a heavy one the plain ones go into a LATERAL as well: otherwise
    the engine might begin with them."""

    chain: Chain
    outside: frozenset[str]
    visit: Visit
    behind_heavy: bool = False

    def put(self, waiting: list[Unit]) -> None:
        """Put all of them into the chain."""
        if not self.chain.parts:
            self._take(self._first(waiting), waiting)
        while found := self._next(waiting):
            self._take(found, waiting)
        if len(waiting) > 1 and any(unit.is_heavy for unit in waiting):
            other = Chain()
            _Placing(other, self.outside, self.visit).put(waiting)
            self.chain.join_chain(other)
        else:
            for unit in waiting:
                self.visit(unit.pattern, self.outside)
                self.chain.join(unit.link)

    def _take(self, unit: Unit, waiting: list[Unit]) -> None:
        waiting.remove(unit)
        self.visit(unit.pattern, self.outside | self.chain.bound)
        self.behind_heavy |= unit.is_heavy
        if self.behind_heavy and self.chain.parts:
            self.chain.join_laterally(unit.link)
        else:
            self.chain.join(unit.link)

    def _first(self, waiting: list[Unit]) -> Unit:
        """What to begin with: the smallest, as there is one look-up or more for each of its solutions."""
        reached = [unit for unit in waiting if unit.is_reached(self.outside)] or waiting
        return min(reached, key=lambda unit: (unit.size, unit.is_heavy))

    def _next(self, waiting: list[Unit]) -> Unit | None:
        """What comes next: of what can be looked up now, the smallest plain one, or else the smallest."""
        possible = [
            unit
            for unit in waiting
            if unit.is_reached(self.outside | self.chain.bound)
            and (not (self.behind_heavy or unit.is_heavy) or self.chain.may_join_laterally(unit.link))
        ]
        return min(possible, key=lambda unit: (unit.is_heavy, unit.size), default=None)


def _units(run: list[Pattern], sizes: Estimates) -> list[Unit]:
    """The parts of which a run of joined elements consists."""
    others: list[Pattern] = []
    triples: list[Triples] = []
    for element in flattened(run):
        if isinstance(element, TriplesBlock):
            triples += element.triples
        else:
            others.append(element)
    plain = [Unit(part, False, sizes.of(part)) for part in parts(triples)]
    least = min((unit.size for unit in plain), default=0)
    # To know whether others are much fewer, no more of them is counted than costs little beside these.
    most = max(1, min(_MOST_COUNTED, least // _SHARE_COUNTED))
    return plain + [Unit(other, is_heavy(other), sizes.of(other, most)) for other in others]
