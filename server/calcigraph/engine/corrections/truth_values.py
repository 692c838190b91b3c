"""Texts with a language and values that are none have an effective boolean value (SPARQL 1.1, section
17.2.2), and false is less than true (section 17.3).

Both are errors in the engine. What is only known when the query runs is asked of a function of our own, after
the engine where that is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.expression_kinds import (
    between,
    casts_of,
    constant,
    is_number,
    is_plain,
    is_text,
    is_truth_value,
    may_be_truth_value,
    stripped,
)
from calcigraph.engine.functions import name_of
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import (
    BuiltInCall,
    Expression,
    Filter,
    FunctionCall,
    Having,
    Node,
    Operation,
    Unary,
    Variable,
)

_VALUE: Final = name_of("effective-boolean-value")
# The function for an operator, and whether its operands change places.
_FUNCTIONS: Final = {
    "<": (name_of("less-than"), False),
    ">": (name_of("less-than"), True),
    "<=": (name_of("at-most"), False),
    ">=": (name_of("at-most"), True),
}


def with_truth_values(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """Conditions whose value may be a text with a language or no value at all."""
    casts = casts_of(query, _context) if query.nodes(FunctionCall) else {}
    found: dict[Node, Replacement] = {}
    for condition in map(stripped, _conditions(query)):
        if is_truth_value(condition) or is_number(condition) or is_text(condition):
            continue
        if casts.get(condition) == "boolean":
            continue
        if isinstance(condition, Variable):
            name = query.written(condition)
            found[condition] = constant(f"COALESCE(!!{name}, {_VALUE}({name}))")
        else:
            found[condition] = between(query, condition, f"{_VALUE}(", ")")
    return found


def _conditions(query: ParsedQuery) -> Iterator[Expression]:
    """The expressions of which the effective boolean value is taken."""
    for pattern in query.nodes(Filter):
        yield pattern.constraint
    for having in query.nodes(Having):
        yield from having.constraints
    for operation in query.nodes(Operation):
        if operation.operators[0] in ("&&", "||"):
            yield from operation.operands
    for negation in query.nodes(Unary):
        if negation.operators[-1] == "!":
            yield negation.operand
    for call in query.nodes(BuiltInCall):
        if call.name == "IF" and call.arguments:
            yield call.arguments[0]


def with_order_of_truth_values(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """Comparisons of which both sides may be truth values."""
    compared = [each for each in query.nodes(Operation) if each.operators[0] in _FUNCTIONS]
    casts = casts_of(query, context) if compared else {}
    return {
        operation: _compared(query, operation)
        for operation in compared
        if all(may_be_truth_value(each, casts) for each in operation.operands)
    }


def _compared(query: ParsedQuery, operation: Operation) -> Replacement:
    name, is_turned = _FUNCTIONS[operation.operators[0]]
    operands = operation.operands[::-1] if is_turned else operation.operands
    is_twice = all(map(is_plain, operation.operands))

    def replaced(write: Callable[[Node], str]) -> str:
        ours = f"{name}({', '.join(map(write, operands))})"
        if not is_twice:
            return ours
        left, right = map(write, operation.operands)
        return f"COALESCE({left} {operation.operators[0]} {right}, {ours})"

    return replaced
