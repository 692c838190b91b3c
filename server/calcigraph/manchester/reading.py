"""The triples about nodes in, their parts within bounds out: lists, single values, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

import pyoxigraph as ox

from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF

Statements: TypeAlias = Mapping[ox.NamedNode, Sequence[Term]]
"""The objects of each property of a node, in a stable order."""
StatementsOf: TypeAlias = Callable[[Subject], Statements]
DEEPEST: Final = 40
MOST_NODES: Final = 600
"""Of one expression. Nobody reads a longer one, and a page may have a hundred of them."""


class Malformed(Exception):
    """A node that is not what its properties say; the message tells why."""


class Reading:
    """One expression while it is read: how deep, how much, and through which nodes."""

    def __init__(self, about: StatementsOf) -> None:
        self.about = about
        self.faults: dict[str, None] = {}
        self._left = MOST_NODES
        self._above: dict[ox.BlankNode, None] = {}

    @contextmanager
    def entering(self, node: ox.BlankNode) -> Iterator[None]:
        """The context in which what `node` says is read. Raises: Malformed where it is below itself, too
        deep, or one too many."""
        if node in self._above:
            raise Malformed("it leads back to itself")
        if len(self._above) >= DEEPEST:
            raise Malformed(f"it is nested more than {DEEPEST} deep")
        self.count()
        self._above[node] = None
        try:
            yield
        finally:
            del self._above[node]

    def count(self) -> None:
        """One node more was looked at. Raises: Malformed where these are too many."""
        self._left -= 1
        if self._left < 0:
            raise Malformed(f"it has more than {MOST_NODES} parts")

    def items(self, head: Term) -> list[Term]:
        """The items of the list that begins at `head`. Raises: Malformed where it is none, or too long."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != RDF["nil"]:
            if not isinstance(head, Subject) or head in seen:
                raise Malformed("a list leads back to itself" if head in seen else "a list ends in a literal")
            seen.add(head)
            self.count()
            said = self.about(head)
            found.append(single(said, RDF["first"]))
            head = single(said, RDF["rest"])
        return found

    def some_items(self, head: Term) -> list[Term]:
        """The same where an empty list says nothing. Raises: Malformed."""
        found = self.items(head)
        if not found:
            raise Malformed("a list is empty")
        return found


def single(said: Statements, predicate: ox.NamedNode) -> Term:
    """The one value of a property. Raises: Malformed where there are none or several."""
    found = said.get(predicate, ())
    if len(found) != 1:
        name = predicate.value.replace("#", "/").rpartition("/")[2]
        raise Malformed(f"it has {len(found) or 'no'} values of {name}" if found else f"it has no {name}")
    return found[0]
