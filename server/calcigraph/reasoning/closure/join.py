"""Rule bodies evaluated on sorted columns: atoms in, one column per wanted variable out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from calcigraph.reasoning.facts.arrays import NONE, most_often
from calcigraph.reasoning.facts.relations import Relations
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.rules.patterns import Slot
from calcigraph.reasoning.rules.program import Atom, CompiledRule
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids

Mask = npt.NDArray[np.bool_]


@dataclass
class Bindings:
    """Bindings in columns of equal length; `rows` counts them even when no column is left."""

    columns: dict[str, Ids]
    rows: int

    def value(self, slot: Slot) -> Ids:
        """The column of a slot, a constant repeated."""
        return self.columns[slot] if isinstance(slot, str) else np.full(self.rows, slot, np.int64)

    def where(self, mask: Mask) -> Bindings:
        """The rows for which the mask holds."""
        return Bindings({name: column[mask] for name, column in self.columns.items()}, int(mask.sum()))

    def pack(self, slots: tuple[Slot, ...]) -> Ids:
        """The facts that an atom with these slots makes of the rows."""
        values = [self.value(slot) for slot in slots]
        return values[0] if len(values) == 1 else (values[0] << SHIFT) | values[1]


UNIT = Bindings({}, 1)
"""One row that binds nothing: where a body without a seed begins."""


def scan(atom: Atom, facts: Ids) -> Bindings:
    """The bindings of one atom over a column of facts."""
    halves = (facts,) if len(atom.slots) == 1 else (facts >> SHIFT, facts & MASK)
    mask: Mask | None = None
    for slot, half in zip(atom.slots, halves, strict=True):
        if not isinstance(slot, str):
            mask = half == slot if mask is None else mask & (half == slot)
    if mask is None and len(atom.slots) == 2 and atom.slots[0] == atom.slots[1]:
        mask = halves[0] == halves[-1]
    columns = {slot: half for slot, half in zip(atom.slots, halves, strict=True) if isinstance(slot, str)}
    table = Bindings(columns, len(facts))
    return table if mask is None else table.where(mask)


def _is_bound(slot: Slot, table: Bindings) -> bool:
    return not isinstance(slot, str) or slot in table.columns


class Joiner:
    """Joins the atoms of a body over the relations, never holding more than `row_limit` rows."""

    def __init__(self, relations: Relations, row_limit: int) -> None:
        self.relations = relations
        self.row_limit = row_limit

    def solve(self, table: Bindings, body: Sequence[Atom], wanted: set[str], rule: CompiledRule) -> Bindings:
        """Extend `table` by every atom of `body`; columns that nobody needs any more are dropped.

        Cost: sum of the intermediate rows, times a search each. Raises LimitMet, naming the rule.
        """
        rest = list(body)
        while rest and table.rows:
            # All at once: a body may have thousands of atoms about one variable (cls-int1).
            ready = [all(_is_bound(slot, table) for slot in atom.slots) for atom in rest]
            if any(ready):
                for atom in sorted(compress(rest, ready), key=self._size):
                    table = self._extend(table, atom, rule)
                rest = [atom for atom, done in zip(rest, ready, strict=True) if not done]
            else:
                table = self._extend(table, rest.pop(self._next(rest, table)), rule)
            needed = wanted.union(*(other.variables for other in rest)) if rest else wanted
            for name in [name for name in table.columns if name not in needed]:
                del table.columns[name]
        return table if not rest else Bindings({name: table.value(0)[:0] for name in wanted}, 0)

    def _size(self, atom: Atom) -> int:
        return len(self.relations[atom.key].facts)

    def _next(self, rest: list[Atom], table: Bindings) -> int:
        """The place of the atom to go on with, tied to what is bound if possible, the smallest."""

        def cost(index: int) -> tuple[bool, int]:
            atom = rest[index]
            return not any(_is_bound(slot, table) for slot in atom.slots), self._size(atom)

        return min(range(len(rest)), key=cost)

    def _extend(self, table: Bindings, atom: Atom, rule: CompiledRule) -> Bindings:
        relation = self.relations[atom.key]
        bound = [_is_bound(slot, table) for slot in atom.slots]
        if all(bound):
            return table.where(relation.facts.member(table.pack(atom.slots)))
        if not any(bound):
            return self._product(table, scan(atom, relation.facts.array), rule)
        facts, known, new = (
            (relation.facts, atom.slots[0], atom.slots[1])
            if bound[0]
            else (relation.inverse, atom.slots[1], atom.slots[0])
        )
        values = table.value(known)
        rows, found = facts.follow(values, lambda total: self._check(total, rule, values))
        columns = {name: column[rows] for name, column in table.columns.items()}
        columns[str(new)] = found
        return Bindings(columns, len(rows))

    def _product(self, table: Bindings, other: Bindings, rule: CompiledRule) -> Bindings:
        total = table.rows * other.rows
        self._check(total, rule)
        columns = {name: np.repeat(values, other.rows) for name, values in table.columns.items()}
        columns |= {name: np.tile(values, table.rows) for name, values in other.columns.items()}
        return Bindings(columns, total)

    def _check(self, total: int, rule: CompiledRule, values: Ids = NONE) -> None:
        """`values` are what is looked up: the one that is there most often is what most rows are about."""
        if total > self.row_limit:
            raise LimitMet(
                f"The rule {rule.name} would join {total:,} rows in one round, of {self.row_limit:,}.",
                "Look for a hub in the data under that axiom, or raise the bound (--limit rows).",
                axioms=rule.axioms,
                hub=most_often(values),
            )
