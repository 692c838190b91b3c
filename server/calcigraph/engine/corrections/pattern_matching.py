"""REGEX and REPLACE read regular expressions and replacements as XPath has them (SPARQL 1.1, sections
17.4.3.14 and 17.4.3.15; XPath Functions and Operators, sections 5.6.2 to 5.6.4).

The engine reads those of its library: `$1c` is there a group of the name `1c`, `\\$` two characters,
`[a-z-[aeiou]]` other letters, and what it cannot read is an error. Where pattern, flags and replacement stand
in the query, they are written as its library has them; where it has not, and where they are known only when
the query runs, a function of our own is called. A pattern that is none of XPath is refused: it would be an
error for every solution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.corrections.expression_kinds import constant
from calcigraph.engine.functions import name_of
from calcigraph.engine.regular_expressions import replacement as replacements
from calcigraph.engine.regular_expressions.engine_syntax import for_engine
from calcigraph.engine.regular_expressions.expression_parts import RegularExpression
from calcigraph.engine.regular_expressions.expression_reader import RegularExpressionInvalid, read
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.string_literals import as_string, simple_value
from calcigraph.sparql.tree import BuiltInCall, Node

# How many arguments there may be; what is in other places is no call, as the engine says.
_MOST: Final = {"REGEX": 3, "REPLACE": 4}
# Means the same in both, whatever the flags i, m and s.
_THE_SAME: Final = re.compile(r"\^?[A-Za-z0-9 _,;:/@%!'=<>]*\$?")
_EMPTY: Final = ox.Store()
# An expression that is an error.
_ERROR: Final = "(1/0)"


def read_as_xpath(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """Calls of REGEX and REPLACE that the engine would read otherwise. Cost: linear in their patterns.
    Raises: CorrectionRefused where a pattern or its flags are none of XPath."""
    found: dict[Node, Replacement] = {}
    for call in query.nodes(BuiltInCall):
        if call.name in _MOST and 0 <= _MOST[call.name] - len(call.arguments) <= 1:
            replacement = _corrected(query, call)
            if replacement is not None:
                found[call] = replacement
    return found


def _corrected(query: ParsedQuery, call: BuiltInCall) -> Replacement | None:
    first = len(call.arguments) - 1 if len(call.arguments) == _MOST[call.name] else None
    pattern = simple_value(call.arguments[1])
    flags = "" if first is None else simple_value(call.arguments[first])
    new = simple_value(call.arguments[2]) if call.name == "REPLACE" else ""
    if pattern is None or flags is None:
        return _called(call)
    if call.name == "REGEX" and _THE_SAME.fullmatch(pattern) and set(flags) <= set("ims"):
        return None
    try:
        expression = read(pattern, flags)
    except RegularExpressionInvalid as invalid:
        detail = f"This is no regular expression as SPARQL has them: {invalid}."
        remedy = "See XPath and XQuery Functions and Operators, section 5.6.1."
        raise refusal(query, call.arguments[1], detail, remedy) from None
    if call.name == "REPLACE" and new is None:
        return _called(call)
    return _written(call, expression, "q" in flags, new or "")


def _called(call: BuiltInCall) -> Replacement:
    name = name_of(call.name.lower())
    return lambda write: f"{name}({', '.join(map(write, call.arguments))})"


def _written(call: BuiltInCall, expression: RegularExpression, is_literal: bool, new: str) -> Replacement:
    pattern = None if expression.has_back_references else for_engine(expression)
    matches_nothing = None if pattern is None else _finds_in_nothing(pattern, expression.flags)
    if call.name == "REPLACE":
        try:
            parts = (new,) if is_literal else replacements.parts_of(new, expression.groups)
        except replacements.ReplacementInvalid:
            return constant(_ERROR)
        if matches_nothing:
            return constant(_ERROR)
        new = replacements.for_engine(parts)
    if pattern is None or matches_nothing is None:
        return _called(call)
    rest = [pattern, new] if call.name == "REPLACE" else [pattern]
    others = ", ".join(map(as_string, [*rest, expression.flags] if expression.flags else rest))
    return lambda write: f"{call.name}({write(call.arguments[0])}, {others})"


@lru_cache(maxsize=256)
def _finds_in_nothing(pattern: str, flags: str) -> bool | None:
    """Whether the pattern is found in a text of no characters; None where it is too large for the engine."""
    arguments = ", ".join(map(as_string, ["", pattern, flags]))
    solutions = _EMPTY.query(f"SELECT (REGEX({arguments}) AS ?found) {{}}")
    assert isinstance(solutions, ox.QuerySolutions)
    found = next(solutions)[0]
    return None if found is None else found.value == "true"
