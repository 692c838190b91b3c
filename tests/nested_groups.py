"""Random groups in groups, as the tuples of `section18`: unions, groups and EXISTS of several patterns that
share variables with what stands around them."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from random_groups import in_scope
from section18 import Graph, Part

NODES = ("a", "b", "c")
PREDICATES = ("p", "q", "r")
VARIABLES = ("?x", "?y", "?z", "?w")


def connected_graph(rng: Random) -> Graph:
    """Triples enough that patterns of several find something, and not everything."""
    return frozenset(
        (rng.choice(NODES), rng.choice(PREDICATES), rng.choice(NODES)) for _ in range(rng.randint(6, 18))
    )


class NestedMaker:
    """Makes groups whose parts are connected more often than not. `made` counts each kind of part."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._label = 0
        self._bound = 0
        self.made: Counter[str] = Counter()

    def query(self) -> list[Part]:
        """A whole group."""
        return self._group(3)

    def _group(self, depth: int, in_exists: bool = False) -> list[Part]:
        rng = self._rng
        elements = [self._bgp(rng.choice((1, 1, 2)))] if rng.random() < 0.85 else []
        for _ in range(rng.choice((0, 1, 1, 2, 3)) if depth else rng.choice((0, 0, 1))):
            elements.insert(
                rng.randint(0, len(elements)) if rng.random() < 0.3 else len(elements),
                self._element(depth, in_exists),
            )
        kept: list[Part] = []
        for each in elements:
            if each[0] != "bind" or each[2] not in in_scope(kept):
                kept.append(each)
        return kept

    def _element(self, depth: int, in_exists: bool) -> Part:
        kinds = ["bgp", "filter"] if in_exists else ["bgp", "filter", "values", "bind"]
        if depth:
            kinds += [
                "union",
                "union",
                "union",
                "group",
                "group",
                "exists",
                "exists",
                "optional",
                "optional",
                "graph",
            ]
            if not in_exists:
                kinds += ["minus", "select"]
        kind = self._rng.choice(kinds)
        self.made[kind] += 1
        return getattr(self, "_group_element" if kind == "group" else f"_{kind}")(depth, in_exists)  # type: ignore[no-any-return]

    def _bgp(self, depth: int, in_exists: bool = False) -> Part:
        self._label += 1
        return ("bgp", [self._triple() for _ in range(self._rng.choice((1, 1, 2, 2, 3)))])

    def _triple(self) -> Part:
        return (self._term(), self._path(), self._term())

    def _path(self) -> Part:
        rng = self._rng
        draw, name = rng.random(), rng.choice(PREDICATES)
        if draw < 0.75:
            return ("iri", name)
        if draw < 0.83:
            return ("sequence", [("iri", name), ("inverse", ("iri", rng.choice(PREDICATES)))])
        if draw < 0.9:
            return (rng.choice("+*?"), ("iri", name))
        if draw < 0.95:
            return ("sequence", [("iri", name), ("*", ("iri", rng.choice(PREDICATES)))])
        return ("inverse", ("iri", name))

    def _term(self) -> str:
        draw = self._rng.random()
        if draw < 0.84:
            return self._rng.choice(VARIABLES)
        return f"_:b{self._rng.randint(1, 2)}r{self._label}" if draw < 0.92 else self._rng.choice(NODES)

    def _filter(self, depth: int, in_exists: bool) -> Part:
        rng = self._rng
        if rng.random() < 0.5:
            return ("filter", ("not", ("bound", rng.choice(VARIABLES))))
        same: Part = ("same", rng.choice(VARIABLES), rng.choice((*VARIABLES, *NODES)))
        return ("filter", same if rng.random() < 0.4 else ("not", same))

    def _values(self, depth: int, in_exists: bool) -> Part:
        terms = [self._rng.choice((*NODES, "absent", None)) for _ in range(self._rng.randint(1, 3))]
        return ("values", self._rng.choice(VARIABLES), terms)

    def _bind(self, depth: int, in_exists: bool) -> Part:
        self._bound += 1
        return ("bind", self._rng.choice(VARIABLES), self._rng.choice((f"?v{self._bound}", *VARIABLES)))

    def _union(self, depth: int, in_exists: bool) -> Part:
        branches = [self._group(depth - 1, in_exists) for _ in range(self._rng.choice((2, 2, 3)))]
        return ("union", branches)

    def _select(self, depth: int, in_exists: bool) -> Part:
        where = self._group(depth - 1)
        names = sorted(in_scope(where))[:2] or ["?x"]
        query: dict[str, Any] = {"where": where, "names": names, "keys": [], "counts": {}, "limit": None}
        return ("group", [("select", query | {"distinct": False, "having": None})])

    def _exists(self, depth: int, in_exists: bool) -> Part:
        exists: Part = ("exists", self._group(depth - 1, in_exists=True))
        if self._rng.random() < 0.5:
            exists = ("not", exists)
        if self._rng.random() < 0.2:
            exists = ("or", exists, ("same", self._rng.choice(VARIABLES), self._rng.choice(NODES)))
        return ("filter", exists)

    def _group_element(self, depth: int, in_exists: bool) -> Part:
        return ("group", self._group(depth - 1, in_exists))

    def _optional(self, depth: int, in_exists: bool) -> Part:
        return ("optional", self._group(depth - 1, in_exists))

    def _minus(self, depth: int, in_exists: bool) -> Part:
        return ("minus", self._group(depth - 1))

    def _graph(self, depth: int, in_exists: bool) -> Part:
        name = self._rng.choice(("?g", "g", "h"))
        return ("graph", name, self._group(depth - 1, in_exists))
