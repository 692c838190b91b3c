"""The lists that are written in, the items that have a name out, without a term being read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import RDF
from calcigraph.trees.hierarchy import Pair

# Beyond one pass over all lists: where many terms share one, or lists share their ends.
_MOST_SHARED: Final = 100_000


class Lists:
    """The lists of one edition, for one tree.

    Cost: one pass over the triples of all lists; their items are counted as often as they are asked for, and
    where that is a hundred thousand times more than there are, the rest is left out, and `is_cut`.
    """

    def __init__(self, edges: Callable[[ox.NamedNode], list[Pair]], is_named: Callable[[int], bool]) -> None:
        self._first, self._rest = (dict(edges(RDF[name])) for name in ("first", "rest"))
        self._is_named = is_named
        self._left = len(self._first) + _MOST_SHARED
        self.is_cut = False

    def named_items(self, head: int, times: int = 1) -> Iterator[int]:
        """The items with an IRI of a list, as far as it is one; each is wanted for so many terms."""
        seen: set[int] = set()
        node: int | None = head
        while node is not None and node in self._first and node not in seen:
            if self._left < times:
                self.is_cut = True
                return
            self._left -= times
            seen.add(node)
            if self._is_named(self._first[node]):
                yield self._first[node]
            node = self._rest.get(node)
