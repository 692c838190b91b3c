"""pyoxigraph terms and triples in, rdflib's out, and back, with each lexical form as it was.

rdflib would write 01 as 1 (`rdflib.NORMALIZE_LITERALS`), so it is told not to, literal by literal.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib.term import Node as RdflibNode

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import XSD

# rdflib logs a traceback for each literal outside the lexical space of its datatype; SHACL reports those.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
BOOLEANS = ("true", "false", "1", "0")


def to_rdflib(term: Term) -> RdflibNode:
    """One term. Blank nodes keep their label, literals their lexical form.

    Raises: ValueError for a triple term, which rdflib cannot hold.
    """
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype == XSD["string"]:
            return rdflib.Literal(term.value)
        datatype = rdflib.URIRef(term.datatype.value)
        if term.datatype == XSD["boolean"] and term.value not in BOOLEANS:
            with warnings.catch_warnings(action="ignore"):
                return rdflib.Literal(term.value, datatype=datatype, normalize=False)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise ValueError("rdflib has no triple terms")


def from_rdflib(node: RdflibNode) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """One term of rdflib. Raises: ValueError for anything that stands in no RDF 1.1 triple."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    raise ValueError(f"{type(node).__name__} is no term of a triple")


def to_graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """An rdflib graph in memory; triples about triple terms are left out. About 15 microseconds a triple."""
    graph = rdflib.Graph(bind_namespaces="none")
    known: dict[Term, RdflibNode] = {}
    for triple in triples:
        if isinstance(triple.object, ox.Triple):
            continue
        for term in (triple.subject, triple.predicate, triple.object):
            if term not in known:
                known[term] = to_rdflib(term)
        graph.add((known[triple.subject], known[triple.predicate], known[triple.object]))
    return graph
