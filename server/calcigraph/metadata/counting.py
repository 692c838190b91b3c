"""Triples and the classes of their nodes in, the counts that VoID states out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF

Types: TypeAlias = Mapping[Term, frozenset[ox.NamedNode]]
Key: TypeAlias = tuple[ox.NamedNode, ...]


@dataclass
class Counts:
    """How many triples there are of each kind. Each is what a query over the same triples counts."""

    triples: int = 0
    subjects: set[Term] = field(default_factory=set)
    entities: Counter[ox.NamedNode] = field(default_factory=Counter)
    """By class."""
    properties: Counter[ox.NamedNode] = field(default_factory=Counter)
    of_class: Counter[Key] = field(default_factory=Counter)
    """By class of the subject and property."""
    to_class: Counter[Key] = field(default_factory=Counter)
    """The same and the class of the object."""
    to_datatype: Counter[Key] = field(default_factory=Counter)
    """The same and the datatype of the object."""

    def __add__(self, other: Counts) -> Counts:
        """The counts of both together; no triple may be among both."""
        return Counts(
            self.triples + other.triples,
            self.subjects | other.subjects,
            self.entities + other.entities,
            self.properties + other.properties,
            self.of_class + other.of_class,
            self.to_class + other.to_class,
            self.to_datatype + other.to_datatype,
        )


def types_of(triples: Iterable[ox.Triple]) -> Types:
    """The classes of each node, as far as they have names."""
    found: dict[Term, set[ox.NamedNode]] = {}
    for triple in triples:
        if triple.predicate == RDF["type"] and isinstance(triple.object, ox.NamedNode):
            found.setdefault(triple.subject, set()).add(triple.object)
    return {node: frozenset(classes) for node, classes in found.items()}


def count(triples: Iterable[ox.Triple], types: Types) -> Counts:
    """Count triples, each given once. Cost: about four microseconds a triple."""
    counts, none = Counts(), frozenset[ox.NamedNode]()
    for triple in triples:
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        counts.triples += 1
        counts.subjects.add(subject)
        counts.properties[predicate] += 1
        if predicate == RDF["type"] and isinstance(value, ox.NamedNode):
            counts.entities[value] += 1
        reached = none if isinstance(value, ox.Literal) else types.get(value, none)
        for kind in types.get(subject, none):
            counts.of_class[kind, predicate] += 1
            if isinstance(value, ox.Literal):
                counts.to_datatype[kind, predicate, value.datatype] += 1
            for other in reached:
                counts.to_class[kind, predicate, other] += 1
    return counts
