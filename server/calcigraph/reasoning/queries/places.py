"""The algebra of a group in; its patterns out, each with those that hold wherever a solution matches it.

What is not understood is refused (Unknown), and then nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from rdflib import BNode, Variable
from rdflib.plugins.sparql.parserutils import CompValue

from calcigraph.reasoning.queries.groups import bound_by, inside_of, select_of
from calcigraph.reasoning.queries.reads import EXISTS, Triple, exists_group, triples, walk


@dataclass(frozen=True)
class Place:
    """A pattern of a rule, and the patterns that hold wherever a solution matches it (itself included)."""

    pattern: Triple
    together: tuple[Triple, ...]


_INNER: Final = "within__"


class Unknown(Exception):
    """A part of the algebra of which nothing is known here."""


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


def required(node: Any) -> tuple[Triple, ...]:
    """Patterns that every solution of a group matches."""
    if node.name == "BGP":
        return tuple(triples(node))
    if node.name in ("Filter", "Extend"):
        return required(node.p)
    if node.name in ("LeftJoin", "Minus"):
        return required(node.p1)
    if node.name == "Join":
        return required(node.p1) + required(node.p2)
    select = select_of(node)
    return () if select is None else _required_inside(select)


def _required_inside(select: Any) -> tuple[Triple, ...]:
    """Patterns that hold for every row of a sub-select."""
    inside = inside_of(select)
    if inside.name == "Group":
        if not inside.expr:
            return ()  # without keys there is a row even where nothing matches
        inside = inside.p
    given = frozenset(map(str, select.PV))
    return tuple(_renamed(triple, given) for triple in required(inside))


def places_of(node: Any, around: tuple[Triple, ...]) -> Iterator[Place]:
    """The patterns of a group, `around` being those that hold wherever it is asked."""
    if node.name == "BGP":
        every = around + tuple(triples(node))
        yield from (Place(triple, every) for triple in triples(node))
    elif node.name in ("Filter", "Extend"):
        yield from places_of(node.p, around)
        yield from _within(_asked(node.expr), bound_by(node.p), around + required(node.p))
    elif node.name in ("LeftJoin", "Minus"):
        yield from places_of(node.p1, around)
        yield from _within(places_of(node.p2, ()), bound_by(node.p1), around + required(node.p1))
        if node.name == "LeftJoin":
            both = required(node.p1) + required(node.p2)
            inside = _within(_asked(node.expr), bound_by(node.p1) | bound_by(node.p2), both)
            yield from _within(inside, bound_by(node.p1), around)
    elif node.name == "Join":
        yield from places_of(node.p1, around + required(node.p2))
        yield from places_of(node.p2, around + required(node.p1))
    elif node.name == "Union":
        yield from places_of(node.p1, around)
        yield from places_of(node.p2, around)
    elif select_of(node) is not None:
        yield from _selected(select_of(node), around)
    elif node.name != "ToMultiSet":
        raise Unknown


def _selected(select: Any, around: tuple[Triple, ...]) -> Iterator[Place]:
    """The patterns of a sub-select, with other names for the variables that it keeps to itself."""
    inside = inside_of(select)
    if inside.name == "Group":
        if _has_exists(select, inside):
            raise Unknown
        inside = inside.p
    yield from _within(places_of(inside, ()), frozenset(map(str, select.PV)), around)


def _within(places: Iterable[Place], shared: frozenset[str], around: tuple[Triple, ...]) -> Iterator[Place]:
    """Places inside of something, which shares some variables with what is `around` it.

    Others of the same name, in there and around, need not have the same value: a variable that an
    OPTIONAL leaves open may be bound by what comes after, say. So those inside get other names.
    """
    for place in places:
        together = tuple(_renamed(triple, shared) for triple in place.together)
        yield Place(_renamed(place.pattern, shared), around + together)


def _has_exists(select: Any, group: Any) -> bool:
    """Whether an aggregate, or what is made of it, asks for patterns of its own."""
    return sum(1 for _ in walk(select.p, positive=True)) != sum(1 for _ in walk(group.p, positive=True))


def _renamed(pattern: Triple, shared: frozenset[str]) -> Triple:
    subject, predicate, obj = (
        Variable(f"{_INNER}{slot}") if isinstance(slot, Variable) and str(slot) not in shared else slot
        for slot in pattern
    )
    return subject, predicate, obj


def _asked(node: Any) -> Iterator[Place]:
    """The patterns of EXISTS and NOT EXISTS in an expression."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _asked(part)
    elif isinstance(node, CompValue):
        if node.name in EXISTS:
            group = exists_group(node)
            yield from _parsed(group) if group.name == "GroupGraphPatternSub" else places_of(group, ())
            return
        for name, part in node.items():
            if name != "_vars":
                yield from _asked(part)


def _parsed(group: Any) -> Iterator[Place]:
    """The patterns of a group that rdflib left as it was parsed. Raises Unknown for any but plain ones."""
    parts = group.part or ()
    if any(part.name not in ("TriplesBlock", "Filter") for part in parts):
        raise Unknown
    every = tuple(t for part in parts if part.name == "TriplesBlock" for t in triples(part))
    yield from (Place(triple, every) for triple in every)
