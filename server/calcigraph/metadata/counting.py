"""Triples and the classes of their nodes in, the counts that VoID states out.

Triples are counted as they are given: terms are the same where their texts are. So "360.0" and "360" are two
values here, as they are in the files and in a dump; a store that answers by value makes one triple of two
that differ in nothing else, and has the datatypes of its own spellings. Whoever wants to state what such a
store counts gives the triples as it spells them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Literal, NamedTuple, Protocol, TypeAlias

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF

Kind: TypeAlias = Literal["class", "property", "datatype"]
Terms: TypeAlias = tuple[ox.NamedNode, ...]
Types: TypeAlias = Callable[[Term], frozenset[ox.NamedNode]]


class Partition(NamedTuple):
    """A part of a dataset: what `kind` it is one by, and the terms that say which, the widest first.

    `class (C)`: the instances of C. `property (P)`: the triples with P. `property (C P)`: those of them
    whose subject is a C. `class (C P O)` and `datatype (C P T)`: those of them whose object is an O or a T.
    """

    kind: Kind
    terms: Terms


class Difference(NamedTuple):
    """By how much the numbers of one set of triples exceed those of another."""

    triples: int
    subjects: int
    partitions: Mapping[Partition, int]


@dataclass(frozen=True)
class Counts:
    """How many triples there are, how many subjects, and how many triples in each partition that has any.

    Its size follows the number of classes, properties and datatypes, not that of the triples.
    """

    triples: int = 0
    subjects: int = 0
    partitions: Mapping[Partition, int] = field(default_factory=dict)

    @cached_property
    def classes(self) -> int:
        """How many classes have instances."""
        return sum(kind == "class" and len(terms) == 1 for kind, terms in self.partitions)

    @cached_property
    def properties(self) -> int:
        """How many properties have triples."""
        return sum(kind == "property" and len(terms) == 1 for kind, terms in self.partitions)

    def plus(self, difference: Difference) -> Counts:
        """The counts after some triples came or went. Cost: a copy, some ten nanoseconds a partition."""
        numbers = dict(self.partitions)
        for partition, more in difference.partitions.items():
            numbers[partition] = number = numbers.get(partition, 0) + more
            if number < 0:
                raise ValueError(f"fewer triples than none are left in {partition}")
            if not number:
                del numbers[partition]
        return Counts(self.triples + difference.triples, self.subjects + difference.subjects, numbers)


class Statements(Protocol):
    """A set of triples that can be asked about its nodes."""

    def types(self, node: Term) -> frozenset[ox.NamedNode]:
        """The classes of a node, as far as they have names."""

    def is_subject(self, node: Term) -> bool:
        """Whether anything is said about a node."""

    def around(self, node: Term) -> Iterable[ox.Triple]:
        """The triples whose subject or object is a node."""


def names_a_class(triple: ox.Triple) -> bool:
    """Whether a triple puts its subject into a class that has a name."""
    return triple.predicate == RDF["type"] and isinstance(triple.object, ox.NamedNode)


def partition_sizes(triples: Iterable[ox.Triple], types: Types) -> Counter[Partition]:
    """How many of some triples are in each partition. Cost: some three microseconds a triple, and `types` of
    its subject and, where this has any, of its object."""
    by_class: Counter[Terms] = Counter()
    by_property: Counter[Terms] = Counter()
    by_datatype: Counter[Terms] = Counter()
    type_ = RDF["type"]
    # Triples of one kind are many, and are counted as one: a set of classes keeps its hash, a tuple does not.
    alike: Counter[tuple[ox.NamedNode, frozenset[ox.NamedNode], ox.NamedNode | frozenset[ox.NamedNode]]]
    alike = Counter()
    for triple in triples:
        predicate, value = triple.predicate, triple.object
        if predicate == type_ and isinstance(value, ox.NamedNode):
            by_class[(value,)] += 1
        kinds = types(triple.subject)
        if isinstance(value, ox.Literal):
            alike[predicate, kinds, value.datatype] += 1
        else:
            alike[predicate, kinds, types(value) if kinds else kinds] += 1
    for (predicate, kinds, what), number in alike.items():
        by_property[(predicate,)] += number
        for kind in kinds:
            by_property[kind, predicate] += number
            if isinstance(what, ox.NamedNode):
                by_datatype[kind, predicate, what] += number
                continue
            for other in what:
                by_class[kind, predicate, other] += number
    return _partitions({"class": by_class, "property": by_property, "datatype": by_datatype})


def _partitions(found: Mapping[Kind, Mapping[Terms, int]]) -> Counter[Partition]:
    """The numbers by partition; each term stands in memory once, as counts outlive their triples."""
    same: dict[ox.NamedNode, ox.NamedNode] = {}
    partitions: Counter[Partition] = Counter()
    for kind, numbers in found.items():
        for terms, number in numbers.items():
            partitions[Partition(kind, tuple(same.setdefault(term, term) for term in terms))] = number
    return partitions


def difference(
    added: Collection[ox.Triple], removed: Collection[ox.Triple], before: Statements, after: Statements
) -> Difference:
    """By how much the numbers of `after` exceed those of `before`.

    `added` is in `after` alone and `removed` in `before` alone. A node whose classes change moves all that is
    around it into other partitions. Cost: that of `partition_sizes` for what is added, removed or around such
    a node.
    """
    changed = [*added, *removed]
    moved = {triple.subject for triple in changed if names_a_class(triple)}
    stays = {triple for node in moved for triple in before.around(node)}.difference(removed)
    partitions = partition_sizes(chain(added, stays), after.types)
    partitions.subtract(partition_sizes(chain(removed, stays), before.types))
    subjects = {triple.subject for triple in changed}
    more = sum(after.is_subject(node) - before.is_subject(node) for node in subjects)
    return Difference(len(added) - len(removed), more, partitions)
