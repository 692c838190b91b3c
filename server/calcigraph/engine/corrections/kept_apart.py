"""The group of a `GRAPH ?g { ... }` in, out whether the engine keeps the graphs apart in it.

The engine puts ?g as the graph of every triple pattern in the group. By SPARQL 1.1 (section 18.6, evaluation
of Graph) the group is evaluated once for each named graph, ?g is not seen in it, and each of its solutions is
joined with ?g = that graph. Both are the same where every solution of every part that may be left out, be
removed or stand for an alternative comes from a triple pattern, and ?g is looked at nowhere where it would
not be bound. What is said here is sure; what is not, is written otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from calcigraph.sparql.scope import certain, certain_of, in_scope, named
from calcigraph.sparql.tree import (
    Bind,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Minus,
    Node,
    Optional,
    Pattern,
    Service,
    TriplesBlock,
    Union,
    Values,
    walk,
)


def keeps_apart(pattern: GraphPattern, variable: str) -> bool:
    """Whether the engine is right about `pattern`, whose graph is `variable`."""
    return not pattern.group.elements or (
        does_not_see(pattern.group, variable) and _is_apart(pattern.group, is_bound=False)
    )


def matches_triples(group: Group) -> bool:
    """Whether `group` has no solution in a graph without a triple, for every data."""
    return any(map(_matches, group.elements))


def does_not_see(group: Group, variable: str) -> bool:
    """Whether it makes no difference that `variable` is bound to the graph in `group`: it is not named
    there, or only where every solution has to bind it to the graph anyway.

    Where a triple pattern right in the group names it, every solution binds it; then a FILTER, what is bound
    later, and the triples of an OPTIONAL behind it see the same value.
    """
    is_certain = any(isinstance(e, TriplesBlock) and variable in named(e) for e in group.elements)
    is_bound = False
    for element in group.elements:
        if variable not in named(element):
            continue
        if isinstance(element, TriplesBlock):
            is_bound = True
        elif isinstance(element, Filter):
            if not is_certain:
                return False
        elif isinstance(element, Bind):
            if not is_bound or element.variable.name == variable:
                return False
        elif isinstance(element, Optional):
            kinds = TriplesBlock | Filter
            if not is_bound or not all(isinstance(each, kinds) for each in element.group.elements):
                return False
        elif not isinstance(element, Values):
            return False
    return True


def shares_surely(before: Iterable[Pattern], group: Group) -> bool:
    """Whether every solution of `before` shares a bound variable with every one of `group`: then it makes
    no difference to MINUS whether they share the graph too (section 18.5)."""
    return bool(certain_of(before) & certain(group))


def may_share(before: Iterable[Pattern], group: Group) -> bool:
    """Whether a solution of `before` may share a variable with one of `group`."""
    names: set[str] = set()
    for each in before:
        if not isinstance(each, Filter | Minus):
            names |= in_scope(each).keys()
    return not names.isdisjoint(in_scope(group))


def has_exists(node: Node) -> bool:
    """Whether an EXISTS stands in `node`."""
    return any(isinstance(each, Exists) for each in walk(node))


def _matches(element: Pattern) -> bool:
    if isinstance(element, TriplesBlock):
        return True
    if isinstance(element, Group):
        return matches_triples(element)
    return isinstance(element, Union) and all(map(matches_triples, element.groups))


def _is_apart(group: Group, is_bound: bool) -> bool:
    """Whether every part of `group` is right; `is_bound` says that each solution has the graph already."""
    for i, element in enumerate(group.elements):
        if isinstance(element, Filter):
            continue
        if not _is_element_apart(element, group.elements[:i], is_bound):
            return False
        is_bound = is_bound or _matches(element)
    filters = (element for element in group.elements if isinstance(element, Filter))
    return is_bound and all(map(_are_apart_in, filters))


def _is_element_apart(element: Pattern, before: tuple[Pattern, ...], is_bound: bool) -> bool:
    if isinstance(element, TriplesBlock | Values | GraphPattern | Service):
        return True
    if isinstance(element, Group):
        return _is_apart(element, is_bound=False)
    if isinstance(element, Union):
        return all(_is_apart(each, is_bound=False) for each in element.groups)
    if isinstance(element, Bind):
        return not has_exists(element) or (is_bound and _are_apart_in(element))
    if isinstance(element, Optional):
        return is_bound and _is_apart(element.group, is_bound=False)
    if isinstance(element, Minus):
        is_apart = is_bound and _is_apart(element.group, is_bound=False)
        return is_apart and shares_surely(before, element.group)
    # A sub-select and LATERAL.
    return False


def _are_apart_in(node: Node) -> bool:
    """Whether the groups of every EXISTS in `node` are right, given that the graph is bound."""
    return all(_is_apart(each.group, is_bound=True) for each in walk(node) if isinstance(each, Exists))
