"""Statements in, Turtle that people read out, or TriG where they name graphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.rdf.colours import blank_nodes
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import show_term
from calcigraph.rdf.turtle import write_turtle


def write_trig(quads: Iterable[ox.Quad], prefixes: Prefixes) -> str:
    """The statements with the whole prefix table, in an order that depends on them alone where no blank node
    keeps its label (see `write_turtle`), and everywhere if they are canonical (`calcigraph.rdf.canonical`).

    Cost: some 20 microseconds a statement.
    """
    graphs: dict[object, list[ox.Triple]] = defaultdict(list)
    # A blank node that stands in two graphs needs its label in both.
    homes: dict[ox.BlankNode, set[object]] = defaultdict(set)
    for quad in quads:
        graphs[quad.graph_name].append(quad.triple)
        for node in blank_nodes(quad):
            homes[node].add(quad.graph_name)
    labelled = {node for node, names in homes.items() if len(names) > 1} | set(graphs)
    parts = [prefixes.turtle()] if prefixes.mapping else []
    for name in sorted(graphs, key=str):
        if isinstance(name, ox.NamedNode | ox.BlankNode):
            body = write_turtle(graphs[name], prefixes, indent="    ", labelled=labelled)
            parts.append(f"{show_term(name, prefixes)} {{\n{body}}}\n")
        else:
            parts.append(write_turtle(graphs[name], prefixes, labelled=labelled))
    return "\n".join(parts)
