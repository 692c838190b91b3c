"""A parsed query in, its groups out that are written otherwise, so that no group is evaluated anew from the
beginning for each solution before it."""

from __future__ import annotations

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.rewriting.chain import Chain
from calcigraph.engine.rewriting.estimates import Estimates
from calcigraph.engine.rewriting.existence import ExistsGroups
from calcigraph.engine.rewriting.joined import JOINED
from calcigraph.engine.rewriting.joins import link, put_in_order
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import certain
from calcigraph.sparql.tree import (
    Bind,
    Filter,
    GraphPattern,
    Group,
    Lateral,
    Minus,
    Node,
    Optional,
    Pattern,
    Query,
    SubSelect,
    Union,
)

_NONE: frozenset[str] = frozenset()


def looked_up(query: ParsedQuery, context: Context) -> dict[Node, Replacement]:
    """The groups of `query` that are joined part by part: see `joins` and `existence`.

    Cost: some passes over the groups; none where the query has one group and no more.
    """
    if len(query.nodes(Group)) < 2:
        return {}
    groups = _Groups(query, context)
    groups.select(query.tree)
    return groups.replacements


class _Groups:
    def __init__(self, query: ParsedQuery, context: Context) -> None:
        self.replacements: dict[Node, Replacement] = {}
        self._sizes = Estimates(query, context)
        self._exists = ExistsGroups(query, self.replacements)

    def select(self, query: Query | SubSelect) -> None:
        """Look at the group of a query, and at the EXISTS around it."""
        if query.where is None:
            return
        self._group(query.where, _NONE)
        head = query.head if isinstance(query, Query) else query.select
        for part in (*([head] if head is not None else []), *query.modifiers):
            self._exists.below(part, certain(query.where))

    def _group(self, group: Group, outside: frozenset[str]) -> None:
        """`outside` are variables that have values before the group is evaluated, where that is known."""
        if group.elements and isinstance(group.elements[0], SubSelect):
            self.select(group.elements[0])
            return
        chain = Chain()
        run: list[Pattern] = []
        filters = [element for element in group.elements if isinstance(element, Filter)]
        for element in group.elements:
            if isinstance(element, JOINED):
                run.append(element)
            elif element not in filters:
                put_in_order(chain, run, outside, self._sizes, self._visit)
                run = []
                self._apart(element, outside | chain.bound)
                chain.join(link(element))
        put_in_order(chain, run, outside, self._sizes, self._visit)
        for element in filters:
            chain.join(link(element))
            self._exists.below(element, outside | chain.bound)
        if chain.is_rewritten:
            self.replacements[group] = chain.written

    def _apart(self, element: Pattern, bound: frozenset[str]) -> None:
        """OPTIONAL, MINUS, BIND and LATERAL, which take what stands before them."""
        if isinstance(element, Bind):
            self._exists.below(element, bound)
        elif isinstance(element, Optional | Lateral):
            self._group(element.group, bound)
        elif isinstance(element, Minus):
            self._group(element.group, _NONE)

    def _visit(self, element: Pattern, bound: frozenset[str]) -> None:
        if isinstance(element, Group):
            self._group(element, bound)
        elif isinstance(element, Union):
            for group in element.groups:
                self._group(group, bound)
        elif isinstance(element, GraphPattern):
            self._group(element.group, bound)
