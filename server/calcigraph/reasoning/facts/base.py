"""Triples as they were written, as numbers, in; sets of them by predicate and class, cheap to change, out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from calcigraph.reasoning.facts.arrays import NONE
from calcigraph.reasoning.facts.columns import Columns, Key, filled, single
from calcigraph.reasoning.facts.fact_set import FactSet
from calcigraph.reasoning.terms.numbering import Ground, Ids


class Base:
    """The facts that are there because somebody says so. It is never changed: `changed` makes another one."""

    def __init__(self, columns: Columns | None = None) -> None:
        self._sets = {key: FactSet(column) for key, column in (columns or {}).items()}

    @property
    def columns(self) -> Columns:
        """All facts. Cost: the facts of those keys that changed since the last call."""
        return filled({key: facts.array for key, facts in self._sets.items()})

    def column(self, key: Key) -> Ids:
        """The facts of one key."""
        return self._sets[key].array if key in self._sets else NONE

    def objects(self, predicate: int, subject: int) -> Ids:
        """The objects of a subject and predicate, sorted."""
        return self._sets[predicate].between(subject) if predicate in self._sets else NONE

    def classes(self, subject: int) -> list[int]:
        """The classes that a node is in. Cost: a search in each class."""
        return [~key for key, facts in self._sets.items() if key < 0 and facts.holds(subject)]

    def holds(self, fact: Ground) -> bool:
        """Whether a triple is here. Cost: a search."""
        key, packed = single(fact)
        return key in self._sets and self._sets[key].holds(packed)

    def member(self, key: Key, values: Ids) -> npt.NDArray[np.bool_]:
        """Which of some facts of one key are here."""
        return self._sets[key].member(values) if key in self._sets else np.zeros(len(values), bool)

    def common(self, columns: Columns) -> Columns:
        """Those of some facts that are here. Cost: a search each."""
        return filled({key: column[self.member(key, column)] for key, column in columns.items()})

    def beyond(self, columns: Columns) -> Columns:
        """Those of some facts that are not here. Cost: a search each."""
        return filled({key: column[~self.member(key, column)] for key, column in columns.items()})

    def changed(self, add: Columns, remove: Columns) -> Base:
        """The facts after a removal and then an addition. Cost: what is added and removed; see `FactSet`."""
        other = Base()
        other._sets = dict(self._sets)
        for key, column in remove.items():
            if key in other._sets:
                other._sets[key] = other._sets[key].minus(column)
        for key, column in other.beyond(add).items():
            other._sets[key] = other._sets.get(key, FactSet()).plus(column)
        return other
