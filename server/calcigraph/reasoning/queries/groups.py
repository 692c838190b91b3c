"""A group in rdflib's algebra in; what it begins with, what it is sure to bind and what it selects out."""

from __future__ import annotations

from typing import Any

from rdflib import Variable
from rdflib.plugins.sparql.parserutils import CompValue

from calcigraph.reasoning.queries.reads import triples


def first_of(node: Any) -> frozenset[str]:
    """The variables that the first patterns of a group bind in each of its solutions."""
    return bound_by(leaf_of(node))


def leaf_of(node: Any) -> Any:
    """What a group begins with."""
    while node.name in ("Filter", "Extend", "LeftJoin", "Minus", "Join"):
        if node.name in ("Filter", "Extend"):
            node = node.p
        else:
            node = node.p2 if node.name == "Join" and _is_unit(node.p1) else node.p1
    return node


def _is_unit(node: Any) -> bool:
    return node.name == "BGP" and not node.triples


def bound_by(node: Any) -> frozenset[str]:
    """The variables with a name that a group binds in each of its solutions."""
    if node.name == "BGP":
        slots = (slot for triple in triples(node) for slot in triple)
        return frozenset(str(slot) for slot in slots if isinstance(slot, Variable))
    if node.name in ("Filter", "Extend"):
        return bound_by(node.p)
    if node.name in ("LeftJoin", "Minus"):
        return bound_by(node.p1)
    if node.name == "Join":
        return bound_by(node.p1) | bound_by(node.p2)
    if node.name == "Union":
        return bound_by(node.p1) & bound_by(node.p2)
    select = select_of(node)
    return _keys(select) if select is not None else frozenset()


def _keys(select: Any) -> frozenset[str]:
    """The variables of a sub-select by which it can be divided: keys of its groups that it gives out."""
    given, inside = {str(name) for name in select.PV}, inside_of(select)
    if inside.name == "Group":
        keys = {str(key) for key in inside.expr or () if isinstance(key, Variable)}
        return first_of(inside.p) & given & keys
    return first_of(inside) & given


def select_of(node: Any) -> Any | None:
    """The projection of a sub-select; None for other groups, and for VALUES."""
    inside: Any = node.p if node.name == "ToMultiSet" else None
    while inside is not None and inside.name in ("Distinct", "Reduced"):
        inside = inside.p
    return inside if inside is not None and inside.name == "Project" else None


def inside_of(select: Any) -> Any:
    """The group that a sub-select selects from, or the grouping of it."""
    node = select.p
    while node.name in ("Extend", "OrderBy", "AggregateJoin", "Filter") and _is_grouped(node):
        node = node.p
    return node


def _is_grouped(node: Any) -> bool:
    while isinstance(node, CompValue) and node.name in ("Extend", "OrderBy", "AggregateJoin", "Filter"):
        node = node.p
    return isinstance(node, CompValue) and node.name == "Group"
