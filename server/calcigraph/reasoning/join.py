"""Rule bodies evaluated on sorted columns: atoms in, one column per wanted variable out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.relations import Key, Relations, member
from calcigraph.reasoning.tables import Slot
from calcigraph.reasoning.terms import MASK, SHIFT, Ids

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Atom:
    """One pattern with a known key: one slot for a class, two (subject, object) for a predicate."""

    key: Key
    slots: tuple[Slot, ...]

    @property
    def variables(self) -> set[str]:
        """The names of its variables."""
        return {slot for slot in self.slots if isinstance(slot, str)}


@dataclass
class Table:
    """Bindings in columns of equal length; `rows` counts them even when no column is left."""

    columns: dict[str, Ids]
    rows: int

    def value(self, slot: Slot) -> Ids:
        """The column of a slot, a constant repeated."""
        return self.columns[slot] if isinstance(slot, str) else np.full(self.rows, slot, np.int64)

    def where(self, mask: Mask) -> Table:
        """The rows for which the mask holds."""
        return Table({name: column[mask] for name, column in self.columns.items()}, int(mask.sum()))

    def pack(self, slots: tuple[Slot, ...]) -> Ids:
        """The facts that an atom with these slots makes of the rows."""
        values = [self.value(slot) for slot in slots]
        return values[0] if len(values) == 1 else (values[0] << SHIFT) | values[1]


UNIT = Table({}, 1)
"""One row that binds nothing: where a body without a seed begins."""


def scan(atom: Atom, facts: Ids) -> Table:
    """The bindings of one atom over a column of facts."""
    halves = (facts,) if len(atom.slots) == 1 else (facts >> SHIFT, facts & MASK)
    mask: Mask | None = None
    for slot, half in zip(atom.slots, halves, strict=True):
        if not isinstance(slot, str):
            mask = half == slot if mask is None else mask & (half == slot)
    if len(atom.slots) == 2 and atom.slots[0] == atom.slots[1]:
        mask = halves[0] == halves[-1] if mask is None else mask & (halves[0] == halves[-1])
    columns = {slot: half for slot, half in zip(atom.slots, halves, strict=True) if isinstance(slot, str)}
    table = Table(columns, len(facts))
    return table if mask is None else table.where(mask)


class Joiner:
    """Joins the atoms of a body over the relations, never holding more than `row_limit` rows."""

    def __init__(self, relations: Relations, row_limit: int) -> None:
        self.relations = relations
        self.row_limit = row_limit

    def solve(self, table: Table, body: Sequence[Atom], wanted: set[str], rule: str) -> Table:
        """Extend `table` by every atom of `body`; columns that nobody needs any more are dropped.

        Cost: sum of the intermediate rows, times a search each. Raises LimitMet, naming the rule.
        """
        rest = list(body)
        while rest and table.rows:
            atom = rest.pop(self._next(rest, table))
            table = self._extend(table, atom, rule)
            needed = wanted.union(*(other.variables for other in rest)) if rest else wanted
            for name in [name for name in table.columns if name not in needed]:
                del table.columns[name]
        return table if not rest else Table({name: table.value(0)[:0] for name in wanted}, 0)

    def _next(self, rest: list[Atom], table: Table) -> int:
        def cost(index: int) -> tuple[int, float]:
            atom = rest[index]
            open_slots = sum(isinstance(slot, str) and slot not in table.columns for slot in atom.slots)
            unbound = open_slots == len(atom.slots)
            return (2 if unbound else int(open_slots > 0)), len(self.relations[atom.key].facts)

        return min(range(len(rest)), key=cost)

    def _extend(self, table: Table, atom: Atom, rule: str) -> Table:
        relation = self.relations[atom.key]
        bound = [not isinstance(slot, str) or slot in table.columns for slot in atom.slots]
        if all(bound):
            return table.where(member(table.pack(atom.slots), relation.facts))
        if not any(bound):
            return self._product(table, scan(atom, relation.facts), rule)
        column, known, new = (
            (relation.facts, atom.slots[0], atom.slots[1])
            if bound[0]
            else (relation.inverse, atom.slots[1], atom.slots[0])
        )
        first = table.value(known)
        low = np.searchsorted(column, first << SHIFT)
        counts = np.searchsorted(column, (first + 1) << SHIFT) - low
        total = int(counts.sum())
        self._check(total, rule)
        index = np.repeat(np.arange(table.rows), counts)
        at = np.arange(total) - np.repeat(np.cumsum(counts) - counts - low, counts)
        columns = {name: values[index] for name, values in table.columns.items()}
        columns[str(new)] = column[at] & MASK
        return Table(columns, total)

    def _product(self, table: Table, other: Table, rule: str) -> Table:
        total = table.rows * other.rows
        self._check(total, rule)
        columns = {name: np.repeat(values, other.rows) for name, values in table.columns.items()}
        columns |= {name: np.tile(values, table.rows) for name, values in other.columns.items()}
        return Table(columns, total)

    def _check(self, total: int, rule: str) -> None:
        if total > self.row_limit:
            raise LimitMet(
                f"The rule {rule} would join {total:,} rows in one round.",
                "Look for a hub in the data under that axiom, or raise the limit `rows`.",
            )


def join_pairs(left: Ids, right: Ids) -> Ids:
    """The composition of two sorted pair columns (a b, b c: a c), sorted, each pair once."""
    middle = left & MASK
    low = np.searchsorted(right, middle << SHIFT)
    counts = np.searchsorted(right, (middle + 1) << SHIFT) - low
    total = int(counts.sum())
    index = np.repeat(np.arange(len(left)), counts)
    at = np.arange(total) - np.repeat(np.cumsum(counts) - counts - low, counts)
    return np.unique(((left[index] >> SHIFT) << SHIFT) | (right[at] & MASK))
