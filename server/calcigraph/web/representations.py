"""The formats that there are in, what may be offered to a client out."""

from __future__ import annotations

from calcigraph.rdf.formats import GRAPHS, RESULTS, Format, GraphFormat
from calcigraph.rdf.serialise import write_graph as write_graph
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
