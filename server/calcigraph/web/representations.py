"""The formats that there are in, what may be offered to a client out."""

from __future__ import annotations

from calcigraph.rdf.formats import GRAPHS, PROFILED, RESULTS, Format, GraphFormat
from calcigraph.rdf.serialise import write_graph as write_graph
from calcigraph.web.protocol.negotiation import HTML, Offer


def offer(form: Format) -> Offer:
    """A format of the table as something to negotiate about."""
    aliases = (*form.media_types[1:], *form.generic)
    names = (form.short, *form.names)
    return Offer(form.media_type, form.key, aliases, frozenset(form.profiles), names, form.suffixes[0])


GRAPH_OFFERS: tuple[Offer, ...] = tuple(map(offer, GRAPHS))
# The same media type as one of these, for who asks for its profile or by its name.
PROFILED_OFFERS: tuple[Offer, ...] = tuple(
    Offer(
        form.media_type,
        form.key,
        profiles=frozenset(form.profiles),
        suffix=form.suffixes[0],
        profile=form.profiles[0],
    )
    for form in PROFILED
)
RESULT_OFFERS: tuple[Offer, ...] = tuple(map(offer, RESULTS))
# A page, and the same as data.
DOCUMENT_OFFERS: tuple[Offer, ...] = (*GRAPH_OFFERS, HTML)
_BY_NAME = {form.key: form for form in (*GRAPHS, *PROFILED)}


def graph_format(chosen: Offer) -> GraphFormat:
    """The graph format that was offered as `chosen`."""
    return _BY_NAME[chosen.name]
