"""Paths in, patterns out that have the solutions of section 18.4 of SPARQL 1.1, each as often as it says.

Why each is written as it is stands in `path_patterns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from calcigraph.engine.corrections.correction import refusal
from calcigraph.engine.corrections.star import lists_nothing
from calcigraph.engine.corrections.wrong_paths import WrongPaths
from calcigraph.sparql.path_kinds import inner, is_bag, may_have_no_step, repeats_outside
from calcigraph.sparql.tree import (
    AlternativePath,
    BracketedPath,
    InversePath,
    Iri,
    Literal,
    NegatedPath,
    Node,
    RepeatedPath,
    SequencePath,
    TriplesBlock,
    TypeKeyword,
)

_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
# Of more names than this, one pattern with a variable costs less than a union; 500 unions plan in 0.2 s, and
# 2,048 in 3 s.
_MOST_NAMES: Final = 50
MOST_BRANCHES: Final = 500


@dataclass(frozen=True)
class EndTerm:
    """A term at an end of a path: its text, and its node where that is an IRI or a literal."""

    text: str
    node: Iri | Literal | None = None


class PathWriter:
    """Patterns for the paths of one block; `branches` numbers those of all unions of the query."""

    def __init__(
        self, wrong: WrongPaths, block: TriplesBlock, branches: Iterator[int], write: Callable[[Node], str]
    ) -> None:
        self._wrong = wrong
        self._block = block
        self._branches = branches
        self._write = write

    def fresh(self, name: str) -> str:
        """A new variable. Raises: CorrectionRefused where it would be seen."""
        query = self._wrong.query
        if lists_nothing(query):
            reason = "It is a SELECT * without any variable, in which an alternative of paths needs some."
            raise refusal(query, self._block, reason, "Name a variable, or ask with ASK.")
        return f"?{self._wrong.context.fresh(query, name)}"

    def pattern(self, start: EndTerm, path: Node, end: EndTerm) -> str:
        """The elements of a group for what leads from `start` to `end`."""
        path = inner(path)
        if isinstance(path, InversePath):
            return self.pattern(end, path.path, start)
        if isinstance(path, AlternativePath):
            return self._union(start, path.paths, end)
        if isinstance(path, NegatedPath):
            return self._negated(start, path, end)
        if isinstance(path, SequencePath) and self._is_to_be_split(path, start, end):
            return self._sequence(start, path, end)
        if may_have_no_step(path):
            return self._without_a_step(start, path, end)
        return self._triple(start, path, end)

    def _triple(self, start: EndTerm, path: Node, end: EndTerm) -> str:
        return f"{start.text} {self._path(path)} {end.text} ."

    def _path(self, path: Node) -> str:
        """A path that stays one."""
        if not repeats_outside(path) or not self._wrong.has_many_graphs(self._block):
            return self._write(path)
        if isinstance(path, SequencePath):
            return "/".join(map(self._path, path.paths))
        if isinstance(path, RepeatedPath):
            return f"({self._write(path)}|{self._write(path.path)})"
        assert isinstance(path, InversePath | BracketedPath), "others have become patterns"
        return f"{'^' * isinstance(path, InversePath)}({self._path(path.path)})"

    def _union(self, start: EndTerm, paths: tuple[Node, ...], end: EndTerm) -> str:
        if len(paths) > _MOST_NAMES and all(isinstance(path, Iri) for path in paths):
            verb = self.fresh("verb")
            names = " ".join(map(self._write, paths))
            return f"VALUES {verb} {{ {names} }} {start.text} {verb} {end.text} ."
        self._check_number(len(paths))
        return " UNION ".join(f"{{ {self.pattern(start, path, end)} }}" for path in paths)

    def _check_number(self, more: int) -> None:
        """Raises: CorrectionRefused where the paths of the query have become too many unions."""
        if any(next(self._branches) >= MOST_BRANCHES for _ in range(more)):
            reason = f"The alternatives of the paths are more than {MOST_BRANCHES} in all."
            raise refusal(self._wrong.query, self._block, reason, "Ask in several queries.")

    def _negated(self, start: EndTerm, path: NegatedPath, end: EndTerm) -> str:
        forward = [step for step in path.paths if not isinstance(step, InversePath)]
        back = [step.path for step in path.paths if isinstance(step, InversePath)]
        if not forward and back:
            return self._any_but(end, back, start)
        if not back:
            return self._any_but(start, forward, end)
        self._check_number(2)
        parts = self._any_but(start, forward, end), self._any_but(end, back, start)
        return f"{{ {parts[0]} }} UNION {{ {parts[1]} }}"

    def _any_but(self, start: EndTerm, names: list[Node], end: EndTerm) -> str:
        verb = self.fresh("verb")
        triple = f"{start.text} {verb} {end.text} ."
        if not names:
            return triple
        excluded = ", ".join(_TYPE if isinstance(n, TypeKeyword) else self._write(n) for n in names)
        return f"{triple} FILTER({verb} NOT IN ({excluded}))"

    def _is_to_be_split(self, path: SequencePath, start: EndTerm, end: EndTerm) -> bool:
        if is_bag(path):
            return True
        return bool(start.node and end.node) and all(map(may_have_no_step, path.paths))

    def _sequence(self, start: EndTerm, path: SequencePath, end: EndTerm) -> str:
        between = [EndTerm(self.fresh("between")) for _ in path.paths[1:]]
        ends = pairwise([start, *between, end])
        return " ".join(self.pattern(a, step, b) for step, (a, b) in zip(path.paths, ends, strict=True))

    def _without_a_step(self, start: EndTerm, path: Node, end: EndTerm) -> str:
        if start.node is not None and end.node is not None:
            if self._wrong.same(start.node, end.node):
                return ""
            return self._triple(start, path, end)
        node = start.node or end.node
        is_in_graph = node is None or self._wrong.is_in_graph(node)
        if node is None or is_in_graph:
            return self._triple(start, path, end)
        constant, other = (start, end) if start.node is node else (end, start)
        itself = f"VALUES {other.text} {{ {constant.text} }}"
        if is_in_graph is False:
            return itself
        absent = f"FILTER NOT EXISTS {{ {constant.text} {self._write(path)} {constant.text} }}"
        return f"{{ {self._triple(start, path, end)} }} UNION {{ {itself} {absent} }}"
