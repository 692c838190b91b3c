"""Statements in, hierarchies out that run in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import SUB_CLASS_OF, Statements
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDFS, SKOS

CLASSES_IN_CIRCLE: Final = Rule(
    "subclass-cycle",
    Severity.WARNING,
    "Each of these classes is below the others: {circle}.",
    "Take out the statement that is wrong; if all are one, write owl:equivalentClass.",
)
PROPERTIES_IN_CIRCLE: Final = Rule(
    "subproperty-cycle",
    Severity.WARNING,
    "Each of these properties is below the others: {circle}.",
    "Take out the statement that is wrong; if all are one, write owl:equivalentProperty.",
)
CONCEPTS_IN_CIRCLE: Final = Rule(
    "broader-cycle",
    Severity.WARNING,
    "Each of these concepts is below the others: {circle}.",
    "Take out the statement that is wrong; for concepts that are as wide, write skos:related.",
)
_SHOWN: Final = 5
Edges = Mapping[Term, Mapping[Term, ox.Triple]]


def class_circles(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Classes that are asserted to be below each other."""
    yield from _circles(statements, _edges(statements.with_predicate(SUB_CLASS_OF)))


def property_circles(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Properties that are asserted to be below each other."""
    yield from _circles(statements, _edges(statements.with_predicate(RDFS["subPropertyOf"])))


def concept_circles(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Concepts that are broader than each other, by skos:broader or skos:narrower."""
    up = _edges(statements.with_predicate(SKOS["broader"], SKOS["broaderTransitive"]))
    for triple in statements.with_predicate(SKOS["narrower"], SKOS["narrowerTransitive"]):
        up[triple.object].setdefault(triple.subject, triple)
    yield from _circles(statements, up)


def _edges(triples: Iterable[ox.Triple]) -> dict[Term, dict[Term, ox.Triple]]:
    """What stands above each node, with the statement that says so; what is above itself is another fault."""
    edges: dict[Term, dict[Term, ox.Triple]] = defaultdict(dict)
    for triple in triples:
        if isinstance(triple.object, ox.NamedNode) and triple.object != triple.subject:
            edges[triple.subject].setdefault(triple.object, triple)
    return edges


def _circles(statements: Statements, edges: Edges) -> Iterator[Hit]:
    """A hit for each circle, at the first of its statements."""
    for members in strong_components(edges):
        names = sorted(members, key=str)
        inside = [t for node in names for above, t in edges[node].items() if above in members]
        shown = ", ".join(
            statements.root.prefixes.shrink(n) for n in names[:_SHOWN] if isinstance(n, ox.NamedNode)
        )
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        first = inside[0]
        yield Hit(
            first.subject, first.predicate, first.object, {"circle": shown + more}, tuple(inside[1:_SHOWN])
        )


def strong_components(edges: Edges) -> Iterator[set[Term]]:
    """The sets of two and more nodes that are all above each other (Tarjan's algorithm, without recursion).
    Cost: linear."""
    number: dict[Term, int] = {}
    low: dict[Term, int] = {}
    stack: list[Term] = []
    waiting: set[Term] = set()
    for start in edges:
        if start in number:
            continue
        path = [(start, iter(edges[start]))]
        number[start] = low[start] = len(number)
        stack.append(start)
        waiting.add(start)
        while path:
            node, above = path[-1]
            following = next(above, None)
            if following is not None:
                if following not in number:
                    number[following] = low[following] = len(number)
                    stack.append(following)
                    waiting.add(following)
                    path.append((following, iter(edges.get(following, {}))))
                elif following in waiting:
                    low[node] = min(low[node], number[following])
                continue
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
            if low[node] == number[node]:
                members = {stack.pop()}
                while node not in members:
                    members.add(stack.pop())
                waiting -= members
                if len(members) > 1:
                    yield members
