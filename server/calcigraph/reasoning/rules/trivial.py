"""Triples in, what is true of any such triples out: axiomatic, reflexive and schema-bound triples.

They are part of the OWL 2 RL/RDF closure but are kept out of stores and pages. `calcigraph infer --axiomatic`
prints them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox

from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.vocabulary import DATATYPES, NAMES, VOCABULARY

_ANNOTATIONS: Final = (
    "rdfs:label",
    "rdfs:comment",
    "rdfs:seeAlso",
    "rdfs:isDefinedBy",
    "owl:deprecated",
    "owl:versionInfo",
    "owl:priorVersion",
    "owl:backwardCompatibleWith",
    "owl:incompatibleWith",
)


def _node(curie: str) -> ox.NamedNode:
    return VOCABULARY[NAMES[curie]]


def axiomatic() -> Iterator[ox.Triple]:
    """What holds in the empty graph: prp-ap, cls-thing, cls-nothing1, dt-type1."""
    kind = _node("rdf:type")
    yield from (ox.Triple(_node(name), kind, _node("owl:AnnotationProperty")) for name in _ANNOTATIONS)
    yield from (ox.Triple(_node(name), kind, _node("owl:Class")) for name in ("owl:Thing", "owl:Nothing"))
    yield from (ox.Triple(_node(name), kind, _node("rdfs:Datatype")) for name in DATATYPES)


def trivial(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """The trivial triples of a closure without them: axiomatic ones, eq-ref, scm-cls, scm-op, scm-dp.

    Cost: linear in the triples.
    """
    everything = [*triples, *axiomatic()]
    out = set(axiomatic())
    for triple in everything:
        if triple.predicate == VOCABULARY[v.TYPE]:
            out.update(_declared(triple.subject, triple.object))
    nodes = {node for triple in (*everything, *out) for node in triple} | {VOCABULARY[v.SAME_AS]}
    out.update(
        ox.Triple(node, VOCABULARY[v.SAME_AS], node)
        for node in nodes
        if isinstance(node, ox.NamedNode | ox.BlankNode)
    )
    return out


def _declared(subject: Any, kind: object) -> Iterator[ox.Triple]:
    if kind == _node("owl:Class"):
        yield ox.Triple(subject, VOCABULARY[v.SUB_CLASS_OF], subject)
        yield ox.Triple(subject, VOCABULARY[v.EQUIVALENT_CLASS], subject)
        yield ox.Triple(subject, VOCABULARY[v.SUB_CLASS_OF], _node("owl:Thing"))
        yield ox.Triple(_node("owl:Nothing"), VOCABULARY[v.SUB_CLASS_OF], subject)
    elif kind in (_node("owl:ObjectProperty"), _node("owl:DatatypeProperty")):
        yield ox.Triple(subject, VOCABULARY[v.SUB_PROPERTY_OF], subject)
        yield ox.Triple(subject, VOCABULARY[v.EQUIVALENT_PROPERTY], subject)
