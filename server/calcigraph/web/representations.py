"""Triples and quads in, the bytes of any RDF format out; and what may be offered to a client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from calcigraph.rdf.formats import ALIASES, GRAPHS, RESULTS, Format
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.turtle import write_turtle
from calcigraph.web.json_ld import COMPACTED, write_json_ld
from calcigraph.web.protocol.negotiation import Offer

HTML = Offer("text/html", "html", ("application/xhtml+xml",))
JSON = Offer("application/json", "json", ("text/json",))


def offer(form: Format) -> Offer:
    """A format of the table as something to negotiate about."""
    generic = tuple(name for name, keys in ALIASES.items() if keys.get(form.kind) == form.key)
    profiles = frozenset({COMPACTED} if form.key == "json-ld" else ())
    return Offer(form.media_type, form.key, form.media_types[1:] + generic, profiles, form.suffixes[0][1:])


GRAPH_OFFERS: tuple[Offer, ...] = tuple(map(offer, GRAPHS))
RESULT_OFFERS: tuple[Offer, ...] = tuple(map(offer, RESULTS))
SUFFIXES: dict[str, Offer] = {
    ".html": HTML,
    **{form.suffixes[0]: chosen for form, chosen in zip(GRAPHS, GRAPH_OFFERS, strict=True)},
}
SUFFIX_OF: dict[str, str] = {chosen.name: suffix for suffix, chosen in SUFFIXES.items()}
_BY_NAME = {form.key: form for form in GRAPHS}


def graph_format(chosen: Offer) -> Format:
    """The graph format that was offered as `chosen`."""
    return _BY_NAME[chosen.name]


def write_graph(quads: Sequence[ox.Quad], form: Format, prefixes: Prefixes) -> bytes:
    """The quads in that format; a format without graphs gets each triple once.

    Turtle is laid out for people, and its order depends on the triples alone. Cost: linear.
    """
    if form.key == "turtle":
        used = prefixes_of((quad.triple for quad in quads), prefixes)
        return f"{used.turtle()}\n{write_turtle((quad.triple for quad in quads), used)}".encode()
    if form.key == "json-ld" and not any(isinstance(quad.object, ox.Triple) for quad in quads):
        triples = {quad.triple for quad in quads}
        return write_json_ld(triples, prefixes_of(triples, prefixes))
    known = dict(prefixes_of((quad.triple for quad in quads), prefixes).mapping)
    native = form.native
    assert isinstance(native, ox.RdfFormat)
    if form.has_graphs and form.key != "json-ld":
        ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad.triple)))
        return ox.serialize(ordered, format=native, prefixes=known) or b""
    ordered_triples = sorted({quad.triple for quad in quads}, key=str)
    return ox.serialize(ordered_triples, format=native, prefixes=known) or b""


def prefixes_of(triples: Iterable[ox.Triple], prefixes: Prefixes) -> Prefixes:
    """The part of the prefix table that the triples can make use of."""
    used: set[str] = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            node = term.datatype if isinstance(term, ox.Literal) else term
            if isinstance(node, ox.NamedNode):
                name = prefixes.shrink(node)
                if not name.startswith("<"):
                    used.add(name.partition(":")[0])
    return Prefixes({name: iri for name, iri in prefixes.mapping.items() if name in used})
