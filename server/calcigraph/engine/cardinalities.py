"""Triples in, how many there are of each predicate and of each class out; kept up to date with changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF

# Subject, predicate and object; None stands for any, and for another one each time.
TriplePattern = tuple[ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | ox.Literal | None]
TYPE: Final = RDF["type"]


class TripleCounts(Protocol):
    """How many triples there are, where that is known or soon counted."""

    def count(self, pattern: TriplePattern, most: int) -> int | None:
        """How many triples match `pattern`, None for more than `most` where they have to be counted."""


class Cardinalities:
    """How many triples a set has: in all, with each predicate, and with `rdf:type` and each class."""

    def __init__(self, of_predicate: Mapping[Term, int], of_class: Mapping[Term, int]) -> None:
        self._of_predicate = Counter(of_predicate)
        self._of_class = Counter(of_class)

    def of(self, pattern: TriplePattern) -> int | None:
        """How many triples match `pattern`; None where that is not known without looking."""
        subject, predicate, object_ = pattern
        if subject is not None:
            return None
        if object_ is None:
            return self._of_predicate.total() if predicate is None else self._of_predicate[predicate]
        return self._of_class[object_] if predicate == TYPE else None

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Count `triples`, none of which was there."""
        self._change(triples, 1)

    def remove(self, triples: Iterable[ox.Triple]) -> None:
        """Count `triples` off, each of which was there."""
        self._change(triples, -1)

    def _change(self, triples: Iterable[ox.Triple], by: int) -> None:
        for triple in triples:
            self._of_predicate[triple.predicate] += by
            if triple.predicate == TYPE:
                self._of_class[triple.object] += by
