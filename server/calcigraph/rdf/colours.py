"""Statements that hang together by blank nodes in, what tells these nodes apart out.

A colour is a digest of all that is said of a node and around it, so nodes of equal graphs have equal colours,
whatever they are called (colour refinement, after Weisfeiler and Leman).
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.rdf.node_names import lasting_names
from calcigraph.rdf.terms import Term

Colours: TypeAlias = dict[ox.BlankNode, str]
Index: TypeAlias = Mapping[ox.BlankNode, Collection[ox.Quad]]


class Colouring:
    """The colours of some nodes, told further apart step by step; `alike` is how many have one that another
    has too."""

    def __init__(self, index: Index, first: Colours) -> None:
        """Begin with some colours, and tell them apart by what stands around each node, until that tells no
        more apart. Cost: as in Hopcroft's algorithm, statements times the logarithm of their number."""
        self.colours: Colours = dict(first)
        self._index = index
        self._sizes = Counter(first.values())
        # Who has another colour by now is taken out of these when somebody comes upon it.
        self._members: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for node, colour in first.items():
            self._members[colour].append(node)
        self._by_size = [(size, colour) for colour, size in self._sizes.items() if size > 1]
        heapq.heapify(self._by_size)
        self.alike = sum(size for size, _ in self._by_size)
        self._chosen = 0
        if self.alike:
            self._spread({node: set(index[node]) for node in first})

    def smallest(self) -> ox.BlankNode | None:
        """One of the fewest nodes that are alike; None where none are."""
        while self._by_size:
            size, colour = self._by_size[0]
            if size > 1 and self._sizes[colour] == size:
                members = self._members[colour]
                while self.colours[members[-1]] != colour:
                    members.pop()
                return members[-1]
            heapq.heappop(self._by_size)
        return None

    def set_apart(self, node: ox.BlankNode) -> None:
        """Give a node a colour that no other has, and tell others apart by it. Cost: as many statements as
        stand around those that this tells apart."""
        self._chosen += 1
        self._move([node], f"{self.colours[node]}'{self._chosen:08}")
        self._spread(self._around([node]))

    def _spread(self, seen: dict[ox.BlankNode, set[ox.Quad]]) -> None:
        """Part the classes whose nodes see something else in some statements, and then those around them. Of
        each class the largest part keeps the colour, so what is around that need not be looked at again."""
        while seen:
            parts: dict[str, dict[str, list[ox.BlankNode]]] = defaultdict(lambda: defaultdict(list))
            for node, quads in seen.items():
                colour = self.colours[node]
                if self._sizes[colour] > 1:
                    parts[colour][_digest(node, quads, self.colours)].append(node)
            seen = self._around(
                [node for colour, found in parts.items() for node in self._part(colour, found)]
            )

    def _part(self, colour: str, parts: dict[str, list[ox.BlankNode]]) -> list[ox.BlankNode]:
        """Part a class; those that have another colour now."""
        rest = self._sizes[colour] - sum(map(len, parts.values()))
        if rest < max(map(len, parts.values())):
            told = {node for nodes in parts.values() for node in nodes}
            members = [node for node in self._members[colour] if self.colours[node] == colour]
            parts = {**parts, "": [node for node in members if node not in told]}
            del parts[min(parts, key=lambda digest: (-len(parts[digest]), digest))]
        others = {digest: nodes for digest, nodes in parts.items() if nodes}
        for digest, nodes in others.items():
            self._move(nodes, hashlib.sha256(f"{colour} {digest}".encode()).hexdigest())
        return [node for nodes in others.values() for node in nodes]

    def _move(self, nodes: list[ox.BlankNode], colour: str) -> None:
        """Give nodes of one colour another one, which no node has yet."""
        former = self.colours[nodes[0]]
        self.alike -= _several(self._sizes[former])
        self._sizes[former] -= len(nodes)
        self._sizes[colour] = len(nodes)
        self._members[colour] = list(nodes)
        for node in nodes:
            self.colours[node] = colour
        for changed in (former, colour):
            self.alike += _several(self._sizes[changed])
            heapq.heappush(self._by_size, (self._sizes[changed], changed))

    def _around(self, nodes: Iterable[ox.BlankNode]) -> dict[ox.BlankNode, set[ox.Quad]]:
        """The statements with any of some nodes, by the other nodes that stand in them."""
        found: dict[ox.BlankNode, set[ox.Quad]] = defaultdict(set)
        for node in nodes:
            for quad in self._index[node]:
                for other in blank_nodes(quad):
                    if other != node:
                        found[other].add(quad)
        return found


def coloured(index: Index, fixed: Collection[ox.BlankNode]) -> Colouring:
    """The colours of some nodes, each with the statements that it stands in; those of `fixed` are told apart
    by their names. Cost: see `Colouring`."""
    quads = {quad for found in index.values() for quad in found}
    first = dict.fromkeys(index, "") | {node: node.value for node in fixed if node in index}
    if all(isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads):
        labels = {node.value for node in fixed}
        try:
            names = lasting_names((quad.triple for quad in quads), "", labels)
            # A number behind the digest tells apart what is alike.
            first = {node: name.value.partition("x")[0] for node, name in names.items()}
        except CycleError:
            pass
    return Colouring(index, first)


def _several(size: int) -> int:
    return size if size > 1 else 0


def _digest(node: ox.BlankNode, quads: Iterable[ox.Quad], colours: Colours) -> str:
    lines = sorted(
        " ".join(_form(term, node, colours) for term in (q.subject, q.predicate, q.object, q.graph_name))
        for q in quads
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _form(term: Term | ox.DefaultGraph, this: ox.BlankNode, colours: Colours) -> str:
    if isinstance(term, ox.BlankNode):
        return "*" if term == this else f"_:{colours[term]}"
    if isinstance(term, ox.Triple):
        parts = (term.subject, term.predicate, term.object)
        return f"<<( {' '.join(_form(part, this, colours) for part in parts)} )>>"
    return str(term)


def blank_nodes(quad: ox.Quad) -> list[ox.BlankNode]:
    """The blank nodes of a statement, those in a triple term and the name of its graph included."""
    found = [term for term in (quad.subject, quad.object, quad.graph_name) if isinstance(term, ox.BlankNode)]
    return found + list(_inside(quad.object)) if isinstance(quad.object, ox.Triple) else found


def _inside(term: Term) -> Iterator[ox.BlankNode]:
    if isinstance(term, ox.BlankNode):
        yield term
    elif isinstance(term, ox.Triple):
        yield from _inside(term.subject)
        yield from _inside(term.object)
