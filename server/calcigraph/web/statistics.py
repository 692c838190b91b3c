"""An edition in, the counts that the home page and the service description show out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition import Edition


@dataclass(frozen=True)
class Statistics:
    """How many triples queries count, literals of one value being one: in the union of all graphs as a set;
    in each graph; of each standing, the best one where the spellings of a triple differ in it."""

    triples: int
    graphs: Mapping[ox.NamedNode, int]
    asserted: int
    derived: int
    inferred: int


def count(edition: Edition) -> Statistics:
    """The counts of an edition. Cost: one pass over an index."""
    sizes, triples = edition.sizes, edition.facts.triples
    described = sizes.graphs.get(edition.root.graph("metadata"), 0)
    asserted = triples - sizes.derived - sizes.inferred - described
    return Statistics(triples, sizes.graphs, asserted, sizes.derived, sizes.inferred)
