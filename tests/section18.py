"""Groups and paths as tuples in, their solutions out: SPARQL 1.1, sections 18.3 to 18.6, by the letter.

It is there to judge the engine and what is put in front of it, so it knows neither: no text is parsed, no
index used, and a solution is a dict. Terms are strings: `?x` a variable, `_:x` a blank node of a pattern,
anything else a constant. What a group may have for elements is what `random_groups` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

Graph = frozenset[tuple[str, str, str]]
Solution = dict[str, str]
# A tuple whose first item says what it is.
Part = tuple[Any, ...]


class Evaluator:
    """Evaluates over one dataset."""

    def __init__(self, default: Graph, named: Mapping[str, Graph]) -> None:
        self.default = default
        self.named = named
        self._fresh = count()

    def group(self, elements: Iterable[Part], graph: Graph) -> list[Solution]:
        """Section 18.2.2.6 (translate a group), and 18.5 for each of its parts."""
        found: list[Solution] = [{}]
        filters = [each[1] for each in elements if each[0] == "filter"]
        run: list[Part] = []
        for kind, *rest in [*elements, ("end",)]:
            if kind == "bgp":
                run += rest[0]
            elif kind != "filter":
                found = join(found, self.basic(run, graph))
                run = []
                found = self._element(found, kind, rest, graph)
        return [s for s in found if all(self.true(f, s, graph) for f in filters)]

    def _element(self, found: list[Solution], kind: str, rest: list[Any], graph: Graph) -> list[Solution]:
        if kind == "optional":
            return self._optional(found, rest[0], graph)
        if kind == "minus":
            removed = self.group(rest[0], graph)
            return [s for s in found if not any(s.keys() & r.keys() and compatible(s, r) for r in removed)]
        if kind == "bind":
            values = ((s, self.value(rest[0], s)) for s in found)
            return [s if value is None else s | {rest[1]: value} for s, value in values]
        return found if kind == "end" else join(found, self._operand(kind, rest, graph))

    def _optional(self, found: list[Solution], elements: list[Part], graph: Graph) -> list[Solution]:
        filters = [each[1] for each in elements if each[0] == "filter"]
        right = self.group([each for each in elements if each[0] != "filter"], graph)
        rows: list[Solution] = []
        for s in found:
            merged = [s | r for r in right if compatible(s, r)]
            kept = [m for m in merged if all(self.true(f, m, graph) for f in filters)]
            rows += kept or [s]
        return rows

    def _operand(self, kind: str, rest: list[Any], graph: Graph) -> list[Solution]:
        if kind == "group":
            return self.group(rest[0], graph)
        if kind == "union":
            return [s for each in rest[0] for s in self.group(each, graph)]
        if kind == "values":
            return [{} if term is None else {rest[0]: term} for term in rest[1]]
        if kind == "select":
            return self.select(rest[0], graph)
        assert kind == "graph", kind
        name, elements = rest
        if not name.startswith("?"):
            return self.group(elements, self.named[name]) if name in self.named else []
        each_graph = ((g, s) for g, triples in self.named.items() for s in self.group(elements, triples))
        return [s | {name: g} for g, s in each_graph if s.get(name, g) == g]

    def select(self, query: Mapping[str, Any], graph: Graph) -> list[Solution]:
        """Section 18.2.4 and 18.5.1: grouping, aggregates, projection, DISTINCT, ORDER BY, LIMIT."""
        rows = self.group(query["where"], graph)
        if query["counts"]:
            rows = self._counted(query, rows)
        rows = [{name: s[name] for name in query["names"] if name in s} for s in rows]
        if query["distinct"]:
            rows = [dict(each) for each in {tuple(sorted(s.items())) for s in rows}]
        if query["limit"] is not None:
            rows.sort(key=lambda s: [s.get(name, "") for name in query["names"]])
            rows = rows[: query["limit"]]
        return rows

    def _counted(self, query: Mapping[str, Any], rows: list[Solution]) -> list[Solution]:
        groups: dict[tuple[str | None, ...], list[Solution]] = {}
        if not query["keys"]:
            groups[()] = []
        for s in rows:
            groups.setdefault(tuple(s.get(key) for key in query["keys"]), []).append(s)
        found = []
        for key, members in groups.items():
            s = {name: v for name, v in zip(query["keys"], key, strict=True) if v is not None}
            for name, counted in query["counts"].items():
                n = len(members) if counted == "*" else len({m[counted] for m in members if counted in m})
                s[name] = str(n)
            if query["having"] is None or int(s[query["having"]]) > 0:
                found.append(s)
        return found

    # --- basic graph patterns and paths (sections 18.3 and 18.4) ---

    def basic(self, triples: Iterable[Part], graph: Graph) -> list[Solution]:
        """The solutions of triples with paths; blank nodes are variables that are not seen afterwards."""
        found: list[Solution] = [{}]
        for subject, path, object_ in triples:
            found = join(found, list(self.path(subject, path, object_, graph)))
        return [{name: v for name, v in s.items() if name[0] == "?"} for s in found]

    def path(self, x: str, path: Part, y: str, graph: Graph) -> Iterator[Solution]:
        """Section 18.4."""
        if x == y and is_variable(x):
            other = self._variable()
            yield from ({x: s[x]} for s in self.path(x, path, other, graph) if s[x] == s[other])
            return
        kind, operand = path[0], path[1]
        if kind == "iri":
            yield from matches(x, y, ((s, o) for s, p, o in graph if p == operand))
        elif kind == "inverse":
            yield from self.path(y, operand, x, graph)
        elif kind == "sequence":
            first, *others = operand
            between = self._variable()
            rest = others[0] if len(others) == 1 else ("sequence", others)
            left, right = self.path(x, first, between, graph), self.path(between, rest, y, graph)
            yield from ({n: v for n, v in s.items() if n != between} for s in join(list(left), list(right)))
        elif kind == "alternative":
            for each in operand:
                yield from self.path(x, each, y, graph)
        elif kind == "negated":
            forward, back = operand, path[2]
            if forward or not back:
                yield from matches(x, y, ((s, o) for s, p, o in graph if p not in forward))
            if back:
                yield from matches(x, y, ((o, s) for s, p, o in graph if p not in back))
        else:
            yield from self._repeated(x, kind, operand, y, graph)

    def _repeated(self, x: str, mark: str, path: Part, y: str, graph: Graph) -> Iterator[Solution]:
        if is_variable(x) and not is_variable(y):
            yield from self._repeated(y, mark, ("inverse", path), x, graph)
            return
        nodes = {term for s, _, o in graph for term in (s, o)} if is_variable(x) else {x}
        pairs = ((start, end) for start in nodes for end in self._reached(start, mark, path, graph))
        yield from matches(x, y, pairs)

    def _reached(self, start: str, mark: str, path: Part, graph: Graph) -> set[str]:
        """The terms that `path` leads to from `start`, a set: ALP, and its two neighbours."""

        def step(term: str) -> set[str]:
            name = self._variable()
            return {s[name] for s in self.path(term, path, name, graph)}

        if mark == "?":
            return {start} | step(start)
        found: set[str] = set()
        pending = [start] if mark == "*" else list(step(start))
        while pending:
            term = pending.pop()
            if term not in found:
                found.add(term)
                pending += step(term)
        return found

    def _variable(self) -> str:
        return f"_:fresh{next(self._fresh)}"

    # --- expressions (section 17): True, False, or None for an error ---

    def true(self, expression: Part, s: Solution, graph: Graph) -> bool:
        """Whether a filter keeps a solution."""
        return self._truth(expression, s, graph) is True

    def _truth(self, expression: Part, s: Solution, graph: Graph) -> bool | None:
        kind = expression[0]
        if kind == "bound":
            # Of a variable for which a value was put in, it is meant to be true.
            return not is_variable(expression[1]) or expression[1] in s
        if kind == "same":
            left, right = (self.value(each, s) for each in expression[1:])
            return None if left is None or right is None else left == right
        if kind == "not":
            inner = self._truth(expression[1], s, graph)
            return None if inner is None else not inner
        if kind == "exists":
            return bool(self.group(substituted(expression[1], s), graph))
        left, right = (self._truth(each, s, graph) for each in expression[1:])
        if kind == "or":
            return True if True in (left, right) else (None if None in (left, right) else False)
        return False if False in (left, right) else (None if None in (left, right) else True)

    def value(self, term: str, s: Solution) -> str | None:
        """What a variable or a constant is in a solution; None is an error."""
        return s.get(term) if is_variable(term) else term


def is_variable(term: str) -> bool:
    """Whether a term stands for others."""
    return term[:1] == "?" or term[:2] == "_:"


def compatible(first: Solution, second: Solution) -> bool:
    """Section 18.3."""
    return all(second.get(name, value) == value for name, value in first.items())


def join(left: list[Solution], right: list[Solution]) -> list[Solution]:
    """Section 18.5."""
    return [a | b for a in left for b in right if compatible(a, b)]


def matches(x: str, y: str, pairs: Iterable[tuple[str, str]]) -> Iterator[Solution]:
    """The solutions that pairs of terms are for two ends that are different."""
    for start, end in pairs:
        if (is_variable(x) or x == start) and (is_variable(y) or y == end):
            yield {name: term for name, term in ((x, start), (y, end)) if is_variable(name)}


def substituted(part: Any, s: Solution) -> Any:
    """Section 18.6: `part` with every variable that `s` binds replaced."""
    if isinstance(part, str):
        return s.get(part, part)
    if isinstance(part, tuple | list):
        return type(part)(substituted(each, s) for each in part)
    return part
