"""What a dataset says, together with the heads of its description, as far as counting has to know it.

The numbers of the description are about nodes of its own (`graph/metadata#…`). Data rarely speak of these,
so it is counted how many triples do, and where none does nothing is looked up for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Protocol, TypeAlias

import pyoxigraph as ox

from calcigraph.metadata.counting import names_a_class
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF

Classes: TypeAlias = frozenset[ox.NamedNode]


class Lookup(Protocol):
    """The triples of a dataset, in whichever graph but that of the description."""

    def triples(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term | None, /
    ) -> Iterable[ox.Triple]:
        """Those that match in all that is given; all of them where nothing is."""


class Known(Protocol):
    """The data and the heads: all that is counted but the numbers themselves."""

    def types(self, node: Term) -> Classes:
        """The classes of a node, as far as they have names."""

    def is_subject(self, node: Term) -> bool:
        """Whether anything is said about a node."""

    def holds(self, triple: ox.Triple) -> bool:
        """Whether a triple about a node of the description is among them."""


def holds(data: Lookup, triple: ox.Triple) -> bool:
    """Whether `triple` stands in `data`. Cost: one look-up."""
    assert isinstance(triple.subject, Subject)
    return any(True for _ in data.triples(triple.subject, triple.predicate, triple.object))


def is_described(node: Term, dataset: ox.NamedNode) -> bool:
    """Whether a node is one of those that the numbers of `dataset` are about: itself or a partition."""
    document, mark, _ = dataset.value.partition("#")
    return isinstance(node, ox.NamedNode) and node.value.startswith(document + mark)


class LookedUp:
    """Data that are looked up, and heads. Cost of each answer: one or two look-ups, none for what is kept."""

    def __init__(
        self, data: Lookup, heads: AbstractSet[ox.Triple], dataset: ox.NamedNode, self_spoken: int
    ) -> None:
        """`self_spoken` says how many triples of the data are about nodes of the description."""
        self._data, self._heads, self._dataset, self.self_spoken = data, heads, dataset, self_spoken
        self._about: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in heads:
            self._about[triple.subject].append(triple)
        self._types: dict[Term, Classes] = {}
        self._own: dict[Term, frozenset[ox.Triple]] = {}

    def types(self, node: Term) -> Classes:
        """The classes of a node, as far as they have names."""
        if node not in self._types:
            stated = (*self._about.get(node, ()), *self._said(node, RDF["type"]))
            self._types[node] = frozenset(_classes(stated))
        return self._types[node]

    def is_subject(self, node: Term) -> bool:
        """Whether anything is said about a node."""
        return node in self._about or any(True for _ in self._said(node))

    def holds(self, triple: ox.Triple) -> bool:
        """Whether a triple is among them."""
        if triple in self._heads:
            return True
        if is_described(triple.subject, self._dataset):
            return triple in self._said(triple.subject)
        return holds(self._data, triple)

    def around(self, node: Term) -> set[ox.Triple]:
        """The triples whose subject or object is a node."""
        heads = {triple for triple in self._heads if node in (triple.subject, triple.object)}
        return heads.union(self._said(node), self._data.triples(None, None, node))

    def _said(self, node: Term, predicate: ox.NamedNode | None = None) -> Iterable[ox.Triple]:
        """What the data say about a node, with `predicate` at least."""
        if not isinstance(node, Subject):
            return ()
        if not is_described(node, self._dataset):
            return self._data.triples(node, predicate, None)
        if self.self_spoken and node not in self._own:
            self._own[node] = frozenset(self._data.triples(node, None, None))
        return self._own.get(node, ())


class Given:
    """Data that are read once, and heads. Cost: one pass, and the memory of all subjects."""

    def __init__(
        self, data: Iterable[ox.Triple], heads: AbstractSet[ox.Triple], dataset: ox.NamedNode
    ) -> None:
        self.heads_held: set[ox.Triple] = set()
        self.self_spoken: set[ox.Triple] = set()
        self.subjects: set[Term] = {triple.subject for triple in heads}
        types: dict[Term, set[ox.NamedNode]] = defaultdict(set)
        for triple in heads:
            types[triple.subject].update(_classes([triple]))
        for triple in data:
            subject = triple.subject
            if subject in self.subjects and triple in heads:
                self.heads_held.add(triple)
            if is_described(subject, dataset):
                self.self_spoken.add(triple)
            self.subjects.add(subject)
            if triple.predicate == RDF["type"]:
                types[subject].update(_classes([triple]))
        self._heads = heads
        self._types = {node: frozenset(found) for node, found in types.items()}

    def types(self, node: Term) -> Classes:
        """The classes of a node, as far as they have names."""
        return self._types.get(node, _NONE)

    def is_subject(self, node: Term) -> bool:
        """Whether anything is said about a node."""
        return node in self.subjects

    def holds(self, triple: ox.Triple) -> bool:
        """Whether a triple about a node of the description is among them."""
        return triple in self.self_spoken or triple in self._heads


_NONE: Classes = frozenset()


def _classes(triples: Iterable[ox.Triple]) -> Iterable[ox.NamedNode]:
    for triple in triples:
        if names_a_class(triple) and isinstance(triple.object, ox.NamedNode):
            yield triple.object
