"""The text of a query in, its text with its tree out, and the nodes of the tree by their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from calcigraph.sparql.parser import Replacement, parse_query, printed
from calcigraph.sparql.tree import Node, Query, walk

_N = TypeVar("_N", bound=Node)


@dataclass(frozen=True, eq=False)
class ParsedQuery:
    """A query as text and as tree. Passes ask it for the nodes that they are about, so that the tree is
    walked once for all of them."""

    text: str
    tree: Query

    @classmethod
    def of(cls, text: str) -> ParsedQuery:
        """Read `text`. Cost: about 4 microseconds a token. Raises: SparqlMalformed, SparqlTooDeep."""
        return cls(text, parse_query(text))

    def nodes(self, kind: type[_N]) -> Sequence[_N]:
        """Every node of exactly this class, in the order of the text. Cost: one walk for all kinds."""
        # What a cast of `typing` says, without its call: this is asked dozens of times for each query.
        found: Sequence[Any] = self._by_kind.get(kind, ())
        return found

    def parent(self, node: Node) -> Node:
        """The node right above `node`, which is not the whole query. Cost: one walk, at the first call."""
        return self._parents[node]

    def around(self, node: Node) -> Iterator[Node]:
        """The nodes above `node`, from its parent on to the whole query."""
        while node is not self.tree:
            node = self._parents[node]
            yield node

    def written(self, node: Node) -> str:
        """The text of `node`."""
        return self.text[node.start : node.end]

    def replaced(self, replacements: Mapping[Node, Replacement]) -> str:
        """The text, with what is to be replaced in it replaced; see `parser.printed`."""
        if not replacements:
            return self.text
        start, end = self.tree.start, self.tree.end
        return self.text[:start] + printed(self.text, self.tree, replacements) + self.text[end:]

    @cached_property
    def _by_kind(self) -> Mapping[type[Node], Sequence[Node]]:
        found: dict[type[Node], list[Node]] = {}
        for node in walk(self.tree):
            found.setdefault(type(node), []).append(node)
        return found

    @cached_property
    def _parents(self) -> Mapping[Node, Node]:
        return {child: node for node in walk(self.tree) for child in node.children()}
