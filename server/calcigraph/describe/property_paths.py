"""A shapes graph in, its property paths as functions from node to ends out (SHACL section 2.3.1)."""

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
    """A node at which a path ends, and the last fact on the way; None where the path has no step."""

    term: Term
    last: Fact | None


PropertyPath = Callable[[BoundedDescriptions, Subject], Iterable[PathEnd]]


def walk(path: PropertyPath, descriptions: BoundedDescriptions, start: Subject) -> tuple[PathEnd, ...]:
    """The ends of `path` from `start`, each once, in a stable order, at most 1,000. A look-up a step."""
    found: dict[Term, PathEnd] = {}
    for end in path(descriptions, start):
        found.setdefault(end.term, end)
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def compile_path(path: Term, values: Shapes) -> PropertyPath | None:
    """The function of a path; `values` are the objects of each subject and predicate of the shapes.

    None where it is no path, or nested more than 20 deep.
    """
    return _compile(path, values, 0)


def _compile(path: Term, values: Shapes, depth: int) -> PropertyPath | None:
    if isinstance(path, ox.NamedNode):
        return _forward(path)
    if depth > _DEEPEST:
        return None

    def parts(nodes: Iterable[Term]) -> list[PropertyPath] | None:
        found = [_compile(node, values, depth + 1) for node in nodes]
        routes = [path for path in found if path is not None]
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
    def path(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        return [PathEnd(fact.triple.object, fact) for fact in descriptions.about(start).get(predicate, ())]

    return path


def _backward(predicate: ox.NamedNode) -> PropertyPath:
    def path(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        found = (fact for fact in descriptions.incoming(start) if fact.triple.predicate == predicate)
        ordered = sorted(found, key=lambda fact: str(fact.triple.subject))
        return [PathEnd(fact.triple.subject, fact) for fact in ordered]

    return path


def _sequence(steps: Sequence[PropertyPath]) -> PropertyPath:
    def path(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        here = [PathEnd(start, None)]
        for step in steps:
            ends = (after for end in here for after in _on(step, descriptions, end))
            here = list({after.term: after for after in ends}.values())
        return here

    return path


def _alternatives(branches: Sequence[PropertyPath]) -> PropertyPath:
    def path(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        return (end for branch in branches for end in branch(descriptions, start))

    return path


def _repeated(step: PropertyPath, least: int, most: int) -> PropertyPath:
    def path(descriptions: BoundedDescriptions, start: Subject) -> Iterable[PathEnd]:
        here = [PathEnd(start, None)]
        seen: set[Term] = set()
        if least == 0:
            seen.add(start)
            yield here[0]
        for _ in range(most):
            ends = [after for end in here for after in _on(step, descriptions, end)]
            here = [after for after in ends if after.term not in seen]
            seen.update(after.term for after in here)
            yield from here

    return path


def _on(step: PropertyPath, descriptions: BoundedDescriptions, end: PathEnd) -> Iterator[PathEnd]:
    """The ends of `step` from `end`: none from a literal; where it has no step, `end` itself."""
    if not isinstance(end.term, Subject):
        return
    for after in step(descriptions, end.term):
        yield after if after.last is not None else end
