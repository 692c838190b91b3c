"""Random data, groups and paths, as the tuples of `section18`, and their SPARQL text."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from section18 import Graph, Part

NAMES = ("a", "b", "c")
PREDICATES = ("p", "q", "r")
GRAPHS = ("g", "h", "a")
ABSENT = "absent"
PREFIX = "PREFIX : <http://example.org/>\n"


def random_graph(rng: Random, most: int = 8) -> Graph:
    """A few triples between a few nodes, of which two may be names of graphs."""
    nodes = (*NAMES, "g", "h")
    triples = (
        (rng.choice(nodes), rng.choice(PREDICATES), rng.choice(nodes)) for _ in range(rng.randint(0, most))
    )
    return frozenset(triples)


class GroupMaker:
    """Makes groups. `made` counts each kind of part, so that a test can tell that it met them all."""

    def __init__(self, rng: Random, variables: tuple[str, ...] = ("?x", "?y", "?z", "?g")) -> None:
        self._rng = rng
        self._variables = variables
        self._blank = 0
        self._named = 0
        self.made: Counter[str] = Counter()

    def group(self, depth: int, with_graph: bool = False) -> list[Part]:
        """A group nested up to `depth` deep."""
        rng = self._rng
        if depth and rng.random() < 0.12:
            return [self._select(depth - 1)]
        elements = [self._element(depth) for _ in range(rng.choice((0, 1, 1, 2, 2, 3)))]
        if with_graph:
            elements.insert(rng.randint(0, len(elements)), self.graph(depth))
        return self._valid(elements)

    def basic(self, triples: int) -> list[Part]:
        """Triples with paths, and perhaps a filter between them."""
        elements = [("bgp", [self.triple()]) for _ in range(triples)]
        if self._rng.random() < 0.3:
            elements.insert(1, self._filter(0))
        return self._valid(elements)

    def graph(self, depth: int, name: str | None = None) -> Part:
        """`GRAPH ?g { ... }`, or of a name."""
        rng = self._rng
        if name is None:
            name = rng.choice(("?g", "?g", "?g", "?x", "?h", *GRAPHS, ABSENT))
        self.made["graph variable" if name[0] == "?" else "graph name"] += 1
        return ("graph", name, self.group(max(0, depth - 1)))

    def _element(self, depth: int) -> Part:
        kinds = ["bgp"] * 5 + ["values", "bind", "filter", "filter"]
        if depth:
            kinds += ["optional", "optional", "minus", "minus", "union", "union", "group", "graph", "exists"]
        kind = self._rng.choice(kinds)
        self.made[kind] += 1
        return getattr(self, f"_{kind}")(depth)  # type: ignore[no-any-return]

    def _bgp(self, depth: int) -> Part:
        triples = [self.triple() for _ in range(self._rng.choice((1, 1, 2)))]
        return ("bgp", triples)

    def triple(self, with_path: bool = True) -> Part:
        """A triple with a path."""
        path = (
            self.path(2) if with_path and self._rng.random() < 0.6 else ("iri", self._rng.choice(PREDICATES))
        )
        return (self._term(), path, self._term())

    def path(self, depth: int) -> Part:
        """A path."""
        rng = self._rng
        if depth == 0 or rng.random() < 0.25:
            return ("iri", rng.choice(PREDICATES))
        kind = rng.choice(("inverse", "sequence", "alternative", "alternative", "negated", "*", "+", "?"))
        self.made[kind] += 1
        if kind == "negated":
            forward = [p for p in PREDICATES if rng.random() < 0.4]
            back = [p for p in PREDICATES if rng.random() < 0.4]
            return ("negated", forward, back) if forward or back else ("negated", ["p"], [])
        if kind in ("sequence", "alternative"):
            return (kind, [self.path(depth - 1) for _ in range(rng.choice((2, 2, 3)))])
        return (kind, self.path(depth - 1))

    def _term(self) -> str:
        rng = self._rng
        draw = rng.random()
        if draw < 0.65:
            return rng.choice(self._variables)
        if draw < 0.75:
            self.made["blank node"] += 1
            return f"_:b{rng.randint(1, 2)}"
        return rng.choice((*NAMES, ABSENT))

    def _values(self, depth: int) -> Part:
        terms = [self._rng.choice((*NAMES, "g", ABSENT, None)) for _ in range(self._rng.randint(0, 2))]
        return ("values", self._rng.choice(self._variables), terms)

    def _bind(self, depth: int) -> Part:
        self._named += 1
        value = self._rng.choice((*self._variables, "a"))
        return ("bind", value, self._rng.choice((f"?v{self._named}", *self._variables)))

    def _filter(self, depth: int) -> Part:
        return ("filter", self._condition())

    def _condition(self) -> Part:
        rng = self._rng
        kind = rng.choice(("bound", "same", "not", "or"))
        if kind == "bound":
            return (kind, rng.choice(self._variables))
        if kind == "same":
            return (kind, rng.choice(self._variables), rng.choice((*self._variables, *NAMES, "g")))
        return (kind, self._condition()) if kind == "not" else (kind, self._condition(), self._condition())

    def _exists(self, depth: int) -> Part:
        """EXISTS of what the letter of section 18.6 is clear about: triples, filters, alternatives."""
        triples = [self.triple(with_path=False) for _ in range(self._rng.choice((1, 2)))]
        elements: list[Part] = [("bgp", triples)]
        if self._rng.random() < 0.3:
            elements.append(self._filter(0))
        if self._rng.random() < 0.3:
            elements = [("union", [elements, [("bgp", [self.triple(with_path=False)])]])]
        exists: Part = ("exists", elements)
        return ("filter", exists if self._rng.random() < 0.6 else ("not", exists))

    def _optional(self, depth: int) -> Part:
        return ("optional", self.group(depth - 1))

    def _minus(self, depth: int) -> Part:
        return ("minus", self.group(depth - 1))

    def _union(self, depth: int) -> Part:
        return ("union", [self.group(depth - 1) for _ in range(self._rng.choice((2, 2, 3)))])

    def _group(self, depth: int) -> Part:
        return ("group", self.group(depth - 1))

    def _graph(self, depth: int) -> Part:
        return self.graph(depth)

    def _select(self, depth: int) -> Part:
        rng = self._rng
        self.made["select"] += 1
        where = self.group(depth)
        seen = sorted(in_scope(where))
        names = [name for name in seen if rng.random() < 0.6] or [self._variables[0]]
        query: dict[str, Any] = {"where": where, "names": names, "keys": [], "counts": {}}
        query |= {"distinct": rng.random() < 0.3, "limit": None, "having": None}
        if rng.random() < 0.4:
            self._named += 1
            counted = rng.choice(("*", *(seen or ["*"])))
            name = f"?n{self._named}"
            query |= {"keys": names if rng.random() < 0.5 else [], "counts": {name: counted}}
            query["names"] = [*query["keys"], name]
            query["having"] = name if rng.random() < 0.2 else None
            self.made["keys" if query["keys"] else "aggregate"] += 1
        elif rng.random() < 0.3:
            query["limit"] = rng.choice((1, 1, 2))
            self.made["limit"] += 1
        return ("select", query)

    def _valid(self, elements: list[Part]) -> list[Part]:
        """`elements` without a BIND to what is in scope (section 18.2.1), and with labels of their own for
        the blank nodes of each basic graph pattern."""
        kept: list[Part] = []
        for each in elements:
            if each[0] == "bind" and each[2] in in_scope(kept):
                continue
            kept.append(each)
        run = self.label()
        found: list[Part] = []
        for each in kept:
            if each[0] == "bgp":
                found.append(("bgp", [tuple(_labelled(t, run) for t in triple) for triple in each[1]]))
            else:
                run = run if each[0] == "filter" else self.label()
                found.append(_relabelled(each, self))
        return found

    def label(self) -> int:
        """A number for the labels of one more basic graph pattern."""
        self._blank += 1
        return self._blank


def _relabelled(element: Part, maker: GroupMaker) -> Part:
    if element[0] != "filter":
        return element

    def inside(part: Any) -> Any:
        if isinstance(part, tuple) and part and part[0] == "bgp":
            run = maker.label()
            return ("bgp", [tuple(_labelled(t, run) for t in triple) for triple in part[1]])
        if isinstance(part, tuple | list):
            return type(part)(inside(each) for each in part)
        return part

    return inside(element)  # type: ignore[no-any-return]


def _labelled(term: Any, run: int) -> Any:
    return f"{term}r{run}" if isinstance(term, str) and term[:2] == "_:" and "r" not in term else term


def in_scope(elements: list[Part]) -> set[str]:
    """Section 18.2.1."""
    found: set[str] = set()
    for kind, *rest in elements:
        if kind == "bgp":
            found |= {term for triple in rest[0] for term in (triple[0], triple[2]) if term[0] == "?"}
        elif kind in ("optional", "group"):
            found |= in_scope(rest[0])
        elif kind == "union":
            found |= {name for each in rest[0] for name in in_scope(each)}
        elif kind == "graph":
            found |= in_scope(rest[1]) | ({rest[0]} if rest[0][0] == "?" else set())
        elif kind == "values":
            found.add(rest[0])
        elif kind == "bind":
            found.add(rest[1])
        elif kind == "select":
            found |= set(rest[0]["names"])
    return found


def text_of(elements: list[Part]) -> str:
    """A group in SPARQL."""
    return "{ " + " ".join(map(_text, elements)) + " }"


def _text(element: Part) -> str:
    kind, *rest = element
    if kind == "bgp":
        return " ".join(f"{term(s)} {path_text(p)} {term(o)} ." for s, p, o in rest[0])
    if kind in ("optional", "minus"):
        return f"{kind.upper()} {text_of(rest[0])}"
    if kind == "group":
        return text_of(rest[0])
    if kind == "union":
        return " UNION ".join(map(text_of, rest[0]))
    if kind == "graph":
        return f"GRAPH {term(rest[0])} {text_of(rest[1])}"
    if kind == "values":
        return f"VALUES {rest[0]} {{ {' '.join('UNDEF' if t is None else term(t) for t in rest[1])} }}"
    if kind == "bind":
        return f"BIND({term(rest[0])} AS {rest[1]})"
    if kind == "filter":
        return f"FILTER({_condition_text(rest[0])})"
    return _select_text(rest[0])


def _select_text(query: dict[str, Any]) -> str:
    counts = query["counts"]
    items = [
        f"(COUNT({'*' if counts[name] == '*' else 'DISTINCT ' + counts[name]}) AS {name})"
        if name in counts
        else name
        for name in query["names"]
    ]
    text = f"SELECT {'DISTINCT ' if query['distinct'] else ''}{' '.join(items)} {text_of(query['where'])}"
    if query["keys"]:
        text += f" GROUP BY {' '.join(query['keys'])}"
    if query["having"]:
        counted = counts[query["having"]]
        text += f" HAVING(COUNT({'*' if counted == '*' else 'DISTINCT ' + counted}) > 0)"
    if query["limit"] is not None:
        text += f" ORDER BY {' '.join(query['names'])} LIMIT {query['limit']}"
    return text


def _condition_text(condition: Part) -> str:
    kind, *rest = condition
    if kind == "bound":
        return f"BOUND({rest[0]})"
    if kind == "same":
        return f"SAMETERM({term(rest[0])}, {term(rest[1])})"
    if kind == "not":
        return f"!({_condition_text(rest[0])})"
    if kind == "exists":
        return f"EXISTS {text_of(rest[0])}"
    return f"({_condition_text(rest[0])} || {_condition_text(rest[1])})"


def path_text(path: Part) -> str:
    """A path in SPARQL, in brackets where it is more than a name."""
    kind, operand = path[0], path[1]
    if kind == "iri":
        return f":{operand}"
    if kind == "inverse":
        return f"(^{path_text(operand)})"
    if kind in ("sequence", "alternative"):
        return "(" + {"sequence": "/", "alternative": "|"}[kind].join(map(path_text, operand)) + ")"
    if kind == "negated":
        return "!(" + "|".join([f":{p}" for p in operand] + [f"^:{p}" for p in path[2]]) + ")"
    return f"({path_text(operand)}{kind})"


def term(name: str) -> str:
    """A term in SPARQL."""
    return name if name[0] in "?_" else f":{name}"
