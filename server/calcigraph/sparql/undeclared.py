"""A tree in, the names out whose prefix no declaration of the query explains (SPARQL 1.1, section 4.1.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from calcigraph.sparql.parser import rows_of
from calcigraph.sparql.tree import Iri, Node, Prologue, Query, Values, walk


def undeclared(text: str, query: Query, known: Collection[str] = ()) -> Iterator[Iri]:
    """The names of `query`, the tree of `text`, with a prefix that neither it nor `known` declares. Cost:
    linear."""
    declared = {*known, *_declared(query.prologue)}
    for part in walk_with_rows(text, query):
        if isinstance(part, Iri) and part.is_prefixed and part.prefix not in declared:
            yield part


def _declared(prologue: Prologue) -> Iterator[str]:
    return (each.prefix for each in prologue.declarations if each.prefix is not None)


def walk_with_rows(text: str, node: Node) -> Iterator[Node]:
    """`node` of `text` and every node below it, with the terms of the rows of VALUES, which are no nodes of
    the tree. Cost: linear."""
    for found in walk(node):
        yield found
        if isinstance(found, Values):
            for term in filter(None, chain.from_iterable(rows_of(text, found))):
                yield from walk(term)
