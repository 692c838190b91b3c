"""The index of an edition in, how often each property and class is used in it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition.index import Index
from calcigraph.rdf.vocabulary import RDF


@dataclass(frozen=True)
class Uses:
    """How many distinct triples each property has, and how many members each class; without the metadata."""

    triples: Mapping[ox.NamedNode, int]
    members: Mapping[ox.NamedNode, int]


def uses(index: Index, number: int) -> Uses:
    """Those of the edition with that number. Cost: one pass over an index."""
    triples, members = index.uses(number, index.number(RDF["type"]))
    return Uses(_by_name(index, triples), _by_name(index, members))


def _by_name(index: Index, counts: Mapping[int, int]) -> Mapping[ox.NamedNode, int]:
    named = ((index.term(number), count) for number, count in counts.items())
    return {term: count for term, count in named if isinstance(term, ox.NamedNode)}
