"""Triples or quads in, the bytes of one of the graph formats out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Problem
from calcigraph.rdf.formats import GRAPHS, FormatIncomplete, GraphFormat
from calcigraph.rdf.jsonld import write_jsonld
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term, show_term
from calcigraph.rdf.turtle import TYPE, write_turtle
from calcigraph.rdf.vocabulary import RDF, XSD

TripleOrQuad = ox.Triple | ox.Quad
_UNSAID = (XSD["string"], RDF["langString"])
# Namespaces in XML 1.0, production NCName.
_START = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)


@cache  # compiling such large sets takes 20 ms, which no start has to wait for
def _ends_in_name() -> re.Pattern[str]:
    return re.compile(rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*\Z")


@cache
def _no_xml() -> re.Pattern[str]:
    """What is no character of XML 1.0, section 2.2."""
    return re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FormatUnfit(Problem):
    """A graph that a format cannot hold."""

    title = "The format cannot hold this graph"

    def __init__(self, form: str, what: str) -> None:
        super().__init__(f"{form} cannot hold {what}.", "Ask for Turtle or N-Triples, which hold everything.")


def serialise(
    statements: Iterable[TripleOrQuad], target: GraphFormat, prefixes: Prefixes | None = None
) -> bytes:
    """A graph, or a dataset where the format can name graphs, as UTF-8, in an order that does not change.

    Duplicates are written once; in a format that names no graphs, the graphs of quads are merged. Lexical
    forms are kept, and only the prefixes that are of use are declared. Meant for answers and files that
    people read, because all statements are sorted in memory (about 10 microseconds a triple); a dump streams
    through pyoxigraph's own serialisers.
    Raises: FormatUnfit where the format has no way to write one of the statements.
    """
    quads = {s if isinstance(s, ox.Quad) else ox.Quad(s.subject, s.predicate, s.object) for s in statements}
    if not target.has_graphs:
        quads = {ox.Quad(q.subject, q.predicate, q.object) for q in quads}
    useful = _useful(quads, prefixes) if prefixes and target.has_prefixes else Prefixes()
    return _WRITERS[target.key](quads, useful)


def write_graph(quads: Iterable[ox.Quad], form: GraphFormat, prefixes: Prefixes) -> bytes:
    """The quads in that format, laid out for people, in an order that depends on them alone.

    TriG and N-Quads say which graphs each stands in, and say it in the default graph as well, which is all
    that some clients look into (SPARQL 1.1, section 13.1). JSON-LD has that alone: it is embedded in pages.
    """
    said = list(quads)
    unnamed = [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in said]
    return serialise(unnamed if form.key == "json-ld" else [*said, *unnamed], form, prefixes)


def _lines(quads: set[ox.Quad], _prefixes: Prefixes) -> bytes:
    """N-Quads, or N-Triples where no graph is named: the two say a triple of the default graph alike."""
    return ox.serialize(sorted(quads, key=str), format=ox.RdfFormat.N_QUADS) or b""


def _json_ld(quads: set[ox.Quad], prefixes: Prefixes) -> bytes:
    if any(isinstance(quad.object, ox.Triple) for quad in quads):
        raise FormatUnfit("JSON-LD 1.1", "a triple inside a triple")
    return write_jsonld(quads, prefixes)


def _rdf_xml(quads: set[ox.Quad], prefixes: Prefixes) -> bytes:
    """RDF 1.1 XML Syntax: a predicate is the name of an element, a literal its text."""
    ends_in_name, no_xml = _ends_in_name(), _no_xml()
    triples = [quad.triple for quad in sorted(quads, key=str)]
    for triple in triples:
        value = triple.object
        if not ends_in_name.search(triple.predicate.value):
            raise FormatUnfit("RDF/XML", f"the predicate <{triple.predicate.value}>, which ends in no name")
        if isinstance(value, ox.Literal) and no_xml.search(value.value):
            raise FormatUnfit("RDF/XML", "a control character")
        if isinstance(value, ox.Triple):
            raise FormatUnfit("RDF/XML", "a triple inside a triple")
    text = ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=dict(prefixes.mapping)) or b""
    # A reader of XML takes a bare carriage return for a line feed (XML 1.0, section 2.11).
    return text.replace(b"\r", b"&#13;")


def _useful(quads: Iterable[ox.Quad], prefixes: Prefixes) -> Prefixes:
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
    return "\n".join(parts).encode()


Writer = Callable[[set[ox.Quad], Prefixes], bytes]
_WRITERS: Final[dict[str, Writer]] = {
    "turtle": _turtle,
    "trig": _turtle,
    "n-triples": _lines,
    "n-quads": _lines,
    "json-ld": _json_ld,
    "rdf-xml": _rdf_xml,
}


def check_writers(rows: Iterable[GraphFormat]) -> None:
    """Raises: FormatIncomplete for a format that nothing here writes."""
    for row in rows:
        if row.key not in _WRITERS:
            raise FormatIncomplete(row.key, "has no writer: add one to `calcigraph.rdf.serialise`")


check_writers(GRAPHS)
