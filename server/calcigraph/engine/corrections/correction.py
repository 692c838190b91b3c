"""What a correction is: a function from a query and what it depends on to the nodes that are to be written
otherwise.

A correction takes a `ParsedQuery` (its text, its tree, and `nodes(kind)`, one walk for all) and a `Context`,
and gives for each node that the engine would get wrong a `Replacement`: a function that is given the printer
for what is below the node, and returns the text to put there. It has to print the nodes below with that
printer, so that their own replacements are kept; text that it copies twice is printed twice. It is exact, or
it raises `CorrectionRefused`, which names the reason and the place: it never gives up silently. Nothing is to
be done for most queries, so it first asks `nodes` for what it is about.

All corrections of one round see the same tree. Where two want the same node, the later one is asked again
after the others have been printed. So a replacement that makes new text in which another correction may find
something belongs to an earlier round than that one.

What stands in a SERVICE block is for another server and is gone before corrections are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Protocol, TypeVar

import pyoxigraph as ox

from calcigraph.engine.cardinalities import TripleCounts
from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.prologue import NamedTerm, Prologue
from calcigraph.errors import Place
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import named
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.tree import Iri, Literal, Node

Correction = Callable[[ParsedQuery, "Context"], Mapping[Node, Replacement]]
QUERY: Final = "query"
_T = TypeVar("_T", bound=Iri | Literal)


class Data(Protocol):
    """What a correction may ask of the data, as the dataset of the query shows them."""

    def has_node(self, node: ox.NamedNode | ox.Literal, graph: ox.NamedNode | None) -> bool:
        """Whether `node` is the subject or the object of a triple of `graph`; None is the default graph."""

    def named_graphs(self) -> Iterable[ox.NamedNode]:
        """The graphs that GRAPH may name."""


@dataclass(frozen=True)
class Context:
    """What one query is asked of. `counts` is None where the query has a dataset of its own, of which
    nothing is counted. `used` are the names of variables that exist or were made."""

    data: Data
    counts: TripleCounts | None = None
    base_iri: str | None = None
    used: set[str] = field(default_factory=set)

    def fresh(self, query: ParsedQuery, name: str) -> str:
        """A name for a new variable, without its mark, that nothing in the query has, nor was given out."""
        self.used.update(named(query.tree))
        found = next(each for each in _numbered(name) if each not in self.used)
        self.used.add(found)
        return found

    def resolved(self, query: ParsedQuery, iris: Iterable[Iri]) -> dict[Iri, ox.NamedNode]:
        """What IRIs and prefixed names of the query stand for. Raises: SyntaxError for an undeclared
        prefix and for a relative IRI without a base."""
        found = self.resolved_terms(query, iris)
        return {iri: term for iri, term in found.items() if isinstance(term, ox.NamedNode)}

    def resolved_terms(self, query: ParsedQuery, terms: Iterable[_T]) -> dict[_T, NamedTerm]:
        """The same with literals."""
        asked = list(terms)
        prologue = Prologue.of_tree(query.text, query.tree, self.base_iri)
        pairs = zip(asked, prologue.terms([query.written(term) for term in asked]), strict=True)
        return {term: found for term, found in pairs if found is not None}


def refusal(query: ParsedQuery, node: Node, detail: str, remedy: str) -> CorrectionRefused:
    """Why a query whose `node` the engine would get wrong is not answered, and what to write instead."""
    return CorrectionRefused(detail, remedy, Place(QUERY, *place_of(query.text, node.start)))


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        yield f"{name}_{number}"
