"""A node of a shapes graph in, the shape with a name that it is a part of out."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.rdf.terms import Term


def owner(node: Term, shapes: Iterable[ox.Triple]) -> Term:
    """The nearest node with an IRI that a blank node of the shapes hangs from, else the node itself."""
    above = {triple.object: triple.subject for triple in shapes if isinstance(triple.object, ox.BlankNode)}
    found, seen = node, {node}
    while isinstance(found, ox.BlankNode) and found in above and above[found] not in seen:
        found = above[found]
        seen.add(found)
    return found if isinstance(found, ox.NamedNode) else node
