"""Classes and what is in them as a tree of two levels, looked up as it is asked for: it may be very large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from calcigraph.edition import Edition
from calcigraph.rdf.vocabulary import RDF
from calcigraph.trees.hierarchy import Sorting


class Members:
    """The individuals of an edition by the classes that they are written to be in. `classes` says how many
    each has."""

    def __init__(self, edition: Edition, classes: Mapping[int, int], sort: Sorting) -> None:
        self._edition = edition
        self._type = edition.index.number(RDF["type"])
        self._classes = classes
        self._sort = sort

    @property
    def count(self) -> int:
        """How many memberships there are: an individual in two classes counts twice."""
        return sum(self._classes.values())

    @property
    def is_cut(self) -> bool:
        """See `Tree.is_cut`."""
        return False

    def size(self, node: int | None) -> int:
        """See `Tree.size`."""
        return len(self._classes) if node is None else self._classes.get(node, 0)

    def children(self, node: int | None, offset: int, most: int) -> Sequence[int]:
        """See `Tree.children`: classes by their labels, individuals by their IRIs."""
        if node is None:
            return self._tops[offset : offset + most]
        if node not in self._classes:
            return ()
        return self._edition.index.written(self._edition.number, self._type, node, offset, most)

    def above(self, node: int) -> Sequence[int]:
        """See `Tree.above`."""
        return ()

    def alike(self, node: int) -> Sequence[int]:
        """See `Tree.alike`."""
        return ()

    def holds(self, node: int) -> bool:
        """See `Tree.holds`."""
        return node in self._classes

    @cached_property
    def _tops(self) -> Sequence[int]:
        return tuple(self._sort(tuple(self._classes)))
