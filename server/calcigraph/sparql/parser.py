"""The text of a query or of an update in, its tree out; and a tree printed again.

Written by hand rather than made of a grammar file: see the measurements in CONTRIBUTING. It takes what
SPARQL 1.1 (section 19.8) and 1.2 take, and LATERAL and ADJUST, which the engine has. Some conditions that
are no part of the grammar are left to the engine, as that a label of a blank node stands in one group only.

Cost: linear, about 5 microseconds a token; a tree takes some 100 bytes a token. In a worker, or for texts
that are trusted: nothing here has a limit of time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from calcigraph.sparql.query_parser import QueryParser
from calcigraph.sparql.token_stream import SparqlMalformed, SparqlTooDeep
from calcigraph.sparql.tree import Node, Query, Term, Update, Values

__all__ = [
    "MOST_NESTED",
    "SparqlMalformed",
    "SparqlTooDeep",
    "as_written",
    "parse_query",
    "parse_update",
    "printed",
    "rows_of",
]
# The engine reads calls nested 976 deep no more: it crashes. Half of a tenth of that is more than people
# write.
MOST_NESTED: Final = 64


def parse_query(text: str, most_nested: int = MOST_NESTED) -> Query:
    """The tree of the query `text`. Raises: SparqlMalformed, SparqlTooDeep."""
    return QueryParser(text, most_nested).query()


def parse_update(text: str, most_nested: int = MOST_NESTED) -> Update:
    """The tree of the update `text`. Raises: SparqlMalformed, SparqlTooDeep."""
    return QueryParser(text, most_nested).update()


def rows_of(text: str, values: Values) -> Iterator[tuple[Term | None, ...]]:
    """The rows of a VALUES clause of `text`, one after the other; None stands for UNDEF. Raises:
    SparqlMalformed."""
    parser = QueryParser(text, MOST_NESTED)
    parser.jump(values.rows_start)
    while not parser.is_mark("}"):
        yield parser.row(values.has_brackets, len(values.variables))


# What a node is replaced by: given how to print what is below it, the text to put there.
Replacement = Callable[[Callable[[Node], str]], str]


def printed(text: str, node: Node, replacements: Mapping[Node, Replacement] | None = None) -> str:
    """The part of `text` that is `node`, with what is to be replaced in it replaced, however deep it stands.

    The function of a replacement is given the printer itself: with it, it prints the nodes below the one
    that it replaces, in which other replacements take place in turn. Cost: linear; none of it without
    replacements.
    """
    if not replacements:
        return text[node.start : node.end]
    return _Printer(text, replacements).written(node)


class _Printer:
    """A text, and what is to be replaced in it. No function that refers to itself: workers do not look for
    cycles while they answer."""

    def __init__(self, text: str, replacements: Mapping[Node, Replacement]) -> None:
        self._text = text
        self._replacements = replacements
        # Most of a text has nothing to be replaced in it, and is taken as it stands.
        self._starts = sorted(node.start for node in replacements)

    def written(self, node: Node) -> str:
        """The text of `node`, replaced or with what is in it replaced."""
        first = bisect_left(self._starts, node.start)
        if first == len(self._starts) or self._starts[first] > node.end:
            return self._text[node.start : node.end]
        replacement = self._replacements.get(node)
        return (
            as_written(self._text, node, self.written) if replacement is None else replacement(self.written)
        )


def as_written(text: str, node: Node, write: Callable[[Node], str]) -> str:
    """The part of `text` that is `node`, with what `write` says in the places of the nodes right below it:
    for a replacement that puts something around its own node."""
    pieces, at = [], node.start
    for child in node.children():
        # An inherited place: the same token is the end of one node and the beginning of another.
        pieces += [text[at : child.start], write(child)]
        at = child.end
    return "".join([*pieces, text[at : node.end]])
