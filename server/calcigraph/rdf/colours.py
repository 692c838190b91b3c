"""Statements that hang together by blank nodes in, what tells these nodes apart out.

A colour is a digest of all that is said of a node and around it, so nodes of equal graphs have equal colours,
whatever they are called (colour refinement, after Weisfeiler and Leman).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.rdf.node_names import lasting_names
from calcigraph.rdf.terms import Term

Colours: TypeAlias = dict[ox.BlankNode, str]
Index: TypeAlias = Mapping[ox.BlankNode, Collection[ox.Quad]]


def coloured(index: Index, fixed: Collection[ox.BlankNode]) -> Colours:
    """The colours of some nodes, each with the statements that it stands in; those of `fixed` are told apart
    by their names.

    Cost: linear where no node leads back to itself, which is what files have; else as often linear as it is
    far from one node to another.
    """
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
    return refined(index, first)


def refined(index: Index, colours: Colours) -> Colours:
    """The colours told further apart by those around each node, until that tells no more apart."""
    number = len(set(colours.values()))
    while number < len(colours):
        colours = {node: _digest(node, index[node], colours) for node in index}
        before, number = number, len(set(colours.values()))
        if number == before:
            break
    return colours


def alike(colours: Colours) -> list[list[ox.BlankNode]]:
    """The nodes that have one colour, where several have it, in order of that colour."""
    found: dict[str, list[ox.BlankNode]] = defaultdict(list)
    for node, colour in colours.items():
        found[colour].append(node)
    return [found[colour] for colour in sorted(found) if len(found[colour]) > 1]


def _digest(node: ox.BlankNode, quads: Iterable[ox.Quad], colours: Colours) -> str:
    lines = sorted(
        " ".join(_form(term, node, colours) for term in (q.subject, q.predicate, q.object, q.graph_name))
        for q in quads
    )
    return hashlib.sha256("\n".join([colours[node], *lines]).encode()).hexdigest()


def _form(term: Term | ox.DefaultGraph, this: ox.BlankNode, colours: Colours) -> str:
    if isinstance(term, ox.BlankNode):
        return "*" if term == this else f"_:{colours[term]}"
    if isinstance(term, ox.Triple):
        parts = (term.subject, term.predicate, term.object)
        return f"<<( {' '.join(_form(part, this, colours) for part in parts)} )>>"
    return str(term)
