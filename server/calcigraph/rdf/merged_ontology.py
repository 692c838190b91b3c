"""The statements of several ontologies in, those of one out: the merge of an ontology with what it imports.

As editors and OBO's tools merge: one header remains, that of the ontology that imports the others. A document
with several is opened under the IRI of any of them (OWL 2, Mapping to RDF Graphs, section 3.1.2).
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF


def one_ontology(quads: Iterable[ox.Quad], node: ox.NamedNode) -> list[ox.Quad]:
    """The quads without the headers of what `node` imports, directly or not, and that is among them.

    What is imported from elsewhere is imported by `node`. Of a header that goes, statements about nodes
    without a name stay: a prefix table, say, is no part of it. Ontologies that nothing imports keep theirs.
    """
    all_quads = list(quads)
    headers: set[Term] = {
        q.subject for q in all_quads if q.predicate == RDF["type"] and q.object == OWL["Ontology"]
    }
    merged = _imported(all_quads, node, headers)
    kept = (_of_one(quad, node, merged) for quad in all_quads)
    return list(dict.fromkeys(quad for quad in kept if quad is not None))


def _imported(quads: list[ox.Quad], node: Term, headers: set[Term]) -> set[Term]:
    imports: dict[Term, list[Term]] = {}
    for quad in quads:
        if quad.predicate == OWL["imports"]:
            imports.setdefault(quad.subject, []).append(quad.object)
    found: set[Term] = set()
    waiting: list[Term] = [node]
    while waiting:
        for other in imports.get(waiting.pop(), ()):
            if other in headers and other != node and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _of_one(quad: ox.Quad, node: ox.NamedNode, merged: set[Term]) -> ox.Quad | None:
    """What remains of a quad: nothing, where it belongs to a header that goes or imports what is there."""
    if quad.predicate == OWL["imports"] and quad.subject in {node, *merged}:
        is_here = quad.object in merged or quad.object == node
        return None if is_here else ox.Quad(node, quad.predicate, quad.object, quad.graph_name)
    is_of_header = quad.subject in merged and not isinstance(quad.object, ox.BlankNode)
    return None if is_of_header else quad
