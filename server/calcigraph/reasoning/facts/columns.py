"""Facts by predicate and class, as sorted arrays: what is added, taken away and held in common."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from calcigraph.reasoning.facts.arrays import NONE, member, remove, unique
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground, Ids

Key = int
"""A predicate's id (0 or more), or `~id` of a class (negative)."""
Columns = dict[Key, Ids]
"""Facts by key, each column sorted, each fact once."""


def class_key(class_id: int) -> Key:
    """The key under which the members of a class stand."""
    return ~class_id


def single(fact: Ground) -> tuple[Key, int]:
    """The key and the packed fact of one triple."""
    subject, predicate, obj = fact
    return (class_key(obj), subject) if predicate == v.TYPE else (predicate, subject << 32 | obj)


def minus(columns: Columns, less: Columns) -> Columns:
    """The columns without some facts. Cost: the columns that change."""
    out = dict(columns)
    for key, column in less.items():
        if out.get(key) is column:
            del out[key]  # one and the same column: nothing is left, and no search is needed
        elif key in out and len(out[key]) <= len(column):
            out[key] = out[key][~member(out[key], column)]
        elif key in out:
            out[key] = remove(out[key], column)
    return filled(out)


def filled(columns: Columns) -> Columns:
    """The columns that hold anything."""
    return {key: column for key, column in columns.items() if len(column)}


def gathered(found: Iterable[tuple[Key, Ids]]) -> Columns:
    """Columns that come in parts, unsorted and more than once, as columns. Cost: a sort of each key's."""
    parts: dict[Key, list[Ids]] = {}
    for key, column in found:
        parts.setdefault(key, []).append(column)
    return filled({key: unique(np.concatenate(columns)) for key, columns in parts.items()})


def united(one: Columns, other: Columns) -> Columns:
    """The facts of both. Cost: a sort of the columns that both have."""
    both = dict(one)
    for key, column in other.items():
        both[key] = unique(np.concatenate((both.get(key, NONE), column)))
    return both
