"""GROUP BY (?x AS ?y) names a variable anew (SPARQL 1.1, section 11.2; section 19.8, production 20).

The engine knows such a name for any expression but a variable alone, and refuses the query. COALESCE of one
argument has its value, and is unbound where it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.expression_kinds import between, stripped
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import As, GroupBy, Node, Variable


def named_group_keys(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """Variables with a further name in GROUP BY."""
    conditions = (each for clause in query.nodes(GroupBy) for each in clause.conditions)
    return {
        condition.expression: between(query, condition.expression, "COALESCE(", ")")
        for condition in conditions
        if isinstance(condition, As)
        and condition.variable is not None
        and isinstance(stripped(condition.expression), Variable)
    }
