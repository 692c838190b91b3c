"""Triples or quads in, the bytes of one of the graph formats out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.rdf.formats import Format
from calcigraph.rdf.jsonld import write_jsonld
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import show_term
from calcigraph.rdf.turtle import write_turtle

Statement = ox.Triple | ox.Quad


def serialise(statements: Iterable[Statement], target: Format, prefixes: Prefixes | None = None) -> bytes:
    """A graph, or a dataset where the format can name graphs, as UTF-8, in an order that does not change.

    Duplicates are written once; in a format that names no graphs, the graphs of quads are merged. Lexical
    forms are kept. Meant for answers and files that people read, because all statements are sorted in
    memory (about 10 microseconds a triple); a dump streams through pyoxigraph's own serialisers.
    """
    table = prefixes or Prefixes()
    quads = {s if isinstance(s, ox.Quad) else ox.Quad(s.subject, s.predicate, s.object) for s in statements}
    if not target.has_graphs:
        quads = {ox.Quad(q.subject, q.predicate, q.object) for q in quads}
    if target.key == "json-ld":
        return write_jsonld(quads, table).encode()
    if target.key in ("turtle", "trig"):
        return _turtle(quads, table).encode()
    assert isinstance(target.native, ox.RdfFormat)
    ordered = sorted(quads, key=str)
    if target.has_graphs:
        return ox.serialize(ordered, format=target.native) or b""
    triples = [quad.triple for quad in ordered]
    return ox.serialize(triples, format=target.native, prefixes=dict(table.mapping)) or b""


def _turtle(quads: set[ox.Quad], prefixes: Prefixes) -> str:
    graphs: dict[object, list[ox.Triple]] = defaultdict(list)
    homes: dict[object, set[object]] = defaultdict(set)
    for quad in quads:
        graphs[quad.graph_name].append(quad.triple)
        for node in (quad.subject, quad.object, quad.graph_name):
            homes[node].add(quad.graph_name)
    # A blank node that stands in two graphs needs its label in both.
    labelled = {node for node, names in homes.items() if len(names) > 1} | set(graphs)
    parts = [prefixes.turtle()] if prefixes.mapping else []
    for name in sorted(graphs, key=str):
        if isinstance(name, ox.NamedNode | ox.BlankNode):
            body = write_turtle(graphs[name], prefixes, indent="    ", labelled=labelled)
            parts.append(f"{show_term(name, prefixes)} {{\n{body}}}\n")
        else:
            parts.append(write_turtle(graphs[name], prefixes, labelled=labelled))
    return "\n".join(parts)
