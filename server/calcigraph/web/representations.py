"""The formats that there are in, what may be offered to a client out."""

from __future__ import annotations

from calcigraph.rdf.formats import GRAPHS, RESULTS, Format, GraphFormat
from calcigraph.rdf.serialise import write_graph as write_graph
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
