"""A query in, what is wrong with it beside the grammar out (SPARQL 1.1, sections 5.1.1, 10.1, 11.4, 18.2.1
and the notes of 19.8).

The engine knows most of these conditions and says so without words that help; some it does not know, and then
answers what has no meaning: those are in `UNKNOWN_TO_ENGINE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.scope import has_aggregate, in_scope, is_grouped
from calcigraph.sparql.tree import (
    Aggregate,
    As,
    Bind,
    BlankNode,
    Filter,
    Group,
    GroupBy,
    Minus,
    Node,
    Query,
    SelectClause,
    SubSelect,
    TriplesBlock,
    Values,
    Variable,
)


@dataclass(frozen=True)
class BrokenCondition:
    """Where a condition is broken, what it is, and what to write instead."""

    node: Node
    detail: str
    remedy: str


def first_broken(
    query: ParsedQuery, conditions: Iterable[Callable[[ParsedQuery], Iterator[BrokenCondition]]]
) -> BrokenCondition | None:
    """The first of the conditions that the query breaks. Cost: linear."""
    return next((broken for condition in conditions for broken in condition(query)), None)


def _nested_aggregates(query: ParsedQuery) -> Iterator[BrokenCondition]:
    """An aggregate is over the solutions of a group, so nothing in it is one (section 11)."""
    for outer in query.nodes(Aggregate):
        if outer.argument is not None and has_aggregate(outer.argument):
            inner = next(each for each in query.nodes(Aggregate) if each is not outer and _holds(outer, each))
            yield BrokenCondition(
                inner,
                f"{inner.name} stands in {outer.name}: an aggregate cannot be over another one.",
                f"Compute {inner.name} in a sub-select, under a name, and {outer.name} of that name outside.",
            )


_NO_PLACE: Final[dict[type[Node], str]] = {Filter: "FILTER", Bind: "BIND", GroupBy: "GROUP BY"}


def _misplaced_aggregates(query: ParsedQuery) -> Iterator[BrokenCondition]:
    """Aggregates stand in SELECT, HAVING and ORDER BY only (section 19.8, note 14)."""
    for aggregate in query.nodes(Aggregate):
        around = [clause for kind in _NO_PLACE for clause in query.nodes(kind) if _holds(clause, aggregate)]
        if not around:
            continue
        clause = max(around, key=lambda node: node.start)
        # A sub-select in an EXISTS has groups of its own.
        if not any(_holds(clause, select) and _holds(select, aggregate) for select in query.nodes(SubSelect)):
            yield BrokenCondition(
                aggregate,
                f"{aggregate.name} stands in {_NO_PLACE[type(clause)]}: there are no groups there yet.",
                "Aggregates stand in SELECT, HAVING and ORDER BY; compute it in a sub-select first.",
            )


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _keys_named_twice(query: ParsedQuery) -> Iterator[BrokenCondition]:
    """GROUP BY (expression AS ?name): the name is new (section 18.2.1)."""
    for level in levels(query) if query.nodes(GroupBy) else ():
        named = [each.variable for each in _conditions(level) if isinstance(each, As)]
        seen = set(in_scope(level.where)) if named and level.where is not None else set()
        for name in named:
            if name is not None and name.name in seen:
                yield _assigned_twice(name)
            seen |= {name.name} if name is not None else set()


def _names_of_select(query: ParsedQuery) -> Iterator[BrokenCondition]:
    for level in levels(query):
        clause, seen = _clause(level), set[str]()
        for item in clause.items if clause is not None else ():
            name = item.variable if isinstance(item, As) else item
            if isinstance(name, Variable) and name.name in seen:
                yield BrokenCondition(
                    name, f"SELECT has ?{name.name} twice.", "Leave one out, or use another name."
                )
            seen |= {name.name} if isinstance(name, Variable) else set()


def _ungrouped(query: ParsedQuery) -> Iterator[BrokenCondition]:
    """Of the variables of a grouped query, SELECT has those of GROUP BY, and aggregates (section 11.4)."""
    for level in levels(query):
        clause = _clause(level)
        if clause is None or not is_grouped(level):
            continue
        if clause.lists_all:
            yield BrokenCondition(
                clause.items[0], "SELECT * stands in a query with groups.", "List what GROUP BY has."
            )
            continue
        known = set(keys_of(level))
        for item in clause.items:
            for variable in outside_aggregates(item.expression if isinstance(item, As) else item):
                if variable.name not in known:
                    yield BrokenCondition(
                        variable,
                        f"SELECT lists a variable that is neither grouped nor aggregated: ?{variable.name}.",
                        "List it in GROUP BY, or wrap it, as in (SAMPLE(?x) AS ?one).",
                    )


def _assigned(query: ParsedQuery) -> Iterator[BrokenCondition]:
    """BIND and VALUES name a variable once, and BIND one that is not in use before it (section 10.1)."""
    for group in query.nodes(Group):
        seen: set[str] = set()
        for element in group.elements:
            if isinstance(element, Bind) and element.variable.name in seen:
                yield _assigned_twice(element.variable)
            seen |= set() if isinstance(element, Minus | Filter) else set(in_scope(element))
    for values in query.nodes(Values):
        names = [variable.name for variable in values.variables]
        for i, variable in enumerate(values.variables):
            if variable.name in names[:i]:
                yield BrokenCondition(variable, f"VALUES has ?{variable.name} twice.", "Leave one out.")
    for clause in query.nodes(SelectClause):
        level = query.parent(clause)
        assert isinstance(level, Query | SubSelect)
        known = set(in_scope(level.where)) if level.where is not None else set()
        for item in clause.items:
            if isinstance(item, As) and item.variable is not None and item.variable.name in known:
                yield _assigned_twice(item.variable)


def _shared_labels(query: ParsedQuery) -> Iterator[BrokenCondition]:
    """The label of a blank node stands in one basic graph pattern only (section 5.1.1)."""
    seen: dict[str, Node] = {}
    for node in query.nodes(BlankNode):
        if node.label is None:
            continue
        block = next((above for above in query.around(node) if isinstance(above, TriplesBlock)), None)
        if block is not None and seen.setdefault(node.label, block) is not block:
            yield BrokenCondition(
                node,
                f"_:{node.label} stands in two groups: it would be two different nodes.",
                "Use a variable, which both see.",
            )


def levels(query: ParsedQuery) -> Iterator[Query | SubSelect]:
    """The query and its sub-selects, which each have groups and names of their own."""
    yield query.tree
    yield from query.nodes(SubSelect)


def outside_aggregates(expression: Node) -> Iterator[Variable]:
    """The variables of an expression that stand in no aggregate and in no group of an EXISTS."""
    if isinstance(expression, Variable):
        yield expression
    elif not isinstance(expression, Aggregate | Group):
        for child in expression.children():
            yield from outside_aggregates(child)


def _clause(level: Query | SubSelect) -> SelectClause | None:
    clause = level.select if isinstance(level, SubSelect) else level.head
    return clause if isinstance(clause, SelectClause) else None


def _conditions(level: Query | SubSelect) -> Iterator[Node]:
    for modifier in level.modifiers:
        if isinstance(modifier, GroupBy):
            yield from modifier.conditions


def keys_of(level: Query | SubSelect) -> Iterator[str]:
    """The variables that are the same in all solutions of a group."""
    for condition in _conditions(level):
        name = condition.variable if isinstance(condition, As) else condition
        if isinstance(name, Variable):
            yield name.name


def _assigned_twice(name: Variable) -> BrokenCondition:
    return BrokenCondition(name, f"?{name.name} is given a value twice.", "Use another name here.")


UNKNOWN_TO_ENGINE: Final = (_nested_aggregates, _misplaced_aggregates, _keys_named_twice)
KNOWN_TO_ENGINE: Final = (_ungrouped, _names_of_select, _assigned, _shared_labels)
