"""Offsets in, parts of a query with line and column out."""

from __future__ import annotations

from calcigraph.emptiness.empty_reason import QueryPart
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.tree import Node

_LONGEST = 2000


class Places:
    """The places of one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def part(self, shown: str, start: int) -> QueryPart:
        """What reads as `shown` and begins at `start`; cut where it is very long."""
        cut = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
        return QueryPart(cut, *place_of(self._text, start))

    def of(self, node: Node) -> QueryPart:
        """A node as a part."""
        return self.part(self._text[node.start : node.end], node.start)
