"""A triple pattern and a solution in, the triples that matched it out; property paths step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath

from calcigraph.reasoning.constructs.views import Views
from calcigraph.reasoning.queries.algebra import term
from calcigraph.reasoning.queries.reads import Triple
from calcigraph.reasoning.queries.rule import Stage

Step = tuple[Any, tuple[ox.Triple, ...]]


def witness(views: Views, stage: Stage, pattern: Triple, solution: dict[str, Any]) -> list[ox.Triple]:
    """The triples of a view that one pattern matched in a solution; none where it did not take part.

    A variable that the solution does not name (a blank node of the query, say) matches whatever
    comes first. A path gives the triples along one shortest way.
    """
    reader = _Reader(views, stage)
    subject, predicate, obj = (_value(slot, solution) for slot in pattern)
    if any(isinstance(slot, Variable) and str(slot) not in solution for slot in pattern):
        return []
    if isinstance(predicate, Path):
        for end, way in reader.walk(subject, predicate):
            if obj is None or end == obj:
                return list(way)
        return []
    return list(islice(reader.triples(subject, predicate, obj), 1))


def _value(slot: Any, solution: dict[str, Any]) -> Any:
    if isinstance(slot, Variable):
        return solution.get(str(slot))
    return None if isinstance(slot, BNode) else term(slot)


class _Reader:
    def __init__(self, views: Views, stage: Stage) -> None:
        self.views, self.stage = views, stage

    def triples(self, subject: Any, predicate: Any, obj: Any) -> Iterator[ox.Triple]:
        if not isinstance(subject, ox.Literal):
            yield from self.views.matches(self.stage, subject, predicate, obj)

    def walk(self, start: Any, path: Any) -> Iterator[Step]:
        """Where a path leads from a term, with the triples on the way."""
        if isinstance(path, URIRef):
            yield from ((t.object, (t,)) for t in self.triples(start, term(path), None))
        elif isinstance(path, InvPath):
            yield from ((t.subject, (t,)) for t in self.triples(None, term(path.arg), start))
        elif isinstance(path, AlternativePath):
            for part in path.args:
                yield from self.walk(start, part)
        elif isinstance(path, SequencePath):
            yield from self._sequence(start, list(path.args))
        elif isinstance(path, MulPath):
            yield from self._closure(start, path)

    def _sequence(self, start: Any, parts: list[Any]) -> Iterator[Step]:
        if not parts:
            yield start, ()
            return
        for middle, way in self.walk(start, parts[0]):
            for end, rest in self._sequence(middle, parts[1:]):
                yield end, way + rest

    def _closure(self, start: Any, path: MulPath) -> Iterator[Step]:
        if path.zero:
            yield start, ()
        seen: set[Any] = set()
        todo: deque[Step] = deque([(start, ())])
        while todo:
            node, way = todo.popleft()
            for end, step in self.walk(node, path.path):
                if end not in seen:
                    seen.add(end)
                    yield end, (*way, *step)
                    if path.more:
                        todo.append((end, (*way, *step)))
