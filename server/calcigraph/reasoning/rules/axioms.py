"""A closed schema in; findings on axioms that say nothing, or something else than was meant, left in it.

The rules run all the same: a rule that finds no match is harmless. Broken lists are found in `schema`.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.terms.datatypes import integer_value
from calcigraph.reasoning.terms.vocabulary import NAMES

_CARDINALITIES: Final = ("owl:maxCardinality", "owl:maxQualifiedCardinality")

_OF_RESOURCES: Final = (
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "rdfs:domain",
    "rdfs:range",
    "owl:equivalentClass",
    "owl:equivalentProperty",
    "owl:inverseOf",
    "owl:onProperty",
    "owl:onClass",
    "owl:someValuesFrom",
    "owl:allValuesFrom",
    "owl:disjointWith",
    "owl:complementOf",
    "owl:propertyDisjointWith",
)


def report_ill_typed(schema: Schema) -> None:
    """Add a finding to the schema for each ill-typed axiom. Cost: linear in the axioms."""
    for curie in _OF_RESOURCES:
        predicate = NAMES[curie]
        for subject, obj in schema.pairs(predicate):
            if any(schema.terms.is_literal(node) for node in (subject, obj)):
                schema.ill_typed(
                    (subject, predicate, obj),
                    f"A literal cannot stand with {curie}.",
                    "Write the IRI that is meant.",
                )
    for curie in _CARDINALITIES:
        predicate = NAMES[curie]
        for subject, obj in schema.pairs(predicate):
            number = integer_value(schema.equality.all(obj), schema.terms)
            if number is None or number < 0:
                schema.ill_typed(
                    (subject, predicate, obj),
                    f"{curie} needs a non-negative integer; the axiom is not used.",
                    'Write "1"^^xsd:nonNegativeInteger, for instance.',
                )
    _report_chains(schema)


def _report_chains(schema: Schema) -> None:
    data_properties = set(schema.members(NAMES["owl:DatatypeProperty"]))
    predicate = NAMES["owl:propertyChainAxiom"]
    for subject, head in schema.pairs(predicate):
        found = schema.sequence(head, (subject, predicate, head))
        for step in found[0][:-1] if found else ():
            if step in data_properties:
                term = schema.terms.terms[step]
                name = term.value if isinstance(term, ox.NamedNode) else str(term)
                schema.ill_typed(
                    (subject, predicate, head),
                    f"The chain goes on from the datatype property <{name}>: no literal has properties.",
                    "Use object properties in all places of a chain.",
                )
