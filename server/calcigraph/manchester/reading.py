"""The triples about nodes in, their parts within bounds out: lists, single values, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias, TypeVar

import pyoxigraph as ox

from calcigraph import deadline
from calcigraph.manchester import page_reading
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF

Statements: TypeAlias = Mapping[ox.NamedNode, Sequence[Term]]
"""The objects of each property of a node, in a stable order."""
StatementsOf: TypeAlias = Callable[[Subject], Statements]
DEEPEST: Final = 40
MOST_NODES: Final = 600
"""Of one expression. Nobody reads a longer one, and a page may have a hundred of them."""
T = TypeVar("T")


class Malformed(Exception):
    """A node that is not what its properties say; the message tells why."""


class Reading:
    """One expression while it is read: how deep, how much, and through which nodes.

    `faults` are what keeps it from being one of OWL; `is_cut` is whether something was left out, because it
    stands too deep or there is too much. `is_by_name` is whether all in it that is no expression has a name:
    of two nodes without one, nobody can say that they are the same.
    """

    def __init__(self, about: StatementsOf) -> None:
        self.about = about
        self.faults: dict[str, None] = {}
        self.is_cut = False
        self.is_by_name = True
        self._left = MOST_NODES
        self._above: dict[ox.BlankNode, None] = {}

    @contextmanager
    def entering(self, node: ox.BlankNode) -> Iterator[None]:
        """The context in which what `node` says is read. Raises: Malformed where it is below itself."""
        if node in self._above:
            raise Malformed("it leads back to itself")
        self._above[node] = None
        try:
            yield
        finally:
            del self._above[node]

    def has_room(self) -> bool:
        """Whether one node more may be read, which then counts; else something is left out. Raises:
        LookUpsTimedOut, LookUpsAbandoned."""
        deadline.check()
        self._left -= 1
        has_room = self._left >= 0 and len(self._above) < DEEPEST and page_reading.has_room()
        self.is_cut = self.is_cut or not has_room
        return has_room

    def items(self, head: Term, read: Callable[[Term], T], rest: T) -> list[T]:
        """What `read` makes of each item of the list that begins at `head`; where they are too many, `rest`
        at the end. Raises: Malformed where it is no list."""
        found: list[T] = []
        seen: set[Term] = set()
        while head != RDF["nil"]:
            if not isinstance(head, Subject) or head in seen:
                raise Malformed("a list leads back to itself" if head in seen else "a list ends in a literal")
            if not self.has_room():
                return [*found, rest]
            seen.add(head)
            said = self.about(head)
            first, head = single(said, RDF["first"]), single(said, RDF["rest"])
            found.append(read(first))
        return found

    def some_items(self, head: Term, read: Callable[[Term], T], rest: T) -> list[T]:
        """The same where an empty list says nothing. Raises: Malformed."""
        found = self.items(head, read, rest)
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
