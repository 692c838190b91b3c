"""Triples in, owlrl's closure of them out; the only module that knows owlrl.

owlrl (W3C's former reference implementation in Python) is slow and complete but for the faults that
`tests/test_reasoning_peer.py` names. It serves as an oracle, and behind `--reasoner owlrl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import owlrl
import pyoxigraph as ox
import rdflib

from calcigraph.reasoning.algebra import term


def close(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """owlrl's closure without axiomatic triples, the asserted triples included.

    Cost: minutes for 100,000 triples; see bench/reasoning. A triple that is not RDF 1.1 is left out.
    """
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    rules = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False)
    rules.expand(graph)
    for subject, predicate, obj in graph:
        if isinstance(subject, rdflib.URIRef | rdflib.BNode) and isinstance(predicate, rdflib.URIRef):
            yield ox.Triple(_back(subject), _back(predicate), _back(obj))


def _node(node: Any) -> Any:
    if isinstance(node, ox.NamedNode):
        return rdflib.URIRef(node.value)
    if isinstance(node, ox.BlankNode):
        return rdflib.BNode(node.value)
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    return rdflib.Literal(node.value, datatype=rdflib.URIRef(node.datatype.value), normalize=False)


def _back(node: Any) -> Any:
    return ox.BlankNode(str(node)) if isinstance(node, rdflib.BNode) else term(node)
