"""An edition in, the counts that the home page and the service description show out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition import Edition


@dataclass(frozen=True)
class Statistics:
    """How many triples there are: in the union of all graphs as a set, literals of one value being one, as a
    query counts them; in each graph, as they are written; of each standing."""

    triples: int
    graphs: Mapping[ox.NamedNode, int]
    asserted: int
    derived: int
    inferred: int


def count(edition: Edition) -> Statistics:
    """The counts of an edition. Cost: one pass over an index."""
    graphs = edition.graphs
    derived, inferred = graphs.get(edition.derived_graph, 0), graphs.get(edition.inferred_graph, 0)
    described = graphs.get(edition.root.graph("metadata"), 0)
    triples = edition.facts.triples
    return Statistics(triples, graphs, triples - derived - inferred - described, derived, inferred)
