"""`SELECT *`, `DESCRIBE *` and `COUNT(DISTINCT *)` with the variables that they stand for in its place.

The engine lists the variables of `*` by name; here they come in the order in which the query names them
first (SPARQL 1.1 leaves the order open in section 18.2.4.4). Other corrections add variables to groups: so
`*` is written out before any of them, in sub-selects too, and none of theirs is ever shown or counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from calcigraph.engine.corrections.correction import Context
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import in_scope, is_grouped, selected
from calcigraph.sparql.tree import (
    Aggregate,
    Described,
    Group,
    Node,
    Query,
    SelectClause,
    Star,
    SubSelect,
)


def written_out_stars(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """Every `*` of a SELECT or DESCRIBE as a list. One that stands for no variable is left in the query's
    own SELECT, and in a sub-select becomes a variable that nothing binds."""
    found: dict[Node, Replacement] = {}
    for star in query.nodes(Star):
        of = query.parent(query.parent(star))
        assert isinstance(of, Query | SubSelect)
        if is_grouped(of):
            # It is an error (section 18.2.4.4), of which the engine tells.
            continue
        listed = " ".join(f"?{name}" for name in _named_by_star(of))
        if not listed and isinstance(of, SubSelect):
            listed = f"?{context.fresh(query, 'none')}"
        if listed:
            found[star] = partial(_text, listed)
    for aggregate in query.nodes(Aggregate):
        if aggregate.argument is None and aggregate.is_distinct:
            group = _counted_group(query, aggregate)
            if group is not None and group not in found:
                listed = " ".join(f"?{name}" for name in in_scope(group))
                listed = listed or f"?{context.fresh(query, 'none')}"
                found[group] = partial(_enclosed, group, listed)
    return found


def lists_nothing(query: ParsedQuery) -> bool:
    """Whether the query is a `SELECT *` without a variable, so that none can be added without being shown."""
    head = query.tree.head
    return isinstance(head, SelectClause) and head.lists_all


def _named_by_star(of: Query | SubSelect) -> Mapping[str, None]:
    if isinstance(of, Query) and isinstance(of.head, Described):
        return in_scope(of.where) if of.where is not None else {}
    return selected(of)


def _counted_group(query: ParsedQuery, aggregate: Aggregate) -> Group | None:
    """The group whose solutions an aggregate of SELECT, HAVING or ORDER BY counts."""
    for node in query.around(aggregate):
        if isinstance(node, Query | SubSelect):
            return node.where
    return None


def _text(listed: str, _write: Callable[[Node], str]) -> str:
    return listed


def _enclosed(group: Group, listed: str, write: Callable[[Node], str]) -> str:
    inner = " ".join(write(element) for element in group.elements)
    return f"{{ {{ SELECT {listed} {{ {inner} }} }} }}"
