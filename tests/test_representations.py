"""What may be offered to a client, and graphs in the format that was chosen."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.rdf.formats import GRAPHS, RESULTS, GraphFormat
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.request_problems import ResourceUnknown
from calcigraph.web.representations import (
    DOCUMENT_OFFERS,
    GRAPH_OFFERS,
    HTML,
    RESULT_OFFERS,
    graph_format,
    write_graph,
)

NODE = ox.NamedNode("urn:x:a")
QUADS = [ox.Quad(NODE, NODE, ox.Literal(str(n)), ox.NamedNode(f"urn:g:{n % 2}")) for n in range(4)]


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.key)
def test_quads_stand_in_their_graphs_and_in_the_default_graph(
    form: GraphFormat,
) -> None:
    written = list(ox.parse(write_graph(QUADS, form, Prefixes()), format=NATIVE_GRAPHS[form.key]))

    assert {quad.triple for quad in written} == {quad.triple for quad in QUADS}
    unnamed = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in QUADS}
    assert set(written) == ({*QUADS, *unnamed} if form.key in ("trig", "n-quads") else unnamed)
    assert len(written) == len(set(written))


def test_a_blank_node_is_one_in_all_graphs_of_a_file() -> None:
    node = ox.BlankNode("b")
    quads = [
        ox.Quad(NODE, NODE, node, ox.NamedNode("urn:g:0")),
        ox.Quad(node, NODE, ox.Literal("x"), ox.NamedNode("urn:g:1")),
    ]
    for form in GRAPHS:
        written = list(ox.parse(write_graph(quads, form, Prefixes()), format=NATIVE_GRAPHS[form.key]))
        assert len({term for q in written for term in (q.subject, q.object)} - {NODE, ox.Literal("x")}) == 1


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
    assert (*GRAPH_OFFERS, HTML) == DOCUMENT_OFFERS
    for form, offer in zip((*GRAPHS, *RESULTS), (*GRAPH_OFFERS, *RESULT_OFFERS), strict=True):
        assert offer.suffix == form.suffixes[0]
        assert suffixes.split(f"/a/b{offer.suffix}", (HTML, offer)) == ("/a/b", offer)
        assert suffixes.fixed(offer.suffix[1:], (HTML, offer)) is offer
    for form, offer in zip(GRAPHS, GRAPH_OFFERS, strict=True):
        assert graph_format(offer) is form


@pytest.mark.parametrize(
    ("path", "stem", "ending"),
    [
        ("/a.b.ttl", "/a.b", ".ttl"),
        ("/a.ttl/b", "/a.ttl/b", ""),
        ("/a", "/a", ""),
        ("/a.", "/a", "."),
        ("/.ttl", "/", ".ttl"),
    ],
)
def test_a_path_is_cut_at_the_last_dot_of_its_last_segment(path: str, stem: str, ending: str) -> None:
    assert suffixes.cut(path) == (stem, ending)
    chosen = GRAPH_OFFERS[0] if ending == ".ttl" else None
    assert suffixes.split(path, GRAPH_OFFERS) == ((stem, chosen) if chosen else (path, None))


def test_a_suffix_that_there_is_not_is_told_with_those_there_are() -> None:
    with pytest.raises(ResourceUnknown) as refused:
        suffixes.fixed("gif", (HTML, GRAPH_OFFERS[1]))
    assert "“.gif”" in refused.value.detail
    assert refused.value.remedy.endswith(": .html, .nt.")
