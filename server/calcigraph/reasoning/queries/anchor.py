"""The algebra of a rule in; the variables by which its solutions can be told apart and looked at again, out.

A rule is *anchored* when its WHERE group begins with patterns that every solution matches. The values of
their variables (or of some of them) divide the solutions into portions, and a triple that comes or goes
can change only the portions that it reaches: by a pattern that it matches, and by the patterns that must
hold together with that one. What is not understood is left out of the account, and then reaches everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from rdflib import BNode, URIRef, Variable
from rdflib.paths import Path
from rdflib.plugins.sparql.parserutils import CompValue

from calcigraph.reasoning.queries.algebra import Algebra
from calcigraph.reasoning.queries.reads import EXISTS, Triple, exists_group, triples, walk


@dataclass(frozen=True)
class Place:
    """A pattern of a rule, and the patterns that hold wherever a solution matches it (itself included)."""

    pattern: Triple
    together: tuple[Triple, ...]


@dataclass(frozen=True)
class Anchor:
    """The variables that divide a rule's solutions; none where they cannot be divided.

    `selected` says that the group begins with a sub-select, which can be divided inside.
    """

    variables: tuple[str, ...]
    places: tuple[Place, ...]
    selected: bool = False


NO_ANCHOR: Final = Anchor((), ())


class _Unclear(Exception):
    """A part of the algebra of which nothing is known here."""


def anchor_of(algebra: Algebra) -> Anchor:
    """The anchor of a rule. Cost: linear in the patterns, squared."""
    where = algebra.where.p if algebra.where.name == "Project" else None
    if not algebra.text.plain or where is None:
        return NO_ANCHOR
    try:
        variables = tuple(sorted(_first(where)))
        found = tuple(_places(where, ()))
    except _Unclear:
        return NO_ANCHOR
    every = [triple for triple, _ in walk(where, positive=True)]
    if not variables or len(found) != len(every) or not all(is_path_or_term(t[1]) for t in every):
        return NO_ANCHOR
    return Anchor(variables, found, _select(_leaf(where)) is not None)


def variables_of(pattern: Triple) -> frozenset[str]:
    """The names of the variables of a pattern, blank nodes (variables without a name in results) included."""
    return frozenset(slot_name(slot) for slot in pattern if isinstance(slot, Variable | BNode))


def slot_name(slot: Variable | BNode) -> str:
    """The name of a variable; a blank node of a pattern is one as well."""
    return str(slot) if isinstance(slot, Variable) else f"node{slot}"


def connected(pattern: Triple, together: Iterable[Triple]) -> list[Triple]:
    """Those of some patterns that hang together with one of them by their variables."""
    rest, names = list(dict.fromkeys(together)), variables_of(pattern)
    found: list[Triple] = []
    while True:
        near = [other for other in rest if names & variables_of(other)]
        if not near:
            return found
        found += near
        names = names.union(*map(variables_of, near))
        rest = [other for other in rest if other not in near]


def _first(node: Any) -> frozenset[str]:
    """The variables that the first patterns of a group bind in each of its solutions."""
    return _bound(_leaf(node))


def _leaf(node: Any) -> Any:
    """What a group begins with."""
    while node.name in ("Filter", "Extend", "LeftJoin", "Minus", "Join"):
        if node.name in ("Filter", "Extend"):
            node = node.p
        else:
            node = node.p2 if node.name == "Join" and _is_unit(node.p1) else node.p1
    return node


def _is_unit(node: Any) -> bool:
    return node.name == "BGP" and not node.triples


def _bound(node: Any) -> frozenset[str]:
    """The variables with a name that a group binds in each of its solutions."""
    if node.name == "BGP":
        slots = (slot for triple in triples(node) for slot in triple)
        return frozenset(str(slot) for slot in slots if isinstance(slot, Variable))
    if node.name in ("Filter", "Extend"):
        return _bound(node.p)
    if node.name in ("LeftJoin", "Minus"):
        return _bound(node.p1)
    if node.name == "Join":
        return _bound(node.p1) | _bound(node.p2)
    if node.name == "Union":
        return _bound(node.p1) & _bound(node.p2)
    select = _select(node)
    return _keys(select) if select is not None else frozenset()


def _select(node: Any) -> Any | None:
    """The projection of a sub-select; None for other groups, and for VALUES."""
    inside: Any = node.p if node.name == "ToMultiSet" else None
    while inside is not None and inside.name in ("Distinct", "Reduced"):
        inside = inside.p
    return inside if inside is not None and inside.name == "Project" else None


def _keys(select: Any) -> frozenset[str]:
    """The variables of a sub-select by which it can be divided: keys of its groups that it gives out."""
    given, inside = {str(name) for name in select.PV}, _inside(select)
    if inside.name == "Group":
        keys = {str(key) for key in inside.expr or () if isinstance(key, Variable)}
        return _first(inside.p) & given & keys
    return _first(inside) & given


def _inside(select: Any) -> Any:
    """The group that a sub-select selects from, or the grouping of it."""
    node = select.p
    while node.name in ("Extend", "OrderBy", "AggregateJoin", "Filter") and _is_grouped(node):
        node = node.p
    return node


def _is_grouped(node: Any) -> bool:
    while isinstance(node, CompValue) and node.name in ("Extend", "OrderBy", "AggregateJoin", "Filter"):
        node = node.p
    return isinstance(node, CompValue) and node.name == "Group"


def _required(node: Any) -> tuple[Triple, ...]:
    """Patterns that every solution of a group matches."""
    if node.name == "BGP":
        return tuple(triples(node))
    if node.name in ("Filter", "Extend"):
        return _required(node.p)
    if node.name in ("LeftJoin", "Minus"):
        return _required(node.p1)
    if node.name == "Join":
        return _required(node.p1) + _required(node.p2)
    select = _select(node)
    return () if select is None else _required_inside(select)


def _required_inside(select: Any) -> tuple[Triple, ...]:
    """Patterns that hold for every row of a sub-select."""
    inside = _inside(select)
    if inside.name == "Group":
        if not inside.expr:
            return ()  # without keys there is a row even where nothing matches
        inside = inside.p
    given = {str(name) for name in select.PV}
    return tuple(_renamed(triple, given) for triple in _required(inside))


def _places(node: Any, around: tuple[Triple, ...]) -> Iterator[Place]:
    """The patterns of a group, `around` being those that hold wherever it is asked."""
    if node.name == "BGP":
        every = around + tuple(triples(node))
        yield from (Place(triple, every) for triple in triples(node))
    elif node.name in ("Filter", "Extend"):
        yield from _places(node.p, around)
        yield from _asked(node.expr, around + _required(node.p))
    elif node.name in ("LeftJoin", "Minus"):
        yield from _places(node.p1, around)
        yield from _places(node.p2, around + _required(node.p1))
        if node.name == "LeftJoin":
            yield from _asked(node.expr, around + _required(node.p1) + _required(node.p2))
    elif node.name == "Join":
        yield from _places(node.p1, around + _required(node.p2))
        yield from _places(node.p2, around + _required(node.p1))
    elif node.name == "Union":
        yield from _places(node.p1, around)
        yield from _places(node.p2, around)
    elif _select(node) is not None:
        yield from _selected(_select(node), around)
    elif node.name != "ToMultiSet":
        raise _Unclear


def _selected(select: Any, around: tuple[Triple, ...]) -> Iterator[Place]:
    """The patterns of a sub-select, with other names for the variables that it keeps to itself."""
    inside = _inside(select)
    if inside.name == "Group":
        if _has_exists(select, inside):
            raise _Unclear
        inside = inside.p
    given = {str(name) for name in select.PV}
    for place in _places(inside, ()):
        own = tuple(_renamed(triple, given) for triple in place.together)
        yield Place(_renamed(place.pattern, given), around + own)


def _has_exists(select: Any, group: Any) -> bool:
    """Whether an aggregate, or what is made of it, asks for patterns of its own."""
    return sum(1 for _ in walk(select.p, positive=True)) != sum(1 for _ in walk(group.p, positive=True))


def _renamed(pattern: Triple, given: set[str]) -> Triple:
    subject, predicate, obj = (
        Variable(f"inner_{slot}") if isinstance(slot, Variable) and str(slot) not in given else slot
        for slot in pattern
    )
    return subject, predicate, obj


def _asked(node: Any, around: tuple[Triple, ...]) -> Iterator[Place]:
    """The patterns of EXISTS and NOT EXISTS in an expression."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _asked(part, around)
    elif isinstance(node, CompValue):
        if node.name in EXISTS:
            group = exists_group(node)
            parsed = group.name == "GroupGraphPatternSub"
            yield from _parsed(group, around) if parsed else _places(group, around)
            return
        for name, part in node.items():
            if name != "_vars":
                yield from _asked(part, around)


def _parsed(group: Any, around: tuple[Triple, ...]) -> Iterator[Place]:
    """The patterns of a group that rdflib left as it was parsed."""
    if group.name != "GroupGraphPatternSub":
        raise _Unclear
    parts = group.part or ()
    every = around + tuple(t for part in parts if part.name == "TriplesBlock" for t in triples(part))
    for part in parts:
        if part.name == "TriplesBlock":
            yield from (Place(triple, every) for triple in triples(part))
        elif part.name in ("OptionalGraphPattern", "MinusGraphPattern"):
            yield from _parsed(part.graph, every)
        elif part.name == "GroupOrUnionGraphPattern":
            for branch in part.graph:
                yield from _parsed(branch, every)
        elif part.name in ("Filter", "Bind"):
            yield from _asked(part.expr, every)
        elif part.name != "InlineData":
            raise _Unclear


def is_path_or_term(predicate: Any) -> bool:
    """Whether rdflib has made a term, a variable or a path of what stands in a predicate's place."""
    return isinstance(predicate, URIRef | Variable | Path)
