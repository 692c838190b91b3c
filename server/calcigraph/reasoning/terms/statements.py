"""Terms in, triples of RDF out, generalized ones where RDF 1.1 has no such triple."""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class GeneralizedTriple(NamedTuple):
    """A triple of generalized RDF (RDF 1.1 Concepts, section 7), such as one whose subject is a literal.

    It occurs as a step inside a proof only, never in a result.
    """

    subject: Node
    predicate: Node
    object: Node

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"


Statement = ox.Triple | GeneralizedTriple


def statement(subject: Node, predicate: Node, obj: Node) -> Statement:
    """The triple of three terms, generalized where RDF 1.1 would not allow it."""
    if isinstance(predicate, ox.NamedNode) and isinstance(subject, ox.NamedNode | ox.BlankNode):
        return ox.Triple(subject, predicate, obj)
    return GeneralizedTriple(subject, predicate, obj)
