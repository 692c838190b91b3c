"""Counts in, VoID out: a dataset with its class and property partitions, in the shape that editors ask for.

See https://www.w3.org/TR/void/ section 4.5. The classes and datatypes that a property leads to are said as
https://github.com/JervenBolleman/void-generator does and https://github.com/sib-swiss/sparql-editor reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from calcigraph.metadata.counting import Counts, Partition
from calcigraph.rdf.vocabulary import VOID, VOID_EXT, XSD


def void(node: ox.NamedNode, counts: Counts, among: Iterable[Partition] | None = None) -> Iterator[ox.Triple]:
    """The numbers of the dataset `node`, and its partitions: all of them, or those `among` some.

    `void:distinctObjects` is not stated: the numbers here are objects too, so it would have to be right
    about itself, and no number need be.
    """
    for name, number in (
        ("triples", counts.triples),
        ("entities", counts.subjects),
        ("distinctSubjects", counts.subjects),
        ("classes", counts.classes),
        ("properties", counts.properties),
    ):
        yield ox.Triple(node, VOID[name], _number(number))
    for partition in counts.partitions if among is None else among:
        if partition in counts.partitions:
            yield from _stated(node, partition, counts.partitions[partition])


def partition_node(node: ox.NamedNode, partition: Partition) -> ox.NamedNode:
    """A partition's name: made of what it is a partition by, so that the same data has the same names."""
    digest = hashlib.sha256(" ".join(term.value for term in partition.terms).encode()).hexdigest()
    document, _, _ = node.value.partition("#")
    return ox.NamedNode(f"{document}#{partition.kind}-{digest[:16]}")


def _stated(node: ox.NamedNode, partition: Partition, number: int) -> Iterator[ox.Triple]:
    kind, terms = partition
    words = VOID_EXT if kind == "datatype" else VOID
    part = partition_node(node, partition)
    yield ox.Triple(_whole(node, partition), words[f"{kind}Partition"], part)
    yield ox.Triple(part, words[kind], terms[-1])
    counted = VOID["entities"] if kind == "class" and len(terms) == 1 else VOID["triples"]
    yield ox.Triple(part, counted, _number(number))


def _whole(node: ox.NamedNode, partition: Partition) -> ox.NamedNode:
    """What a partition is a part of: all but its last term say it."""
    outer = partition.terms[:-1]
    if not outer:
        return node
    return partition_node(node, Partition("class" if len(outer) == 1 else "property", outer))


def _number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=XSD["integer"])
