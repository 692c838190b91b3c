"""Counts in, VoID out: a dataset with its class and property partitions, in the shape that editors ask for.

See https://www.w3.org/TR/void/ section 4.5. The classes and datatypes that a property leads to are said as
https://github.com/JervenBolleman/void-generator does and https://github.com/sib-swiss/sparql-editor reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from calcigraph.metadata.counting import Counts, Key
from calcigraph.rdf.vocabulary import VOID, VOID_EXT, XSD


def void(node: ox.NamedNode, counts: Counts) -> Iterator[ox.Triple]:
    """The numbers of the dataset `node`, and its partitions.

    `void:distinctObjects` is not stated: the numbers here are objects too, so it would have to be right
    about itself, and no number need be.
    """
    for name, number in (
        ("triples", counts.triples),
        ("entities", len(counts.subjects)),
        ("distinctSubjects", len(counts.subjects)),
        ("classes", len(counts.entities)),
        ("properties", len(counts.properties)),
    ):
        yield ox.Triple(node, VOID[name], _number(number))
    writer = _Writer(node.value.partition("#")[0])
    yield from writer.partitions(node, "class", counts.entities, VOID["entities"])
    yield from writer.partitions(node, "property", counts.properties)
    yield from writer.inner("class", "property", counts.of_class)
    yield from writer.inner("property", "class", counts.to_class)
    yield from writer.inner("property", "datatype", counts.to_datatype)


class _Writer:
    """Names a partition after what it is a partition by, so that the same data has the same names."""

    def __init__(self, document: str) -> None:
        self._document = document

    def partitions(
        self,
        whole: ox.NamedNode,
        kind: str,
        counts: Mapping[ox.NamedNode, int],
        counted: ox.NamedNode = VOID["triples"],
    ) -> Iterator[ox.Triple]:
        """The partitions of the whole dataset."""
        for term, number in counts.items():
            yield from self._partition(whole, kind, (term,), number, counted)

    def inner(self, outer: str, kind: str, counts: Mapping[Key, int]) -> Iterator[ox.Triple]:
        """The partitions of partitions: all but the last term of a key say of which."""
        for key, number in counts.items():
            yield from self._partition(self._name(outer, key[:-1]), kind, key, number, VOID["triples"])

    def _partition(
        self, whole: ox.NamedNode, kind: str, key: Key, number: int, counted: ox.NamedNode
    ) -> Iterator[ox.Triple]:
        words = VOID_EXT if kind == "datatype" else VOID
        part = self._name(kind, key)
        yield ox.Triple(whole, words[f"{kind}Partition"], part)
        yield ox.Triple(part, words[kind], key[-1])
        yield ox.Triple(part, counted, _number(number))

    def _name(self, kind: str, key: Key) -> ox.NamedNode:
        digest = hashlib.sha256(" ".join(term.value for term in key).encode()).hexdigest()
        return ox.NamedNode(f"{self._document}#{kind}-{digest[:16]}")


def _number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=XSD["integer"])
