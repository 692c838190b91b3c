"""Triples or quads in, the bytes of one of the graph formats out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.formats import GRAPHS, PROFILED, FormatIncomplete, GraphFormat
from calcigraph.rdf.jsonld import write_expanded, write_jsonld
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.rdf_xml import write_rdf_xml
from calcigraph.rdf.terms import Term
from calcigraph.rdf.trig import write_trig
from calcigraph.rdf.turtle import TYPE
from calcigraph.rdf.vocabulary import RDF, XSD

TripleOrQuad = ox.Triple | ox.Quad
_UNSAID = (XSD["string"], RDF["langString"])


def serialise(
    statements: Iterable[TripleOrQuad], target: GraphFormat, prefixes: Prefixes | None = None
) -> bytes:
    """A graph, or a dataset where the format can name graphs, as UTF-8, in an order that does not change.

    Duplicates are written once; in a format that names no graphs, the graphs of quads are merged. Lexical
    forms are kept, and only the prefixes that are of use are declared. Meant for answers and files that
    people read, because all statements are sorted in memory (about 10 microseconds a triple); what may be
    long is written by `graph_streams`.
    Raises: FormatUnfit where the format has no way to write one of the statements.
    """
    quads = {s if isinstance(s, ox.Quad) else ox.Quad(s.subject, s.predicate, s.object) for s in statements}
    if not target.has_graphs:
        quads = {ox.Quad(q.subject, q.predicate, q.object) for q in quads}
    useful = useful_prefixes(quads, prefixes) if prefixes and target.has_prefixes else Prefixes()
    return _WRITERS[target.key](quads, useful)


def write_graph(quads: Iterable[ox.Quad], form: GraphFormat, prefixes: Prefixes) -> bytes:
    """The quads in that format, laid out for people, in an order that depends on them alone.

    TriG and N-Quads say which graphs each stands in, and say it in the default graph as well, which is all
    that some clients look into (SPARQL 1.1, section 13.1). JSON-LD has that alone: it is embedded in pages.
    """
    said = list(quads)
    unnamed = [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in said]
    return serialise(unnamed if form.key.startswith("json-ld") else [*said, *unnamed], form, prefixes)


def _lines(quads: set[ox.Quad], _prefixes: Prefixes) -> bytes:
    """N-Quads, or N-Triples where no graph is named: the two say a triple of the default graph alike."""
    return ox.serialize(sorted(quads, key=str), format=ox.RdfFormat.N_QUADS) or b""


def _json_ld(quads: set[ox.Quad], prefixes: Prefixes) -> bytes:
    return write_jsonld(quads, prefixes)


def _json_ld_expanded(quads: set[ox.Quad], _prefixes: Prefixes) -> bytes:
    return write_expanded(quads)


def _rdf_xml(quads: set[ox.Quad], prefixes: Prefixes) -> bytes:
    out = BytesIO()
    write_rdf_xml((quad.triple for quad in sorted(quads, key=str)), prefixes.mapping, out)
    return out.getvalue()


def useful_prefixes(quads: Iterable[ox.Quad], prefixes: Prefixes) -> Prefixes:
    """The part of the table that shortens a name of these quads; every format has its own word for a type."""
    nodes: set[ox.NamedNode] = set()
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            nodes.update(_named(term))
    nodes.discard(TYPE)
    names = {prefixes.shrink(node).partition(":")[0] for node in nodes}
    return Prefixes({prefix: iri for prefix, iri in prefixes.mapping.items() if prefix in names})


def _named(term: Term | ox.DefaultGraph) -> Iterator[ox.NamedNode]:
    """The IRIs that a term is written with; plain and tagged text needs none."""
    if isinstance(term, ox.NamedNode):
        yield term
    elif isinstance(term, ox.Literal) and term.datatype not in _UNSAID:
        yield term.datatype
    elif isinstance(term, ox.Triple):
        for part in (term.subject, term.predicate, term.object):
            yield from _named(part)


def _turtle(quads: set[ox.Quad], prefixes: Prefixes) -> bytes:
    return write_trig(quads, prefixes).encode()


Writer = Callable[[set[ox.Quad], Prefixes], bytes]
_WRITERS: Final[dict[str, Writer]] = {
    "turtle": _turtle,
    "trig": _turtle,
    "n-triples": _lines,
    "n-quads": _lines,
    "json-ld": _json_ld,
    "json-ld-expanded": _json_ld_expanded,
    "json-ld-flattened": _json_ld_expanded,
    "rdf-xml": _rdf_xml,
}


def check_writers(rows: Iterable[GraphFormat]) -> None:
    """Raises: FormatIncomplete for a format that nothing here writes."""
    for row in rows:
        if row.key not in _WRITERS:
            raise FormatIncomplete(row.key, "has no writer: add one to `calcigraph.rdf.serialise`")


check_writers((*GRAPHS, *PROFILED))
