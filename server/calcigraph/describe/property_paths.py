"""A shapes graph in, its property paths as routes from fact to fact out (SHACL section 2.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.values import Fact
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF, SH

_MOST = 1000
_DEEPEST = 20
_TIMES = {"zeroOrOnePath": (0, 1), "zeroOrMorePath": (0, _DEEPEST), "oneOrMorePath": (1, _DEEPEST)}
Shapes = Mapping[tuple[Term, ox.NamedNode], Sequence[Term]]


@dataclass(frozen=True)
class PathEnd:
    """Where a route ended, and the fact that led there last; None where it ended where it began."""

    term: Term
    last: Fact | None


PropertyPath = Callable[[BoundedDescriptions, Subject], Iterable[PathEnd]]


def walk(route: PropertyPath, descriptions: BoundedDescriptions, start: Subject) -> tuple[PathEnd, ...]:
    """Where `route` leads from `start`, each end once, in a stable order. Cost: a look-up a step."""
    found: dict[Term, PathEnd] = {}
    for arrival in route(descriptions, start):
        found.setdefault(arrival.term, arrival)
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def compile_path(path: Term, values: Shapes) -> PropertyPath | None:
    """The route of a path; `values` are the objects of each subject and predicate of the shapes.

    None where it is no path, or one that nests too deeply to be meant.
    """
    return _compile(path, values, 0)


def _compile(path: Term, values: Shapes, depth: int) -> PropertyPath | None:
    if isinstance(path, ox.NamedNode):
        return _forward(path)
    if depth > _DEEPEST:
        return None

    def parts(nodes: Iterable[Term]) -> list[PropertyPath] | None:
        found = [_compile(node, values, depth + 1) for node in nodes]
        routes = [route for route in found if route is not None]
        return routes if routes and len(routes) == len(found) else None

    def single(name: str) -> Term | None:
        return next(iter(values.get((path, SH[name]), ())), None)

    if (path, RDF["first"]) in values:
        steps = parts(_items(path, values))
        return _sequence(steps) if steps else None
    inverse = single("inversePath")
    if isinstance(inverse, ox.NamedNode):
        return _backward(inverse)
    if (choices := single("alternativePath")) is not None:
        branches = parts(_items(choices, values))
        return _alternatives(branches) if branches else None
    for name, (least, most) in _TIMES.items():
        inner = parts([node]) if (node := single(name)) is not None else None
        if inner:
            return _repeated(inner[0], least, most)
    return None


def _items(head: Term, values: Shapes) -> Iterator[Term]:
    seen: set[Term] = set()
    while head not in seen and (first := values.get((head, RDF["first"]))):
        seen.add(head)
        yield first[0]
        head = next(iter(values.get((head, RDF["rest"]), ())), RDF["nil"])


def _forward(predicate: ox.NamedNode) -> PropertyPath:
    def route(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        return [PathEnd(fact.triple.object, fact) for fact in descriptions.about(start).get(predicate, ())]

    return route


def _backward(predicate: ox.NamedNode) -> PropertyPath:
    def route(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        found = (fact for fact in descriptions.incoming(start) if fact.triple.predicate == predicate)
        ordered = sorted(found, key=lambda fact: str(fact.triple.subject))
        return [PathEnd(fact.triple.subject, fact) for fact in ordered]

    return route


def _sequence(steps: Sequence[PropertyPath]) -> PropertyPath:
    def route(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        here = [PathEnd(start, None)]
        for step in steps:
            ends = (after for arrival in here for after in _on(step, descriptions, arrival))
            here = list({after.term: after for after in ends}.values())
        return here

    return route


def _alternatives(branches: Sequence[PropertyPath]) -> PropertyPath:
    def route(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        return (arrival for branch in branches for arrival in branch(descriptions, start))

    return route


def _repeated(step: PropertyPath, least: int, most: int) -> PropertyPath:
    def route(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        here = [PathEnd(start, None)]
        seen: set[Term] = set()
        if least == 0:
            seen.add(start)
            yield here[0]
        for _ in range(most):
            ends = [after for arrival in here for after in _on(step, descriptions, arrival)]
            here = [after for after in ends if after.term not in seen]
            seen.update(after.term for after in here)
            yield from here

    return route


def _on(step: PropertyPath, descriptions: BoundedDescriptions, arrival: PathEnd) -> Iterator[PathEnd]:
    """From where one stands; a literal leads nowhere, and a step that stays keeps how one came."""
    if not isinstance(arrival.term, Subject):
        return
    for after in step(descriptions, arrival.term):
        yield after if after.last is not None else arrival
