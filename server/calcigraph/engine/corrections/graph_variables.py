"""`GRAPH` written so that the engine keeps the graphs apart, as section 18.6 of SPARQL 1.1 says.

What the engine makes of `GRAPH ?g`, and where that is right, stands in `kept_apart`. Where it is not, GRAPH
is moved inwards (`graph_groups`, `graph_selects`), which takes no longer for many graphs than for few. What
cannot be moved is written once for each graph, where these are few, and refused otherwise. A group in a
`GRAPH <iri>` that needs no triple has no solution where there is no such graph: that is asked in front of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from calcigraph.engine.corrections.correction import Context, refusal
from calcigraph.engine.corrections.graph_groups import GraphWriter, Surroundings
from calcigraph.engine.corrections.graph_selects import select_of_each_graph
from calcigraph.engine.corrections.kept_apart import keeps_apart, matches_triples
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tree import GraphPattern, Node, Service, Variable

# In the text of a query of 100 kB the engine needs 0.1 s to read it.
_MOST_SPELT_OUT: Final = 100_000


def graphs_kept_apart(query: ParsedQuery, context: Context) -> Mapping[Node, Replacement]:
    """The outermost GRAPH patterns in which something is to be written otherwise. Raises:
    CorrectionRefused."""
    patterns = query.nodes(GraphPattern)
    if all(map(_is_right, patterns)):
        return {}
    writer = GraphWriter(query, context, select_of_each_graph, _graph_by_graph)
    outermost = [
        each
        for each in patterns
        if not any(isinstance(above, GraphPattern | Service) for above in query.around(each))
    ]
    return {each: partial(_written, writer, each) for each in outermost}


def _is_right(pattern: GraphPattern) -> bool:
    if isinstance(pattern.name, Variable):
        return keeps_apart(pattern, pattern.name.name)
    return not pattern.group.elements or matches_triples(pattern.group)


def _written(writer: GraphWriter, pattern: GraphPattern, _write: Callable[[Node], str]) -> str:
    return writer.graph_pattern(pattern, Surroundings())


def _graph_by_graph(writer: GraphWriter, pattern: GraphPattern, place: Surroundings) -> str:
    """A union over all graphs, each by its name."""
    assert isinstance(pattern.name, Variable)
    variable, branches, length = place.name(pattern.name.name), list[str](), 0
    for number, graph in enumerate(writer.context.data.named_graphs()):
        inside = replace(place, graph=None, suffix=f"{place.suffix}_{number}")
        group = writer.braced(pattern.group, inside)
        branches.append(f"{{ GRAPH {graph} {{}} GRAPH {graph} {group} VALUES {variable} {{ {graph} }} }}")
        length += len(branches[-1])
        if length > _MOST_SPELT_OUT:
            reason = "There are too many graphs for a group that has to be asked for each of them by itself."
            raise refusal(writer.query, pattern, reason, "Name the graph.")
    return " UNION ".join(branches) or f"{{ VALUES {variable} {{}} }}"
