"""Triples that came or went in; the portions of a rule's solutions that they reach, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, cast

import pyoxigraph as ox
from rdflib import BNode, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, Path, SequencePath

from calcigraph.reasoning.queries.algebra import term
from calcigraph.reasoning.queries.anchor import Anchor
from calcigraph.reasoning.queries.places import Place, connected, slot_name, variables_of
from calcigraph.reasoning.queries.reads import Triple

Portion = tuple[Any, ...]
"""The values of a rule's anchor, in the order of its variables."""
Canonical = Callable[[Any], Any]
"""A term as the store has it."""
MOST: Final = 500
"""Rows that one query names; more of them are slower than looking through all solutions."""


class Everything(Exception):
    """A change that may reach any portion, or so many that looking for them does not pay."""


def reached(
    anchor: Anchor, changed: Iterable[ox.Triple], ask: Callable[[str], Any], canonical: Canonical
) -> set[Portion]:
    """The portions that some triples may change, `ask` answering over what was and what is.

    Cost: a query per pattern that one of the triples matches. Raises Everything, also for more than MOST
    portions.
    """
    out: set[Portion] = set()
    by_predicate: dict[ox.NamedNode, list[ox.Triple]] = {}
    for triple in changed:
        by_predicate.setdefault(triple.predicate, []).append(triple)
    for place in anchor.places:
        for names, found in _rows(place.pattern, by_predicate, canonical).items():
            for portion in _look(anchor, place, names, found, ask):
                out.add(portion)
                if len(out) > MOST:
                    raise Everything
    return out


def _rows(
    pattern: Triple, by_predicate: Mapping[ox.NamedNode, Sequence[ox.Triple]], canonical: Canonical
) -> dict[tuple[str, ...], set[Portion]]:
    """What some triples say of the pattern's variables, by the names of these.

    Most patterns are two variables and a predicate between them, and most changes are many triples of a few
    predicates: these are read without a call for each.
    """
    subject, predicate, obj = pattern
    alike = by_predicate.get(cast(ox.NamedNode, term(predicate)), ()) if isinstance(predicate, URIRef) else ()
    if isinstance(predicate, URIRef) and all(isinstance(slot, Variable | BNode) for slot in (subject, obj)):
        one, other = slot_name(subject), slot_name(obj)
        if one < other:
            return {(one, other): {(t.subject, t.object) for t in alike}} if alike else {}
        if one > other:
            return {(other, one): {(t.object, t.subject) for t in alike}} if alike else {}
    every = alike if isinstance(predicate, URIRef) else chain.from_iterable(by_predicate.values())
    rows: dict[tuple[str, ...], set[Portion]] = {}
    for triple in every:
        for binding in bindings(pattern, triple, canonical):
            names = tuple(sorted(binding))
            rows.setdefault(names, set()).add(tuple(binding[name] for name in names))
    return rows


def _look(
    anchor: Anchor, place: Place, names: tuple[str, ...], rows: set[Portion], ask: Callable[[str], Any]
) -> Iterator[Portion]:
    if not names:
        raise Everything
    given = " ".join(f"?{name}" for name in anchor.variables)
    if len(rows) > MOST:
        yield from _sifted(anchor, place, names, rows, ask)
        return
    where = f"{values(names, rows)} {_together(anchor, place)}"
    for solution in ask(f"SELECT DISTINCT {given} WHERE {{ {where} }}"):
        yield tuple(solution[name] for name in anchor.variables)


def _sifted(
    anchor: Anchor, place: Place, names: tuple[str, ...], rows: set[Portion], ask: Callable[[str], Any]
) -> Iterator[Portion]:
    """What `_look` finds, out of all solutions: for more rows than a query should name."""
    wanted = " ".join(f"?{name}" for name in dict.fromkeys((*names, *anchor.variables)))
    for solution in ask(f"SELECT DISTINCT {wanted} WHERE {{ {_together(anchor, place)} }}"):
        if tuple(solution[name] for name in names) in rows:
            yield tuple(solution[name] for name in anchor.variables)


def _together(anchor: Anchor, place: Place) -> str:
    patterns = connected(place.pattern, place.together)
    if not set(anchor.variables) <= set().union(*map(variables_of, patterns)):
        raise Everything
    return " . ".join(map(pattern_text, patterns))


def values(names: Iterable[str], rows: Iterable[Portion]) -> str:
    """A VALUES clause. Raises Everything for a term that cannot stand in one."""
    lines = [f"({' '.join(map(_constant, row))})" for row in rows]
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {' '.join(lines)} }}"


def _constant(value: Any) -> str:
    if isinstance(value, ox.NamedNode | ox.Literal):
        return str(value)
    raise Everything  # a blank node is a variable in a query, and has no other name


def pattern_text(pattern: Triple) -> str:
    """A pattern in SPARQL, its blank nodes as variables, so that a query can give what they match."""
    return " ".join(map(_text, pattern))


def _text(slot: Any) -> str:
    if isinstance(slot, Variable | BNode):
        return f"?{slot_name(slot)}"
    return str(slot.n3()) if isinstance(slot, Path) else str(term(slot))


def bindings(pattern: Triple, triple: ox.Triple, canonical: Canonical) -> Iterator[dict[str, Any]]:
    """What a triple that takes part in a match of a pattern says of the pattern's variables.

    A triple that takes part somewhere along a path says nothing (an empty binding).
    """
    subject, predicate, obj = pattern
    if isinstance(predicate, Path):
        for start, end in _ends(predicate, triple):
            yield from _bound(((subject, start), (obj, end)), canonical)
    else:
        slots = ((subject, triple.subject), (predicate, triple.predicate), (obj, triple.object))
        yield from _bound(slots, canonical)


def _bound(slots: Iterable[tuple[Any, Any]], canonical: Canonical) -> Iterator[dict[str, Any]]:
    out: dict[str, Any] = {}
    for slot, value in slots:
        if value is None:
            continue
        if isinstance(slot, Variable | BNode):
            if out.setdefault(slot_name(slot), value) != value:
                return
        elif canonical(term(slot)) != value:
            return
    yield out


def _ends(path: Any, triple: ox.Triple) -> Iterator[tuple[Any, Any]]:
    """The first and last node of a path in which a triple is a step; None where the triple does not say."""
    if isinstance(path, URIRef):
        if term(path) == triple.predicate:
            yield triple.subject, triple.object
    elif isinstance(path, InvPath):
        yield from ((end, start) for start, end in _ends(path.arg, triple))
    elif isinstance(path, AlternativePath):
        for part in path.args:
            yield from _ends(part, triple)
    elif isinstance(path, SequencePath):
        last = len(path.args) - 1
        for at, part in enumerate(path.args):
            for start, end in _ends(part, triple):
                yield (start if at == 0 else None), (end if at == last else None)
    else:
        yield None, None
