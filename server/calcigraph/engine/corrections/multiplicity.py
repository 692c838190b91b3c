"""A node of a query in, out whether it matters how often the pattern there has a solution.

It does not inside of EXISTS and of MINUS (SPARQL 1.1, sections 18.6 and 18.5), nor under DISTINCT, ASK,
DESCRIBE, and CONSTRUCT where its template makes no blank nodes; but an aggregate, LIMIT and OFFSET of a
sub-select in between count, and so does what a call of RAND, UUID, STRUUID or BNODE tells apart.
"""

from __future__ import annotations

from typing import Final

from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.scope import is_grouped
from calcigraph.sparql.tree import (
    BlankNode,
    BlankNodeProperties,
    BuiltInCall,
    Collection,
    Exists,
    Minus,
    Node,
    Query,
    ReifiedTriple,
    Reifier,
    SelectClause,
    Service,
    Slice,
    SubSelect,
    walk,
)

_TELLING_APART: Final = frozenset(["RAND", "UUID", "STRUUID", "BNODE"])
# What makes a new node, in a template, of each solution (section 16.2).
_NEW_NODES: Final = BlankNode | BlankNodeProperties | Collection | ReifiedTriple | Reifier


def counts(query: ParsedQuery, node: Node) -> bool:
    """Whether another number of the same solutions of the pattern that `node` is can change the answer;
    False is sure. Cost: linear in the depth of the node and the calls of functions."""
    if any(call.name in _TELLING_APART for call in query.nodes(BuiltInCall)):
        return True
    for above in query.around(node):
        if isinstance(above, Exists | Minus):
            return False
        if isinstance(above, Service):
            return True
        if isinstance(above, Query | SubSelect):
            if is_grouped(above) and above.where is not None and _is_inside(above.where, node):
                return True
            if _is_distinct(above):
                return False
            if any(isinstance(modifier, Slice) for modifier in above.modifiers):
                return True
    if query.tree.form == "CONSTRUCT":
        return query.tree.head is None or any(isinstance(each, _NEW_NODES) for each in walk(query.tree.head))
    return query.tree.form == "SELECT"


def _is_inside(outer: Node, node: Node) -> bool:
    return outer.start <= node.start and node.end <= outer.end


def _is_distinct(query: Query | SubSelect) -> bool:
    clause = query.select if isinstance(query, SubSelect) else query.head
    return isinstance(clause, SelectClause) and clause.quantifier == "DISTINCT"
