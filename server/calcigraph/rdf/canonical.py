"""Statements in, the same ones out with blank nodes that are named after what is said of them.

So the names depend on the content alone: not on the order of a file, nor on the names that whoever saved it
last gave to its blank nodes.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.colours import Colours, blank_nodes, coloured
from calcigraph.rdf.node_names import renamed

# Hexadecimal digits of a name: among a million nodes two parts are alike once in a thousand files.
_LENGTH: Final = 12
# What RDFC-1.0 calls blank nodes.
_LABEL: Final = "c14n"
# So many alike are told apart in some milliseconds, whatever links there are between them.
_FEW: Final = 6
_COLOUR: Final = ox.NamedNode("urn:calcigraph:colour")


def canonical(quads: Iterable[ox.Quad], fixed: Collection[ox.BlankNode] = frozenset()) -> set[ox.Quad]:
    """An isomorphic dataset, equal for datasets that are isomorphic; nodes of `fixed` are told apart by their
    names as well, so that equal ones have equal names there.

    Blank nodes that hang together are a part; each part is labelled by itself and its nodes are named after
    the digest of its canonical form. So what is changed elsewhere renames no node, and of parts that say
    exactly the same it makes no difference which is which. Nodes are told apart by what is around them
    (`calcigraph.rdf.colours`), a few that this leaves alike by W3C RDFC-1.0, which is exponential in their
    number. Of more one is taken by chance: where they can be exchanged, as copies and cliques can, that makes
    no difference; in other graphs (strongly regular ones) the names are right, and not always the same.

    Cost: some 30 microseconds a statement with a blank node; see `coloured`.
    """
    said = set(quads)
    plain = {quad for quad in said if not blank_nodes(quad)}
    taken: Counter[str] = Counter()
    for part in _parts(said - plain):
        labelled = _labelled(part, fixed)
        digest = _digest(labelled)
        number = taken[digest]
        taken[digest] += 1
        stem = f"b{digest}x{number}" if number else f"b{digest}"
        plain |= {_renamed(quad, stem) for quad in labelled}
    return plain


def says_the_same(one: Iterable[ox.Quad], other: Iterable[ox.Quad]) -> bool:
    """Whether two datasets differ in nothing but the names of blank nodes (RDF 1.1 Concepts, section 3.6),
    where nodes that have one name in both are the same. Cost: see `canonical`."""
    this, that = set(one), set(other)
    fixed = {n for quad in this for n in blank_nodes(quad)} & {n for quad in that for n in blank_nodes(quad)}
    return canonical(this, fixed) == canonical(that, fixed)


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


def _labelled(part: Iterable[ox.Quad], fixed: Collection[ox.BlankNode]) -> list[ox.Quad]:
    """The part with labels of its nodes in an order that follows from what it says."""
    index: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in part:
        for node in set(blank_nodes(quad)):
            index[node].append(quad)
    colouring = coloured(index, fixed)
    while (chosen := colouring.smallest()) is not None:
        if colouring.alike <= _FEW:
            return _by_rdfc(part, colouring.colours)
        colouring.set_apart(chosen)
    order = sorted(index, key=colouring.colours.__getitem__)
    names = {node: ox.BlankNode(f"{_LABEL}{number}") for number, node in enumerate(order)}
    return [_with(quad, names) for quad in part]


def _by_rdfc(part: Iterable[ox.Quad], colours: Colours) -> list[ox.Quad]:
    """The part as W3C RDFC-1.0 labels it, where each node has its colour as a value."""
    marks = [ox.Quad(node, _COLOUR, ox.Literal(colour)) for node, colour in colours.items()]
    dataset = ox.Dataset([*part, *marks])
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad for quad in dataset if quad.predicate != _COLOUR]


def _digest(labelled: Iterable[ox.Quad]) -> str:
    lines = "\n".join(sorted(map(str, labelled)))
    return hashlib.sha256(lines.encode()).hexdigest()[:_LENGTH]


def _renamed(quad: ox.Quad, stem: str) -> ox.Quad:
    return _with(quad, {n: ox.BlankNode(n.value.replace(_LABEL, stem + "n")) for n in blank_nodes(quad)})


def _with(quad: ox.Quad, names: Mapping[ox.BlankNode, ox.BlankNode]) -> ox.Quad:
    triple, graph = renamed(quad.triple, names), quad.graph_name
    return ox.Quad(
        triple.subject,
        triple.predicate,
        triple.object,
        names[graph] if isinstance(graph, ox.BlankNode) else graph,
    )
