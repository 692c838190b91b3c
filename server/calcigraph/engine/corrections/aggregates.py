"""COUNT leaves errors out (SPARQL 1.1, section 18.5.1.2), and GROUP_CONCAT takes the text of any term and has
no language (section 18.5.1.7).

In the engine COUNT of an expression that is an error once is an error, and so is GROUP_CONCAT of a number or
an IRI. COUNT is written as a sum of ones and noughts; COUNT(DISTINCT ...) counts a name instead of errors,
and takes off one where there was one. STR goes around what GROUP_CONCAT is of; with DISTINCT an aggregate of
our own is called, because terms that differ only in their language or datatype are to stay two.

MIN and MAX take the order of ORDER BY (sections 18.5.1.4 and 18.5.1.5): numbers before texts. The engine
compares both as texts, and numbers as numbers, so that any of them may come. So where there are numbers and
no IRIs, MIN is that of the numbers, and where there are other literals, MAX is that of those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.corrections.expression_kinds import (
    changes,
    is_number,
    is_text,
    is_truth_value,
    stripped,
)
from calcigraph.engine.functions import NAMESPACE, name_of_concatenation
from calcigraph.rdf.vocabulary import XSD
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement, as_written
from calcigraph.sparql.string_literals import string_value
from calcigraph.sparql.tree import Aggregate, BuiltInCall, Literal, Node, Variable

_ERROR: Final = f"<{NAMESPACE}error>"


def counted_and_concatenated(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """Every COUNT of an expression and every GROUP_CONCAT. Raises: CorrectionRefused for COUNT(DISTINCT ...)
    of a value that changes with each evaluation, of which it is not sure that it is one."""
    found: dict[Node, Replacement] = {}
    for aggregate in query.nodes(Aggregate):
        if aggregate.argument is None:
            continue
        if aggregate.name == "COUNT" and not isinstance(stripped(aggregate.argument), Variable | Literal):
            found[aggregate] = _count(query, aggregate, aggregate.argument)
        elif aggregate.name in ("MIN", "MAX") and not _is_of_one_kind(aggregate.argument):
            found[aggregate] = _extreme(aggregate.name, aggregate.argument)
        elif aggregate.name == "GROUP_CONCAT" and not is_text(aggregate.argument):
            found |= _concatenation(query, aggregate, aggregate.argument)
    return found


def _count(query: ParsedQuery, aggregate: Aggregate, argument: Node) -> Replacement:
    if not aggregate.is_distinct:
        # isIRI is an error of errors alone.
        return lambda write: f"SUM(COALESCE(IF(isIRI({write(argument)}), 1, 1), 0))"
    if changes(argument):
        if isinstance(argument, BuiltInCall) and not argument.arguments:
            return lambda write: as_written(query.text, aggregate, write)
        detail = "COUNT(DISTINCT ...) is not right here for a value that changes with each evaluation."
        raise refusal(query, aggregate, detail, "Put the value into a variable with BIND and count that.")

    def distinct(write: Callable[[Node], str]) -> str:
        value = write(argument)
        failed = f"COALESCE(MAX(COALESCE(IF(isIRI({value}), 0, 0), 1)), 0)"
        return f"(COUNT(DISTINCT COALESCE({value}, {_ERROR})) - {failed})"

    return distinct


def _is_of_one_kind(argument: Node) -> bool:
    return is_number(argument) or is_text(argument) or is_truth_value(argument) or changes(argument)


def _extreme(name: str, argument: Node) -> Replacement:
    def smallest(write: Callable[[Node], str]) -> str:
        value = write(argument)
        # NaN is the last of the numbers.
        numbers = f'MIN(IF(isNumeric({value}), {value}, "NaN"^^{XSD["double"]}))'
        return f"IF(isLiteral(MIN({value})) && MAX(isNumeric({value})), {numbers}, MIN({value}))"

    def largest(write: Callable[[Node], str]) -> str:
        value = write(argument)
        others = f"MAX(IF(isNumeric({value}), {_ERROR}, {value}))"
        return f"IF(MAX(isLiteral({value}) && !isNumeric({value})), {others}, MAX({value}))"

    return smallest if name == "MIN" else largest


def _concatenation(query: ParsedQuery, aggregate: Aggregate, argument: Node) -> dict[Node, Replacement]:
    if not aggregate.is_distinct:
        return {argument: lambda write: f"STR({as_written(query.text, argument, write)})"}
    separator = " " if aggregate.separator is None else string_value(aggregate.separator)
    if separator is None:
        # No string, as the engine will say.
        return {}
    name = name_of_concatenation(separator)
    return {aggregate: lambda write: f"{name}({write(argument)})"}
