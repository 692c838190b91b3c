"""Statements in, the same ones out with blank nodes that are named after what is said of them.

So the names depend on the content alone: not on the order of a file, nor on the names that whoever saved it
last gave to its blank nodes.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from calcigraph.rdf.node_names import renamed
from calcigraph.rdf.terms import Term

_LENGTH = (
    12  # hexadecimal digits of a name: among a million nodes two parts are alike once in a thousand files
)


def canonical(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """An isomorphic dataset, equal for datasets that are isomorphic.

    Blank nodes that hang together are a part; each part is labelled by itself (W3C RDFC-1.0) and its nodes
    are named after the digest of its canonical form. So what is changed elsewhere renames no node, and of
    parts that say exactly the same it makes no difference which is which.

    Cost: some 20 microseconds a statement with a blank node; exponential in the worst case for nodes that
    only their links tell apart, so it is called where it can be stopped.
    """
    said = set(quads)
    plain = {quad for quad in said if not blank_nodes(quad)}
    taken: Counter[str] = Counter()
    for part in _parts(said - plain):
        labelled = _labelled(part)
        digest = _digest(labelled)
        number = taken[digest]
        taken[digest] += 1
        stem = f"b{digest}x{number}" if number else f"b{digest}"
        plain |= {_renamed(quad, stem) for quad in labelled}
    return plain


def are_isomorphic(one: Iterable[ox.Quad], other: Iterable[ox.Quad]) -> bool:
    """Whether two datasets differ in nothing but the names of blank nodes (RDF 1.1 Concepts, section 3.6).

    Cost: see `canonical`.
    """
    return canonical(one) == canonical(other)


def _parts(quads: Iterable[ox.Quad]) -> Iterator[list[ox.Quad]]:
    """The statements, those together whose blank nodes hang together."""
    leader: dict[ox.BlankNode, ox.BlankNode] = {}

    def lead(node: ox.BlankNode) -> ox.BlankNode:
        while (above := leader.setdefault(node, node)) != node:
            leader[node] = leader[above]
            node = leader[node]
        return node

    homes = []
    for quad in quads:
        first, *others = blank_nodes(quad)
        for other in others:
            leader[lead(other)] = lead(first)
        homes.append((quad, first))
    parts: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad, node in homes:
        parts[lead(node)].append(quad)
    yield from parts.values()


def _labelled(part: Iterable[ox.Quad]) -> list[ox.Quad]:
    dataset = ox.Dataset(part)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return list(dataset)


def _digest(labelled: Iterable[ox.Quad]) -> str:
    lines = "\n".join(sorted(map(str, labelled)))
    return hashlib.sha256(lines.encode()).hexdigest()[:_LENGTH]


def _renamed(quad: ox.Quad, stem: str) -> ox.Quad:
    names = {node: ox.BlankNode(node.value.replace("c14n", stem + "n")) for node in blank_nodes(quad)}
    triple, graph = renamed(quad.triple, names), quad.graph_name
    if isinstance(graph, ox.BlankNode):
        graph = names[graph]
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


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
