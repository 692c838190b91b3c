"""Joins of columns of facts: what an atom binds."""

from __future__ import annotations

import numpy as np

from calcigraph.reasoning.closure.join import scan
from calcigraph.reasoning.rules.program import Atom

FACTS = np.array([a << 32 | b for a, b in ((1, 1), (1, 2), (2, 1), (3, 3))], np.int64)


def bound(*slots: str | int) -> dict[str, list[int]]:
    """What the variables of an atom over a predicate are bound to, row by row."""
    return {name: column.tolist() for name, column in scan(Atom(7, slots), FACTS).columns.items()}


def test_a_variable_that_stands_twice_binds_the_facts_of_a_thing_with_itself() -> None:
    assert bound("x", "x") == {"x": [1, 3]}


def test_two_variables_bind_every_fact_and_a_constant_only_its_own() -> None:
    assert bound("x", "y") == {"x": [1, 1, 2, 3], "y": [1, 2, 1, 3]}
    assert bound("x", 1) == {"x": [1, 2]}
    assert bound(1, "y") == {"y": [1, 2]}


def test_an_atom_without_variables_says_in_how_many_rows_it_holds() -> None:
    pairs = ((1, 2), (2, 1), (3, 3), (3, 1), (2, 2), (1, 3))
    assert [scan(Atom(7, pair), FACTS).rows for pair in pairs] == [1, 1, 1, 0, 0, 0]


def test_a_membership_binds_its_member() -> None:
    members = np.array([4, 6, 9], np.int64)
    assert scan(Atom(~7, ("x",)), members).columns["x"].tolist() == [4, 6, 9]
    assert [scan(Atom(~7, (member,)), members).rows for member in (6, 7)] == [1, 0]
