"""Sub-selects in, the same sub-selects out with the graph among their results (SPARQL 1.1, section 18.2.4).

For W of `graph_groups`, with the graph ?g: what is selected has ?g beside it, so DISTINCT is within a graph;
groups are made by ?g first. LIMIT and OFFSET count within a graph: LATERAL evaluates the sub-select once for
each. Aggregates without GROUP BY make one solution of no solution as well: where a graph has none, the same
expressions are evaluated over nothing.
"""

from __future__ import annotations

from calcigraph.engine.corrections.graph_groups import GraphWriter, NotMovable, Surroundings
from calcigraph.engine.corrections.kept_apart import has_exists
from calcigraph.sparql.scope import is_grouped, selected
from calcigraph.sparql.tree import GroupBy, Modifier, OrderBy, Slice, SubSelect


def select_of_each_graph(writer: GraphWriter, query: SubSelect, place: Surroundings) -> str:
    """The elements of a group that are `query` in each graph of `place`."""
    if is_grouped(query) and not any(isinstance(each, GroupBy) for each in query.modifiers):
        return _aggregated(writer, query, place)
    text = _select(writer, query, place, query.modifiers)
    if any(isinstance(modifier, Slice) for modifier in query.modifiers):
        return f"GRAPH {place.graph} {{}} LATERAL {{ {text} }}"
    return text


def _select(
    writer: GraphWriter, query: SubSelect, place: Surroundings, modifiers: tuple[Modifier, ...]
) -> str:
    quantifier = query.select.quantifier or ""
    where = writer.braced(query.where, place)
    tail = _tail(writer, query, place, modifiers)
    return f"SELECT {quantifier} {place.graph} {_items(writer, query, place)} {where} {tail}"


def _items(writer: GraphWriter, query: SubSelect, place: Surroundings) -> str:
    if query.select.lists_all:
        names = [place.name(name) for name in selected(query)]
    else:
        names = [writer.text(item, place) for item in query.select.items]
    return " ".join(name for name in names if name != place.graph)


def _modifier(writer: GraphWriter, modifier: Modifier, place: Surroundings) -> str:
    if not isinstance(modifier, GroupBy):
        return writer.text(modifier, place)
    conditions = " ".join(writer.text(each, place) for each in modifier.conditions)
    return f"GROUP BY {place.graph} {conditions}"


def _aggregated(writer: GraphWriter, query: SubSelect, place: Surroundings) -> str:
    """Aggregates without GROUP BY: one solution for each graph, or none by HAVING, LIMIT or OFFSET."""
    kept = tuple(each for each in query.modifiers if not isinstance(each, OrderBy | Slice))
    if has_exists(query.select) or any(map(has_exists, kept)):
        raise NotMovable
    slices = (each for each in query.modifiers if isinstance(each, Slice))
    if any((each.keyword == "LIMIT") == (each.number == 0) for each in slices):
        return f"GRAPH {place.graph} {{}} FILTER(false)"
    grouped = (
        f"SELECT {place.graph} {_items(writer, query, place)} {writer.braced(query.where, place)}"
        f" GROUP BY {place.graph} {_tail(writer, query, place, kept)}"
    )
    copied = writer.copy(place, query)
    # A sub-select of its own, as else a LATERAL around it would put values into the EXISTS.
    nothing = f"GRAPH {place.graph} {{}} FILTER NOT EXISTS {writer.braced(query.where, copied)}"
    items, tail = _items(writer, query, place), _tail(writer, query, place, kept)
    of_nothing = f"SELECT {items} {{ FILTER(false) }} {tail}"
    return f"{{ {grouped} }} UNION {{ {{ SELECT {place.graph} {{ {nothing} }} }} {{ {of_nothing} }} }}"


def _tail(writer: GraphWriter, query: SubSelect, place: Surroundings, modifiers: tuple[Modifier, ...]) -> str:
    parts = [_modifier(writer, each, place) for each in modifiers]
    if query.values is not None:
        parts.append(writer.text(query.values, place))
    return " ".join(parts)
