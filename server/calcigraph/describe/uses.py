"""A dataset in, how often each of its terms is used out, and some triples that show how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from calcigraph.dataset import Dataset
from calcigraph.rdf.vocabulary import RDF

_LOOKED_AT = 1000


@dataclass(frozen=True)
class Use:
    """How many triples have a property, or how many members a class has; `examples` are of the former."""

    count: int
    examples: tuple[ox.Triple, ...] = ()


class Uses:
    """Counts over the union of all graphs as a set."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def count(self, term: ox.NamedNode) -> int:
        """How often `term` is used as a property, else as a class. Cost: one look-up after the first call."""
        return self._counts.get(term, 0)

    def of_property(self, term: ox.NamedNode, most: int) -> Use:
        """The triples of a property, with `most` examples of named things. Cost: linear in some of them."""
        found = islice(self._dataset.quads.quads_for_predicate(term), _LOOKED_AT)
        triples = {q.triple for q in found if isinstance(q.subject, ox.NamedNode)}
        shown = sorted((t for t in triples if not isinstance(t.object, ox.BlankNode)), key=str)
        step = max(1, len(shown) // most)
        return Use(self._properties.get(term, 0), tuple(shown[::step][:most]))

    @cached_property
    def _triples(self) -> Counter[tuple[ox.NamedNode, ox.NamedNode | None]]:
        """By property, and for `rdf:type` by class too. Cost: one pass over the dataset."""
        kind = RDF["type"]
        triples = {quad.triple for quad in self._dataset.quads}
        return Counter(
            (t.predicate, t.object if t.predicate == kind and isinstance(t.object, ox.NamedNode) else None)
            for t in triples
        )

    @cached_property
    def _properties(self) -> Mapping[ox.NamedNode, int]:
        found: Counter[ox.NamedNode] = Counter()
        for (predicate, _), number in self._triples.items():
            found[predicate] += number
        return found

    @cached_property
    def _counts(self) -> Mapping[ox.NamedNode, int]:
        classes = {kind: number for (_, kind), number in self._triples.items() if kind is not None}
        return {**classes, **self._properties}
