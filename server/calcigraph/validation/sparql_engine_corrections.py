"""Constraint components of pyshacl in, the same ones out, judging as specified where they did not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl.constraints.core import property_pair_constraints, value_range_constraints
from pyshacl.constraints.core.string_based_constraints import LanguageInConstraintComponent
from pyshacl.constraints.core.value_constraints import DatatypeConstraintComponent
from pyshacl.rdfutil.compare import compare_literal

from calcigraph.rdf.bridge import from_rdflib
from calcigraph.rdf.lexical_spaces import beyond_engines
from calcigraph.validation.ordering import before, comparable

_Verdict = tuple[bool, list[Any]]


def correct() -> None:
    """Have pyshacl judge as specified what it does not; once in a process, before anything is judged."""
    corrections: tuple[tuple[object, str, object], ...] = (
        # It takes a literal for one of a datatype where Python can read it; ours is the verdict before.
        (DatatypeConstraintComponent, "_assert_actual_datatype", lambda *_: True),
        (value_range_constraints, "compare_literal", _order),
        (property_pair_constraints.LessThanConstraintComponent, "_compare_lt", _comparison(or_same=False)),
        (property_pair_constraints.LessThanOrEqualsConstraintComponent, "_compare_ltoe", _comparison(True)),
        (LanguageInConstraintComponent, "_evaluate_string_rule", _in_language),
    )
    for owner, name, replacement in corrections:
        getattr(owner, name)
        setattr(owner, name, replacement)


def _order(left: rdflib.Literal, right: rdflib.Literal) -> int:
    """-1, 0 or 1, as the first is less than, equal to or greater than the second. Raises: TypeError where
    they cannot be compared, which is a result (SHACL section 4.3)."""
    if _is_before(left, right, or_same=False):
        return -1
    if _is_before(right, left, or_same=False):
        return 1
    if _is_before(left, right, or_same=True):
        return 0
    raise TypeError("they cannot be compared")


def _is_before(left: rdflib.term.Node, right: rdflib.term.Node, or_same: bool) -> bool:
    own, other = from_rdflib(left), from_rdflib(right)
    if not comparable(own, other):
        return False
    if any(isinstance(value, ox.Literal) and beyond_engines(value) for value in (own, other)):
        # Python holds what engines do not.
        try:
            order: int = compare_literal(left, right)  # type: ignore[no-untyped-call]
        except TypeError:
            return False
        return order < (1 if or_same else 0)
    return before(own, other, or_same)


def _comparison(or_same: bool) -> Callable[..., _Verdict]:
    """What judges `sh:lessThan`, or `sh:lessThanOrEquals`: a result for each pair (section 4.5.3)."""

    def compare(self: Any, values: Iterable[Any], others: Iterable[Any], data: Any, focus: Any) -> _Verdict:
        compared = list(others)
        results = [
            self.make_v_result(data, focus, value_node=value)
            for value in values
            for other in compared
            if not _is_before(value, other, or_same)
        ]
        return bool(results), results

    return compare


def _in_language(self: Any, rule: Any, data: Any, values: dict[Any, Iterable[Any]]) -> _Verdict:
    """What judges `sh:languageIn`, by basic filtering (section 4.4.4; RFC 4647, section 3.3.1)."""
    ranges = [str(each).lower() for each in self.shape.sg.graph.items(rule)]
    results = [
        self.make_v_result(data, focus, value_node=value)
        for focus, nodes in values.items()
        for value in nodes
        if not any(_is_of(getattr(value, "language", None), each) for each in ranges)
    ]
    return bool(results), results


def _is_of(language: str | None, range_: str) -> bool:
    return bool(language) and (range_ == "*" or f"{language}-".lower().startswith(f"{range_}-"))
