"""Casts read a text without the white space around it, and xsd:string writes large and small numbers with an
exponent (SPARQL 1.1, section 17.5; XPath Functions and Operators, sections 19.1.2 and 19.2).

The engine takes no white space, takes `infinity` for a number, and writes "1000000" for 1e6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.expression_kinds import casts_of, is_number, is_whole, stripped
from calcigraph.engine.functions import name_of
from calcigraph.engine.functions.arguments import collapsed, double
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.string_literals import simple_value
from calcigraph.sparql.tree import Expression, FunctionCall, Literal, Node, Variable

_FLOATING: Final = ("double", "float")


def cast_as_xpath(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """Casts of what may be a text with white space, or a number that is written otherwise."""
    casts = casts_of(query, context)
    found: dict[Node, Replacement] = {}
    for call, datatype in casts.items():
        assert isinstance(call, FunctionCall)
        if len(call.arguments) == 1 and not call.is_distinct and not _is_right(call.arguments[0], datatype):
            found[call] = _cast(query, call, datatype)
    return found


def _is_right(argument: Expression, datatype: str) -> bool:
    """Whether the engine surely casts `argument` as it should."""
    found = stripped(argument)
    if datatype == "string":
        is_text = isinstance(found, Literal) and found.text[0] in "\"'" and found.datatype is None
        return is_text or is_whole(found)
    text = simple_value(found)
    if text is not None:
        return text == collapsed(text) and (datatype not in _FLOATING or double(text) is not None)
    return is_number(found)


def _cast(query: ParsedQuery, call: FunctionCall, datatype: str) -> Replacement:
    name, argument = query.written(call.function), call.arguments[0]
    if datatype == "string":
        return lambda write: f"{name_of('string')}({write(argument)})"
    ours = name_of("trimmed-number" if datatype in _FLOATING else "trimmed")
    if not isinstance(argument, Variable):
        return lambda write: f"{name}({ours}({write(argument)}))"
    # What the engine does is right for most values, and soon done.
    value = query.written(argument)
    if datatype in _FLOATING:
        return lambda _write: f"IF(isNumeric({value}), {name}({value}), {name}({ours}({value})))"
    return lambda _write: f"COALESCE({name}({value}), {name}({ours}({value})))"
