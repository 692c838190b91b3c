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
    return Offer(form.media_type, form.key, aliases, frozenset(form.profiles), (form.short, *form.names))


GRAPH_OFFERS: tuple[Offer, ...] = tuple(map(offer, GRAPHS))
RESULT_OFFERS: tuple[Offer, ...] = tuple(map(offer, RESULTS))
SUFFIXES: dict[str, Offer] = {
    ".html": HTML,
    **{form.suffixes[0]: chosen for form, chosen in zip(GRAPHS, GRAPH_OFFERS, strict=True)},
}
SUFFIX_OF: dict[str, str] = {chosen.name: suffix for suffix, chosen in SUFFIXES.items()}
_BY_NAME = {form.key: form for form in GRAPHS}


def graph_format(chosen: Offer) -> GraphFormat:
    """The graph format that was offered as `chosen`."""
    return _BY_NAME[chosen.name]


def write_graph(quads: Iterable[ox.Quad], form: GraphFormat, prefixes: Prefixes) -> bytes:
    """The quads in that format, laid out for people, in an order that depends on them alone.

    TriG and N-Quads say which graph each stands in. JSON-LD does not: it is embedded in pages, whose
    readers look into the default graph alone, and so is one graph in a file of its own too.
    """
    statements = (quad.triple for quad in quads) if form.key == "json-ld" else quads
    return serialise(statements, form, prefixes)
