"""HAVING and ORDER BY of a grouped query may name a variable that is no key: it stands for one of its values
in the group (SPARQL 1.1, section 18.2.4.1: each variable outside of aggregates is replaced by Sample of it).

The engine takes it for unbound, so that HAVING is never true and ORDER BY has no effect. SAMPLE is written
around it. BOUND takes no expression, so that what it asks of such a variable is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.sparql.conditions import keys_of, levels, outside_aggregates
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import in_scope, is_grouped, selected
from calcigraph.sparql.tree import (
    BuiltInCall,
    GroupBy,
    Having,
    Node,
    OrderBy,
    Query,
    SelectClause,
    SubSelect,
    Variable,
)


def sampled(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """The variables of HAVING and ORDER BY that are no keys, with SAMPLE. Cost: none without GROUP BY."""
    if not query.nodes(GroupBy) or len(query.nodes(Having)) + len(query.nodes(OrderBy)) == 0:
        return {}
    found: dict[Node, Replacement] = {}
    for level in levels(query):
        for variable in _ungrouped(level):
            around = query.parent(variable)
            if isinstance(around, BuiltInCall) and around.name == "BOUND":
                raise refusal(
                    query,
                    variable,
                    f"?{variable.name} is not grouped, and BOUND cannot be asked of one of its values.",
                    "Count it: COUNT(?x) > 0 is true where a solution of the group has it.",
                )
            found[variable] = partial(_sample, variable.name)
    return found


def _sample(name: str, _write: Callable[[Node], str]) -> str:
    return f"SAMPLE(?{name})"


def _ungrouped(level: Query | SubSelect) -> Iterator[Variable]:
    clause = level.select if isinstance(level, SubSelect) else level.head
    if level.where is None or not isinstance(clause, SelectClause) or not is_grouped(level):
        return
    ungrouped = in_scope(level.where).keys() - set(keys_of(level))
    for modifier in level.modifiers:
        if isinstance(modifier, Having | OrderBy):
            # What SELECT names is known where its solutions are sorted.
            known = selected(level).keys() if isinstance(modifier, OrderBy) else ()
            for variable in outside_aggregates(modifier):
                if variable.name in ungrouped and variable.name not in known:
                    yield variable
