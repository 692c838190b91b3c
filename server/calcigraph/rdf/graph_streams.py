"""Triples in, as many as there are; a graph format out, as they come.

Few are laid out for people, as documents are (see `serialise`), where the format has a layout. More are
written in their order, so that what this takes in memory does not follow their number; only flattened JSON-LD
needs all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import IO, Final

import pyoxigraph as ox

from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.jsonld import stream_jsonld
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.rdf_xml import write_rdf_xml
from calcigraph.rdf.serialise import serialise

# Laying out takes some 20 microseconds a triple, three times as long as writing them as they come.
MOST_LAID_OUT: Final = 300
# Prefixes that the first triples use are declared; one that only a later triple uses is not.
LOOKED_AT: Final = 2000
_LAID_OUT: Final = ("turtle", "trig", "json-ld", "json-ld-expanded")
_FLATTENED: Final = "json-ld-flattened"


def write_graph_stream(
    triples: Iterable[ox.Triple], form: GraphFormat, prefixes: Prefixes, out: IO[bytes]
) -> None:
    """Write `triples` to `out`; of `prefixes` those are declared that the first of them use.

    Raises: FormatUnfit; OSError from `out`.
    """
    iterator = iter(triples)
    head = list(islice(iterator, LOOKED_AT)) if form.has_prefixes or form.key in _LAID_OUT else []
    if form.key == _FLATTENED:
        out.write(serialise(iterator, form))
    elif head and len(head) <= MOST_LAID_OUT and form.key in _LAID_OUT:
        out.write(serialise(head, form, prefixes))
    else:
        _streamed(chain(head, iterator), form, _used(prefixes, head) if form.has_prefixes else {}, out)


def _streamed(
    triples: Iterable[ox.Triple], form: GraphFormat, prefixes: Mapping[str, str], out: IO[bytes]
) -> None:
    if form.key.startswith("json-ld"):
        for piece in stream_jsonld(triples, Prefixes(prefixes) if form.has_prefixes else None):
            out.write(piece)
    elif form.key == "rdf-xml":
        write_rdf_xml(triples, prefixes, out)
    else:
        ox.serialize(triples, out, NATIVE_GRAPHS[form.key], prefixes=dict(prefixes))


def _used(prefixes: Prefixes, triples: list[ox.Triple]) -> dict[str, str]:
    """The part of the table that shortens an IRI of these triples."""
    nodes = {node for triple in triples for node in _nodes(triple)}
    names = {prefixes.shrink(node).partition(":")[0] for node in nodes}
    return {prefix: iri for prefix, iri in prefixes.mapping.items() if prefix in names}


def _nodes(triple: ox.Triple) -> Iterator[ox.NamedNode]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode):
            yield term
        elif isinstance(term, ox.Literal) and term.language is None:
            yield term.datatype
