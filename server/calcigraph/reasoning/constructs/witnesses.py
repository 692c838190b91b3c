"""Triple patterns and a solution in, the triples that matched them out; property paths step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final

import pyoxigraph as ox
from rdflib import BNode, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath

from calcigraph.reasoning.constructs.reach import pattern_text
from calcigraph.reasoning.constructs.views import Views
from calcigraph.reasoning.queries.algebra import term
from calcigraph.reasoning.queries.places import slot_name, variables_of
from calcigraph.reasoning.queries.reads import Triple
from calcigraph.reasoning.queries.rule import Stage

Step = tuple[Any, tuple[ox.Triple, ...]]
Solution = dict[str, Any]
"""The values of variables, and of the blank nodes of patterns, by their names."""
MayUse = Callable[[ox.Triple], bool]
_MOST: Final = 100
"""Ways to match patterns whose variables a solution leaves open that are looked at."""


class Witnesses:
    """Finds the triples of one stage's view that patterns match, of those that it may use."""

    def __init__(self, views: Views, stage: Stage, may_use: MayUse) -> None:
        self._views, self._stage, self._may_use = views, stage, may_use

    def matched(
        self, patterns: Iterable[Triple], solution: Solution, every_way: bool = False
    ) -> list[ox.Triple]:
        """The triples that patterns match in a solution that binds all their variables.

        Other patterns (of a branch of UNION, or an OPTIONAL, that was not taken) give none. A path gives
        the triples along one shortest way, or along every way (of a repeated part one is every way). Cost: a
        look-up a pattern, a search along each path.
        """
        bound = [pattern for pattern in patterns if not _unbound(pattern, solution)]
        return [t for pattern in bound for t in self._match(pattern, solution, every_way)]

    def opened(self, patterns: Iterable[Triple], solution: Solution) -> list[ox.Triple]:
        """Triples that the patterns match whose variables a solution leaves open: those of EXISTS, and
        blank nodes. Patterns that share such a variable are matched together. Cost: a query for each of
        these sets of patterns.
        """
        rest = [pattern for pattern in patterns if _unbound(pattern, solution)]
        out: list[ox.Triple] = []
        while rest:
            near = _sharing(rest, solution)
            rest = [pattern for pattern in rest if pattern not in near]
            out += next(self._joined(near, solution), ())
        return out

    def _joined(self, patterns: list[Triple], solution: Solution) -> Iterator[list[ox.Triple]]:
        names = frozenset().union(*map(variables_of, patterns)) & solution.keys()
        values: Any = {ox.Variable(name): solution[name] for name in names}
        text = " . ".join(map(pattern_text, patterns))
        found = self._views.query(
            self._stage, f"SELECT * WHERE {{ {text} }} LIMIT {_MOST}", substitutions=values
        )
        given = [variable.value for variable in found.variables]
        for row in found:
            every = solution | {name: row[name] for name in given if row[name] is not None}
            matches = [self._match(pattern, every) for pattern in patterns]
            if all(matches):
                yield [triple for match in matches for triple in match]

    def _match(self, pattern: Triple, solution: Solution, every_way: bool = False) -> list[ox.Triple]:
        subject, predicate, obj = (_value(slot, solution) for slot in pattern)
        if isinstance(predicate, Path):
            ways = (way for end, way in self.walk(subject, predicate) if end == obj)
            return [t for way in islice(ways, _MOST if every_way else 1) for t in way]
        return list(self.triples(subject, predicate, obj))

    def triples(self, subject: Any, predicate: Any, obj: Any) -> Iterator[ox.Triple]:
        """The triples of the view that match a pattern and may be used; None matches anything."""
        if not isinstance(subject, ox.Literal):
            yield from filter(self._may_use, self._views.matches(self._stage, subject, predicate, obj))

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
        elif isinstance(path, NegatedPath):
            yield from self._others(start, path)

    def _others(self, start: Any, path: NegatedPath) -> Iterator[Step]:
        inverse = {term(part.arg) for part in path.args if isinstance(part, InvPath)}
        forward = {term(part) for part in path.args if not isinstance(part, InvPath)}
        if forward or not inverse:
            every = self.triples(start, None, None)
            yield from ((t.object, (t,)) for t in every if t.predicate not in forward)
        if inverse:
            every = self.triples(None, None, start)
            yield from ((t.subject, (t,)) for t in every if t.predicate not in inverse)

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


def _unbound(pattern: Triple, solution: Solution) -> frozenset[str]:
    return variables_of(pattern) - solution.keys()


def _sharing(patterns: list[Triple], solution: Solution) -> list[Triple]:
    """The first pattern, and those that hang together with it by variables that are open."""
    found, names = [patterns[0]], _unbound(patterns[0], solution)
    for _ in patterns:
        found = [p for p in patterns if _unbound(p, solution) & names]
        names = names.union(*(_unbound(p, solution) for p in found))
    return found


def _value(slot: Any, solution: Solution) -> Any:
    return solution[slot_name(slot)] if isinstance(slot, Variable | BNode) else term(slot)
