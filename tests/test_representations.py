"""What may be offered to a client, and graphs in the format that was chosen."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.rdf.formats import GRAPHS, RESULTS, GraphFormat
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.web.representations import (
    GRAPH_OFFERS,
    HTML,
    RESULT_OFFERS,
    SUFFIX_OF,
    SUFFIXES,
    graph_format,
    write_graph,
)

NODE = ox.NamedNode("urn:x:a")
QUADS = [ox.Quad(NODE, NODE, ox.Literal(str(n)), ox.NamedNode(f"urn:g:{n % 2}")) for n in range(4)]


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.key)
def test_graphs_are_named_in_files_of_quads_and_not_in_json_ld(form: GraphFormat) -> None:
    written = list(ox.parse(write_graph(QUADS, form, Prefixes()), format=NATIVE_GRAPHS[form.key]))

    assert {quad.triple for quad in written} == {quad.triple for quad in QUADS}
    named = form.key in ("trig", "n-quads")
    assert {quad.graph_name for quad in written} == (
        {quad.graph_name for quad in QUADS} if named else {ox.DefaultGraph()}
    )


def test_an_offer_says_all_that_its_format_says() -> None:
    for form, offer in zip((*GRAPHS, *RESULTS), (*GRAPH_OFFERS, *RESULT_OFFERS), strict=True):
        assert (offer.media_type, offer.name) == (form.media_type, form.key)
        assert offer.content_type == form.content_type
        assert set(offer.aliases) == {*form.media_types[1:], *form.generic}
        assert offer.profiles == set(form.profiles)
        assert {name for names in offer.called for name in names} == {
            *(form.key, form.short, *form.names, *form.media_types, *form.generic)
        }


def test_each_suffix_leads_to_an_offer_and_back() -> None:
    assert SUFFIXES[".html"] is HTML
    for form, offer in zip(GRAPHS, GRAPH_OFFERS, strict=True):
        assert SUFFIXES[form.suffixes[0]] is offer
        assert SUFFIX_OF[offer.name] == form.suffixes[0]
        assert graph_format(offer) is form
