"""Constraint components of pyshacl in, the same ones out, judging as specified where they did not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox
import rdflib
from pyshacl.constraints.core import property_pair_constraints, value_range_constraints
from pyshacl.constraints.core.string_based_constraints import LanguageInConstraintComponent
from pyshacl.constraints.core.value_constraints import DatatypeConstraintComponent
from pyshacl.constraints.sparql.sparql_based_constraint_components import (
    BoundShapeValidatorComponent,
    SelectConstraintValidator,
)
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint as SPARQLConstraint
from pyshacl.errors import ReportableRuntimeError
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from pyshacl.rdfutil.compare import compare_literal
from rdflib.namespace import SH

from calcigraph.rdf.bridge import from_rdflib
from calcigraph.rdf.lexical_spaces import beyond_engines
from calcigraph.validation.ordering import before, comparable

_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
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
        (BoundShapeValidatorComponent, "evaluate", _by_validator),
        (SelectConstraintValidator, "validate", _once(SelectConstraintValidator.validate)),
        (SPARQLQueryHelper, "bind_messages", _bind_messages),
        (SPARQLConstraint, "make_v_result", _with_messages(SPARQLConstraint.make_v_result)),
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


def _once(validate: Callable[..., Any]) -> Callable[..., Any]:
    """What runs the SELECT of a component: once for a focus node, not for each value, as there may be none;
    and with no value bound (section 6.2.3)."""

    def run(self: Any, executor: Any, focus: Any, _values: Any, *rest: Any) -> Any:
        return validate(self, executor, focus, [None], *rest)

    return run


def _by_validator(self: Any, executor: Any, data: Any, values: dict[Any, Any], _path: Any) -> _Verdict:
    """What judges by a component: a result for each value that an ASK denies, with the value, and for each
    solution of a SELECT; each with messages of its own (sections 6.3 and 5.3.2)."""
    results = []
    query = self.query_helper
    for focus, nodes in values.items():
        for node, found in self.validator.validate(executor, focus, nodes, data, query):
            if found is True:
                raise ReportableRuntimeError("its query says that it failed")
            this, path, value = found or (None, None, node)
            value = focus if value is None and not self.shape.is_property_shape else value
            shown = {"this": this or focus, "value": value, "path": path or self.shape.path()}
            known = {name: term for name, term in shown.items() if term is not None}
            query.bind_messages({**query.param_bind_map, **known})
            results.append(
                self.make_v_result(
                    data,
                    this or focus,
                    value_node=value,
                    result_path=path,
                    constraint_component=self.constraint.node,
                    extra_messages=[*(self.constraint.messages or ()), *query.bound_messages],
                )
            )
    return not results, results


def _filled(message: Any, names: Mapping[str, Any]) -> rdflib.Literal:
    """A message with the values of its variables, in its language; a value may have a backslash."""
    text = _VARIABLE.sub(lambda found: str(names.get(found[1], found[0])), str(message))
    return rdflib.Literal(text, lang=message.language)


def _bind_messages(self: Any, names: Mapping[str, Any] | None = None) -> None:
    known = self.param_bind_map if names is None else names
    self.bound_messages = {_filled(message, known) for message in self.unbound_messages}


def _with_messages(make: Callable[..., Any]) -> Callable[..., Any]:
    """What makes a result of a query: its messages are what a solution has for ?message, else those of the
    constraint, else those of the shape (section 5.3.2)."""

    def run(self: Any, *args: Any, extra_messages: Any = None, bound_vars: Any = None, **rest: Any) -> Any:
        names = _solution(bound_vars)
        given = [names["message"]] if "message" in names else list(extra_messages or self.shape.message)
        filled = [_filled(each, names) for each in given if isinstance(each, rdflib.Literal)]
        text, node, triples = make(self, *args, extra_messages=filled, **rest)
        kept = [t for t in triples if not filled or t[1] != SH.resultMessage or t[2] in filled]
        return text, node, kept

    return run


def _solution(bound: Any) -> dict[str, Any]:
    """What a solution has for each variable, of which pyshacl takes out those that it knows."""
    if isinstance(bound, dict):
        return bound
    known = dict(zip(("this", "path", "value"), bound or (), strict=False))
    others = bound[3] if bound and len(bound) > 3 else {}
    return {**others, **{name: term for name, term in known.items() if term is not None}}
