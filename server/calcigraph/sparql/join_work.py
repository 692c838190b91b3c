"""A query in, how much work it is to plan its joins out.

The planner's work grows with the cube of the patterns that are joined in a group: 100 take 0.8 s, 128 take
2 s. What OPTIONAL, MINUS, LATERAL, EXISTS, a sub-select and the branches of UNION hold is planned by itself;
what GRAPH and plain braces hold is joined with the group around them.
"""

from __future__ import annotations

from typing import Final

from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.tree import (
    Annotation,
    Collection,
    Exists,
    Lateral,
    Minus,
    Node,
    Optional,
    Property,
    ReifiedTriple,
    SequencePath,
    SubSelect,
    Template,
    Union,
    Values,
)

_MOST_JOINED: Final = 100
MOST_JOIN_WORK: Final = _MOST_JOINED**3
# In patterns: 40 unions of two plan for 0.24 s and 60 for 2.3 s; 100 tables or 100 sub-selects for 0.1 s.
_UNION: Final = 3
_TABLE: Final = 0.5


def join_work(query: ParsedQuery) -> int:
    """The cubes of the numbers of patterns that are joined, of all groups of the query together; 0 where
    there are so few in all of it that no grouping of them would matter.

    Cost: linear; a few sums in most queries.
    """
    weighed = sum(len(query.nodes(kind)) * weight for kind, weight in _WEIGHTS.items())
    counted = sum(_patterns(node) for kind in _COUNTED for node in query.nodes(kind))
    if weighed + counted <= _MOST_JOINED:
        return 0
    total, pending = 0.0, [_planned(query.tree)]
    while pending:
        joined, apart = _joined(pending.pop())
        total += joined**3
        pending += apart
    return int(total)


def _planned(part: Node) -> list[Node]:
    """What is below `part` but for the template of a CONSTRUCT, which is not joined with anything."""
    return [node for node in part.children() if not isinstance(node, Template)]


def _joined(pending: list[Node]) -> tuple[float, list[list[Node]]]:
    """How many patterns are joined in the nodes of a group, and what is in it that is planned by itself."""
    joined, apart = 0.0, list[list[Node]]()
    while pending:
        node = pending.pop()
        joined += _WEIGHTS.get(type(node), 0)
        if isinstance(node, Union):
            apart += map(_planned, node.groups)
        elif isinstance(node, Optional | Minus | Lateral | Exists):
            apart.append(_planned(node.group))
        elif isinstance(node, SubSelect):
            apart.append(_planned(node))
        else:
            joined += _patterns(node)
            pending += _planned(node)
    return joined, apart


def _patterns(node: Node) -> int:
    """How many triple patterns `node` adds to those of what is above and below it."""
    if isinstance(node, Property):
        return len(node.objects)
    if isinstance(node, SequencePath):
        return len(node.paths) - 1
    if isinstance(node, Collection):
        return len(node.items)
    return 0


_COUNTED: Final[tuple[type[Node], ...]] = (Property, SequencePath, Collection)
_WEIGHTS: Final[dict[type[Node], float]] = {
    Union: _UNION,
    Values: _TABLE,
    SubSelect: _TABLE,
    ReifiedTriple: 1,
    Annotation: 1,
}
