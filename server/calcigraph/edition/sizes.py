"""The index of an edition in, how many triples queries count in it out: in each graph, and of each standing.

Queries take two spellings of one value for one. The index has each of them, so what is counted there is
corrected by the triples that are written in several ways.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.edition.index import Index, QuadRow
from calcigraph.edition.layout import QuadKind

_DERIVED: Final = frozenset({QuadKind.BEFORE, QuadKind.AFTER})
_INFERRED: Final = frozenset({QuadKind.INFERRED})


@dataclass(frozen=True)
class Sizes:
    """How many triples queries count in each of the `graphs`; how many of all are `derived`, and `inferred`.

    A triple that is written in several ways has the best standing of these: what is asserted in one
    spelling and inferred in another is counted in the graph of the inferences, and not as `inferred`.
    """

    graphs: Mapping[ox.NamedNode, int]
    derived: int
    inferred: int


def sizes(index: Index, edition: int, derived: ox.NamedNode, inferred: ox.NamedNode) -> Sizes:
    """The sizes of an edition, whose graphs of derived and of inferred triples are given.

    Cost: one pass over an index, and a look-up for each spelling that is not the engine's own.
    """
    graphs = Counter(index.sizes(edition))
    again: Counter[frozenset[QuadKind]] = Counter()
    for rows in index.respelled(edition):
        written = Counter(graph for _, graph in {(row[2], row[3]) for row in rows})
        for graph, spellings in written.items():
            graphs[index.term(graph)] -= spellings - 1
        for kinds in (_DERIVED, _INFERRED):
            again[kinds] += _is_told_before(rows, kinds)
    named = {graph: size for graph, size in graphs.items() if isinstance(graph, ox.NamedNode)}
    return Sizes(named, named.get(derived, 0) - again[_DERIVED], named.get(inferred, 0) - again[_INFERRED])


def _is_told_before(rows: Sequence[QuadRow], kinds: frozenset[QuadKind]) -> bool:
    """Whether a triple, in all its spellings, is of some kinds and of a better one as well."""
    return any(row[4] in kinds for row in rows) and min(row[4] for row in rows) < min(kinds)
