"""ORDER BY has an order for terms of every kind (SPARQL 1.1, section 15.1).

The engine compares numbers as numbers and a number with a text as texts, which is no order: numbers then come
out of order, and its sorting may break off. So the kind of a value goes in front: a whole number, which costs
next to nothing to compare. Unbound variables, blank nodes and IRIs have no kind, and so come first, as they
should.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.expression_kinds import (
    casts_of,
    changes,
    is_number,
    is_text,
    is_truth_value,
    stripped,
)
from calcigraph.engine.functions import name_of
from calcigraph.rdf.vocabulary import RDF, XSD
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement, as_written
from calcigraph.sparql.tree import (
    As,
    Expression,
    Node,
    OrderBy,
    OrderCondition,
    Query,
    SelectClause,
    SubSelect,
    Variable,
)

# What is compared as texts with all of its kind, and is met most often.
_TEXTS: Final = ", ".join(map(str, (XSD["string"], RDF["langString"], XSD["boolean"])))


def sorted_by_kind(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """Conditions whose values may be of more than one kind."""
    if not query.nodes(OrderCondition):
        return {}
    casts = casts_of(query, context)
    found: dict[Node, Replacement] = {}
    selects: list[Query | SubSelect] = [query.tree, *query.nodes(SubSelect)]
    for select in selects:
        given = _given(select)
        for modifier in select.modifiers:
            for condition in modifier.conditions if isinstance(modifier, OrderBy) else ():
                expression = condition.expression
                if not _is_of_one_kind(expression, given, casts) and not changes(expression):
                    found[condition] = _by_kind(query, condition)
    return found


def _given(select: Query | SubSelect) -> dict[str, Expression]:
    """The expressions that have a name in the SELECT clause of a query."""
    clause = select.select if isinstance(select, SubSelect) else select.head
    items = clause.items if isinstance(clause, SelectClause) else ()
    named = (item for item in items if isinstance(item, As))
    return {item.variable.name: item.expression for item in named if item.variable is not None}


def _is_of_one_kind(
    expression: Expression, given: Mapping[str, Expression], casts: Mapping[Node, str]
) -> bool:
    found: Expression | None = stripped(expression)
    if isinstance(found, Variable):
        found = given.get(found.name)
    if found is None:
        return False
    return is_number(found) or is_text(found) or is_truth_value(found) or found in casts


def _by_kind(query: ParsedQuery, condition: OrderCondition) -> Replacement:
    expression = stripped(condition.expression)
    direction = "DESC" if condition.is_descending else "ASC"
    ours = name_of("kind")

    def replaced(write: Callable[[Node], str]) -> str:
        value = write(expression)
        kind = f"{ours}({value})"
        if isinstance(expression, Variable):
            others = f"IF(DATATYPE({value}) IN ({_TEXTS}), 1, {kind})"
            kind = f"IF(isNumeric({value}), 0, {others})"
        return f"{direction}({kind}) {as_written(query.text, condition, write)}"

    return replaced
