"""Triples and quads in, the bytes of any RDF format out; and what may be offered to a client."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.rdf.formats import GRAPHS, RESULTS, Format, GraphFormat
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import serialise
from calcigraph.web.protocol.negotiation import HTML, Offer


def offer(form: Format) -> Offer:
    """A format of the table as something to negotiate about."""
    aliases = (*form.media_types[1:], *form.generic)
    names = (form.short, *form.names)
    return Offer(form.media_type, form.key, aliases, frozenset(form.profiles), names, form.suffixes[0])


GRAPH_OFFERS: tuple[Offer, ...] = tuple(map(offer, GRAPHS))
RESULT_OFFERS: tuple[Offer, ...] = tuple(map(offer, RESULTS))
# A page, and the same as data.
DOCUMENT_OFFERS: tuple[Offer, ...] = (*GRAPH_OFFERS, HTML)
_BY_NAME = {form.key: form for form in GRAPHS}


def graph_format(chosen: Offer) -> GraphFormat:
    """The graph format that was offered as `chosen`."""
    return _BY_NAME[chosen.name]


def write_graph(quads: Iterable[ox.Quad], form: GraphFormat, prefixes: Prefixes) -> bytes:
    """The quads in that format, laid out for people, in an order that depends on them alone.

    TriG and N-Quads say which graphs each stands in, and say it in the default graph as well, which is all
    that some clients look into (SPARQL 1.1, section 13.1). JSON-LD has that alone: it is embedded in pages.
    """
    said = list(quads)
    unnamed = [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in said]
    return serialise(unnamed if form.key == "json-ld" else [*said, *unnamed], form, prefixes)
