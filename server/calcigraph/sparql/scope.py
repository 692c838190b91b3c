"""What variables a part of a tree has: those in scope, those that are bound in every solution, all that
are named.

`in_scope` is SPARQL 1.1, section 18.2.1. `certain` is what follows from section 18.3 to 18.5 for every
data: a triple pattern binds all of its variables, a join what either side binds, OPTIONAL and MINUS what
stands before them, UNION what all of its groups bind. Blank nodes of patterns are no variables here:
nothing outside their group sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from calcigraph.sparql.tree import (
    Aggregate,
    As,
    Bind,
    Exists,
    Expression,
    Filter,
    GraphPattern,
    Group,
    GroupBy,
    Lateral,
    Minus,
    Node,
    Optional,
    Pattern,
    Query,
    SelectClause,
    Service,
    SubSelect,
    TriplesBlock,
    Union,
    Values,
    Variable,
    walk,
)


def named(*nodes: Node) -> Iterator[str]:
    """The names of all variables below `nodes`, in the order of the text, as often as they stand there."""
    return (node.name for node in chain.from_iterable(map(walk, nodes)) if isinstance(node, Variable))


def in_scope(pattern: Pattern) -> dict[str, None]:
    """The variables that a solution of `pattern` may have, in the order in which the text names them
    first."""
    if isinstance(pattern, TriplesBlock):
        return dict.fromkeys(named(pattern))
    if isinstance(pattern, Group):
        return _together(pattern.elements)
    if isinstance(pattern, Union):
        return _together(pattern.groups)
    if isinstance(pattern, Optional | Lateral):
        return in_scope(pattern.group)
    if isinstance(pattern, GraphPattern | Service):
        name = {pattern.name.name: None} if isinstance(pattern.name, Variable) else {}
        return name | in_scope(pattern.group)
    if isinstance(pattern, Bind):
        return {pattern.variable.name: None}
    if isinstance(pattern, Values):
        return dict.fromkeys(variable.name for variable in pattern.variables)
    if isinstance(pattern, SubSelect):
        return selected(pattern)
    return {}


def selected(query: Query | SubSelect) -> dict[str, None]:
    """The variables of the solutions of a SELECT, in its order; those that `*` stands for in the order in
    which the text names them first. What VALUES behind it has is joined with them and has no variable of
    its own."""
    clause = query.select if isinstance(query, SubSelect) else query.head
    assert isinstance(clause, SelectClause), "others have no solutions"
    if clause.lists_all:
        assert query.where is not None, "SELECT has a group"
        behind = in_scope(query.values) if query.values is not None else {}
        return in_scope(query.where) | behind
    return dict.fromkeys(filter(None, map(_name_given, clause.items)))


def _name_given(item: Node) -> str | None:
    """The name of what stands in SELECT: a variable, or an expression with a name."""
    if isinstance(item, As):
        return item.variable.name if item.variable is not None else None
    return item.name if isinstance(item, Variable) else None


def certain(pattern: Pattern) -> frozenset[str]:
    """The variables that every solution of `pattern` binds, whatever the data are; those of VALUES are
    not looked at where it has an UNDEF, so they are left out."""
    if isinstance(pattern, TriplesBlock):
        return frozenset(named(pattern))
    if isinstance(pattern, Group):
        return certain_of(pattern.elements)
    if isinstance(pattern, Union):
        return frozenset.intersection(*map(certain, pattern.groups))
    if isinstance(pattern, Lateral):
        return certain(pattern.group)
    if isinstance(pattern, GraphPattern):
        name = {pattern.name.name} if isinstance(pattern.name, Variable) else set()
        return certain(pattern.group) | name
    if isinstance(pattern, SubSelect):
        return _certain_of_select(pattern)
    return frozenset()


def certain_of(elements: Iterable[Pattern]) -> frozenset[str]:
    """The variables that every solution of `elements`, one behind the other in a group, binds."""
    return frozenset().union(*map(certain, elements))


def _certain_of_select(query: SubSelect) -> frozenset[str]:
    names = certain(query.where)
    if is_grouped(query):
        keys = [
            condition.name
            for modifier in query.modifiers
            if isinstance(modifier, GroupBy)
            for condition in modifier.conditions
            if isinstance(condition, Variable)
        ]
        names &= frozenset(keys)
    if query.select.lists_all:
        return names
    return names & frozenset(item.name for item in query.select.items if isinstance(item, Variable))


def is_grouped(query: Query | SubSelect) -> bool:
    """Whether the solutions are made of groups of others (section 11): by GROUP BY or by an aggregate."""
    if any(isinstance(modifier, GroupBy) for modifier in query.modifiers):
        return True
    clause = query.select if isinstance(query, SubSelect) else query.head
    return any(map(has_aggregate, ([clause] if clause is not None else []) + list(query.modifiers)))


def has_aggregate(node: Node) -> bool:
    """Whether an aggregate stands in `node`, not counting those in the groups of its EXISTS."""
    if isinstance(node, Aggregate):
        return True
    return not isinstance(node, Exists) and any(map(has_aggregate, node.children()))


def seen_by(expression: Expression) -> frozenset[str]:
    """The variables whose values `expression` can depend on: all that it names, those in its EXISTS too."""
    return frozenset(named(expression))


def expressions_of(pattern: Pattern) -> Iterator[Expression]:
    """The expressions right below an element of a group: of a FILTER or a BIND."""
    if isinstance(pattern, Filter):
        yield pattern.constraint
    elif isinstance(pattern, Bind):
        yield pattern.expression


def _together(patterns: Iterable[Pattern]) -> dict[str, None]:
    found: dict[str, None] = {}
    for pattern in patterns:
        if not isinstance(pattern, Minus | Filter):
            found |= in_scope(pattern)
    return found
