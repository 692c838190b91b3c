"""What labels and the search for names ask of the data, whoever holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pyoxigraph as ox

from calcigraph.edition.names import Name
from calcigraph.manchester import ExpressionReader
from calcigraph.rdf.terms import Subject, Term
from calcigraph.root import Root


class LookUps(Protocol):
    """One version of the data, to be asked for a few facts at a time."""

    @property
    def root(self) -> Root:
        """What the data are made from."""

    @property
    def expressions(self) -> ExpressionReader:
        """What its blank nodes say."""

    def quads(
        self,
        subject: Subject | None = None,
        predicate: ox.NamedNode | None = None,
        object_: Term | None = None,
        graph: ox.NamedNode | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that match."""

    def objects(self, subject: Subject, predicate: ox.NamedNode) -> list[Term]:
        """What stands in `subject predicate ?`."""

    def links(self, node: ox.NamedNode) -> int:
        """How many triples end in `node`."""

    def names_with(self, wanted: str, together: str, words: list[str]) -> Iterator[Name]:
        """The names that have `together` in them, run together, or each of `words`: the best of very many."""

    def names_near(self, key: str, most: int) -> Iterator[Name]:
        """The names that share most with `key`."""
