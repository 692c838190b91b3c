"""What kind of values an expression can have, as far as its form alone says it: so that a correction is made
only where it may matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from calcigraph.engine.corrections.correction import Context
from calcigraph.rdf.vocabulary import XSD
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement, as_written
from calcigraph.sparql.traits import volatile_calls
from calcigraph.sparql.tree import (
    Aggregate,
    Bracketed,
    BuiltInCall,
    Exists,
    Expression,
    FunctionCall,
    In,
    Literal,
    Node,
    Operation,
    Unary,
    Variable,
    walk,
)

COMPARISONS: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})
_TRUTH_OPERATORS: Final = COMPARISONS | {"&&", "||"}
_OF_TRUTH_VALUES: Final = """
    BOUND SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC ISTRIPLE REGEX CONTAINS STRSTARTS STRENDS
    LANGMATCHES HASLANG HASLANGDIR"""
_OF_NUMBERS: Final = "RAND ABS CEIL FLOOR ROUND STRLEN YEAR MONTH DAY HOURS MINUTES SECONDS"
# Strings without a language.
_OF_TEXTS: Final = "STR LANG LANGDIR STRUUID MD5 SHA1 SHA256 SHA384 SHA512 ENCODE_FOR_URI TZ"
_TRUTH_FUNCTIONS: Final = frozenset(_OF_TRUTH_VALUES.split())
_NUMBER_FUNCTIONS: Final = frozenset(_OF_NUMBERS.split())
_TEXT_FUNCTIONS: Final = frozenset(_OF_TEXTS.split())
_NUMBER_AGGREGATES: Final = frozenset({"COUNT", "SUM", "AVG"})
# One that the engine has as a number, and not only as a text: it has none that is much longer.
_NUMBER: Final = re.compile(r"[+-]?[0-9.][0-9.eE+-]{0,14}")
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")


def stripped(expression: Expression) -> Expression:
    """`expression` without the brackets around it."""
    while isinstance(expression, Bracketed):
        expression = expression.expression
    return expression


def is_truth_value(expression: Expression) -> bool:
    """Whether it is `true`, `false` or an error, whatever its variables are."""
    found = stripped(expression)
    if isinstance(found, Operation):
        return found.operators[0] in _TRUTH_OPERATORS
    if isinstance(found, Unary):
        return found.operators[0] == "!"
    if isinstance(found, BuiltInCall):
        if found.name in ("IF", "COALESCE"):
            return all(map(is_truth_value, found.arguments[found.name == "IF" :]))
        return found.name in _TRUTH_FUNCTIONS
    return isinstance(found, In | Exists) or _is_literal(found, _is_truth_literal)


def is_number(expression: Expression) -> bool:
    """Whether it is a number or an error. What is calculated is a value of its datatype."""
    found = stripped(expression)
    if isinstance(found, Operation):
        return found.operators[0] not in _TRUTH_OPERATORS
    if isinstance(found, Unary):
        return found.operators[0] != "!"
    if isinstance(found, BuiltInCall):
        return found.name in _NUMBER_FUNCTIONS
    if isinstance(found, Aggregate):
        return found.name in _NUMBER_AGGREGATES
    return _is_literal(found, lambda text: bool(_NUMBER.fullmatch(text)))


def is_whole(expression: Expression) -> bool:
    """Whether it is an integer or an error."""
    found = stripped(expression)
    if isinstance(found, Operation):
        return not {"/"} & set(found.operators) and is_number(found) and all(map(is_whole, found.operands))
    if isinstance(found, Unary):
        return found.operators[0] != "!" and is_whole(found.operand)
    if isinstance(found, BuiltInCall):
        return found.name == "STRLEN"
    return _is_literal(found, lambda text: bool(_WHOLE.fullmatch(text)))


def is_text(expression: Expression) -> bool:
    """Whether it is a string without a language, or an error."""
    found = stripped(expression)
    if isinstance(found, BuiltInCall):
        return found.name in _TEXT_FUNCTIONS
    if isinstance(found, Aggregate):
        return found.name == "GROUP_CONCAT"
    return _is_literal(found, lambda text: text[:1] in ("'", '"'))


def may_be_truth_value(expression: Expression, casts: Mapping[Node, str]) -> bool:
    """Whether it can be `true` or `false` at all."""
    found = stripped(expression)
    if isinstance(found, BuiltInCall) and found.name in ("IF", "COALESCE"):
        return any(may_be_truth_value(each, casts) for each in found.arguments[found.name == "IF" :])
    if isinstance(found, FunctionCall):
        return casts.get(found, "boolean") == "boolean"
    if isinstance(found, Variable) or is_truth_value(found):
        return True
    if isinstance(found, Literal):
        return found.datatype is not None
    if isinstance(found, Aggregate):
        return found.name in ("MIN", "MAX", "SAMPLE")
    return isinstance(found, BuiltInCall) and found.name == "STRDT"


def is_plain(expression: Expression) -> bool:
    """Whether it may be written twice: it is the same at each evaluation, and costs little."""
    return not changes(expression) and not any(
        isinstance(node, Exists | FunctionCall | Aggregate)
        or (isinstance(node, Operation) and node.operators[0] in COMPARISONS)
        for node in walk(expression)
    )


def changes(expression: Expression) -> bool:
    """Whether a second evaluation for the same solution may give another value."""
    return any(call.name != "NOW" and not call.arguments for call in volatile_calls(expression))


def casts_of(query: ParsedQuery, context: Context) -> dict[Node, str]:
    """The calls of functions of XML Schema, with the names of their datatypes."""
    calls = query.nodes(FunctionCall)
    if not calls:
        return {}
    resolved = context.resolved(query, [call.function for call in calls])
    names = {call: resolved[call.function].value for call in calls if call.function in resolved}
    return {call: name.removeprefix(XSD.iri) for call, name in names.items() if name.startswith(XSD.iri)}


def between(query: ParsedQuery, node: Node, before: str, after: str) -> Replacement:
    """`node` with something in front of it and behind it."""
    return lambda write: f"{before}{as_written(query.text, node, write)}{after}"


def constant(text: str) -> Replacement:
    """`text`, whatever is below the node."""
    return lambda _write: text


def _is_literal(node: Node, is_such: Callable[[str], bool]) -> bool:
    """Whether it is a literal without a language and a datatype, of which that is true as it is written."""
    if not isinstance(node, Literal) or node.language is not None or node.datatype is not None:
        return False
    return is_such(node.text)


def _is_truth_literal(text: str) -> bool:
    return text.lower() in ("true", "false")
