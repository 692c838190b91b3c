"""/conformance: the outcomes of the W3C suites as a page, as EARL in every format, and as JSON."""

from __future__ import annotations

from html import unescape

import pyoxigraph as ox
import pytest
import rdflib

from calcigraph import conformance
from calcigraph.differences import differences
from conftest import BROWSER, Server

# rdflib 7.6 itself uses what it deprecates when it parses into a Dataset or looks into one.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset:DeprecationWarning")
FORMATS = {
    ".ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    ".nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    ".jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    ".rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ".trig": ("application/trig", ox.RdfFormat.TRIG),
    ".nq": ("application/n-quads", ox.RdfFormat.N_QUADS),
}
EARL = rdflib.Namespace("http://www.w3.org/ns/earl#")


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_report_is_the_same_graph_in_every_format(server: Server, suffix: str) -> None:
    media_type, form = FORMATS[suffix]
    reply = server.get(f"/conformance{suffix}", "image/png")
    assert (reply.status, reply.type) == (200, media_type)
    negotiated = server.get("/conformance", media_type)
    assert negotiated.body == reply.body
    assert negotiated.headers["content-location"] == f"/conformance{suffix}"
    assert "Accept" in negotiated.headers["vary"]
    triples = [quad.triple for quad in ox.parse(reply.body, form)]
    assert canonical(triples) == canonical(list(conformance.triples()))


def test_an_independent_reader_counts_what_the_page_says(server: Server) -> None:
    graph = rdflib.Graph().parse(data=server.get("/conformance").body, format="turtle")
    passed = len(list(graph.subjects(EARL.outcome, EARL.passed)))
    suites = server.get("/conformance", "application/json").json
    assert sum(suite.get("passed", 0) for suite in suites) == passed
    assert sum(suite["tests"] for suite in suites) == len(
        list(graph.subjects(rdflib.RDF.type, EARL.Assertion))
    )
    page = server.get("/conformance.html").text
    for suite in suites:
        assert f"{suite.get('passed', 0)} of {suite['tests']} tests have passed." in page


def test_anything_gives_turtle_a_browser_a_page_and_nothing_else_406(server: Server) -> None:
    assert server.get("/conformance").type == "text/turtle"
    assert server.get("/conformance", BROWSER).type == "text/html"
    assert server.get("/conformance", "application/json").type == "application/json"
    assert server.get("/conformance?format=rdf", BROWSER).type == "application/rdf+xml"
    assert server.get("/conformance", "image/png").status == 406
    assert server.get("/conformance.gif").status == 404
    assert server.request("DELETE", "/conformance").status == 405


def test_every_test_that_has_not_passed_stands_on_the_page_with_its_reason_and_a_link(server: Server) -> None:
    page = server.get("/conformance", BROWSER).text
    others = [result for suite in conformance.suites() for result in suite.others]
    assert others
    for result in others:
        assert f'<a href="{result.link}">{result.name}</a>' in page
        assert result.reason in page


def test_what_is_answered_otherwise_stands_on_the_page_with_an_example(server: Server) -> None:
    page = unescape(server.get("/conformance", BROWSER).text)
    assert len(differences()) > 30
    for row in differences():
        cells = (row.by_letter, row.answered)
        shown = f"<code>{row.expression}</code></th>" + "".join(
            f"<td><code>{cell}</code></td>" for cell in cells
        )
        assert shown in page


def test_the_report_has_an_etag_of_each_variant_and_links_to_the_others(server: Server) -> None:
    etags = {}
    for suffix in (*FORMATS, ".json", ".html"):
        reply = server.get(f"/conformance{suffix}")
        etags[suffix] = reply.headers["etag"]
        assert server.get(f"/conformance{suffix}", If_None_Match=etags[suffix]).status == 304
        others = {target for relation, target in reply.links if relation == "alternate"}
        assert others == {f"/conformance{o}" for o in (*FORMATS, ".json", ".html") if o != suffix}
        asked = server.request("HEAD", f"/conformance{suffix}")
        assert (asked.status, asked.body) == (200, b"")
        assert asked.headers["content-length"] == reply.headers["content-length"]
    assert len(set(etags.values())) == len(etags)


def test_the_report_is_found_from_every_page_and_by_machines(server: Server) -> None:
    assert 'href="/conformance.html"' in server.get("/", BROWSER).text
    assert 'href="/conformance.html"' in server.get("/ontology.html").text
    assert f"{server.base}/conformance.html" in server.get("/sitemap.xml").text
    assert "/conformance" in server.get("/openapi.json").json["paths"]
