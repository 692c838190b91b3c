"""Negotiation and caching over HTTP (RFC 9110 sections 12.5, 13): the same at every address, on both roots.

What a header means is tried on the function that reads it in test_http_negotiation.py; here every
address that sends more than one format is asked in the ways that the specification tells apart.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
from urllib.parse import urlencode

import pytest

from calcigraph.rdf.formats import GRAPHS
from conftest import BROWSER, Server
from polling import MOST_S

PROFILE = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"'
# What is asked for, and what comes where all RDF formats are offered.
ASKED = [
    (None, "text/turtle"),
    ("", "text/turtle"),
    ("*/*", "text/turtle"),
    ("text/turtle;version=1.2", "text/turtle"),
    ("TEXT/TURTLE", "text/turtle"),
    (PROFILE, "application/ld+json"),
    ("text/turtle;q=0.5, application/n-triples", "application/n-triples"),
    ("application/rdf+xml;q=0.2, text/turtle;q=0.1", "application/rdf+xml"),
    ("text/*;q=0.9, application/*;q=0.2, text/turtle;q=0.1, application/trig", "application/trig"),
    ("*/*;q=0.1, application/n-quads;q=0.2", "application/n-quads"),
    ("image/png, text/turtle;q=0.1", "text/turtle"),
    ("nonsense, text/turtle", "text/turtle"),
]


def negotiated(server: Server) -> list[str]:
    """Addresses of RDF documents that come in the format asked for."""
    smallest = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY COUNT(*) LIMIT 1"
    graph = server.rows(smallest)[0]["g"]
    construct = urlencode({"query": "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}"})
    return [
        "/sparql",
        f"/sparql?{construct}",
        "/.well-known/void",
        "/catalog",
        "/conformance",
        server.path_of(graph),
        f"/graphs?{urlencode({'graph': graph})}",
    ]


def redirecting(server: Server) -> list[str]:
    return ["/ontology", "/server", server.path_of(server.individuals(1)[0])]


def names() -> list[tuple[str, str]]:
    """Each name of a format of graphs, and the media type that it means."""
    return [
        (name, row.media_type)
        for row in GRAPHS
        for name in (row.key, row.key.upper(), row.short, *row.names, *row.media_types, *row.generic)
    ]


def fixed(server: Server) -> list[str]:
    """Addresses of one format each, and pages."""
    path = server.path_of(server.individuals(1)[0])
    return [
        *(f"{path}{suffix}" for suffix in (".ttl", ".html", ".jsonld", ".nt", ".rdf", ".trig", ".nq")),
        *("/ontology.ttl", "/ontology.html", "/server.ttl", "/server.html", "/conformance.html"),
        *("/questions", "/context.jsonld", "/openapi.json", "/sitemap.xml", "/robots.txt", "/llms.txt"),
        *("/search?q=a", "/", "/mappings.sssom.tsv"),
        f"/questions/{server.root.questions[0].slug}",
    ]


@pytest.mark.parametrize(("accept", "sent"), ASKED)
def test_every_address_sends_what_is_liked_best(server: Server, accept: str | None, sent: str) -> None:
    for path in negotiated(server):
        reply = server.get(path, accept)
        assert (reply.status, reply.type) == (200, sent), path
        assert "Accept" in reply.headers["vary"], path
    for path in redirecting(server):
        reply = server.get(path, accept)
        assert reply.status == 303, path
        assert server.get(reply.headers["location"], "image/png").type == sent, path
        assert "Accept" in reply.headers["vary"], path


def test_what_is_excluded_is_not_sent_though_anything_else_would_do(server: Server) -> None:
    for path in negotiated(server):
        reply = server.get(path, "text/turtle;q=0, */*")
        assert reply.status == 200, path
        assert reply.type != "text/turtle", path
        assert server.get(path, "*/*;q=0").status == 406, path


def test_a_more_specific_range_wins_wherever_it_stands(server: Server) -> None:
    for path in negotiated(server):
        for accept in ("*/*;q=0.9, text/turtle;q=0.1", "text/turtle;q=0.1, */*;q=0.9"):
            assert server.get(path, accept).type != "text/turtle", path
        for accept in ("text/*;q=0.1, text/turtle, */*;q=0.1", "*/*;q=0.1, text/turtle, text/*;q=0.1"):
            assert server.get(path, accept).type == "text/turtle", path


def test_header_lines_of_one_name_count_as_one_list(server: Server) -> None:
    for path in negotiated(server):
        opened = http.client.HTTPConnection("127.0.0.1", server.port, timeout=MOST_S)
        with contextlib.closing(opened) as connection:
            connection.putrequest("GET", path)
            connection.putheader("Accept", "image/png")
            connection.putheader("Accept", "application/n-triples")
            connection.endheaders()
            response = connection.getresponse()
            response.read()
        assert (response.status, response.headers.get_content_type()) == (200, "application/n-triples"), path


def test_a_browser_gets_a_page_wherever_there_is_one(server: Server) -> None:
    for path in ("/sparql", "/conformance", "/questions", f"/questions/{server.root.questions[0].slug}"):
        assert server.get(path, BROWSER).type == "text/html", path
    for path in redirecting(server):
        assert server.get(path, BROWSER).headers["location"].endswith(".html"), path


def test_nothing_that_fits_is_406_that_lists_what_there_is(server: Server) -> None:
    for path in [*negotiated(server), *redirecting(server)]:
        reply = server.get(path, "image/png")
        assert (reply.status, reply.type) == (406, "application/problem+json"), path
        assert "text/turtle" in reply.json["hint"], path
        assert "Accept" in reply.headers["vary"], path
        asked = server.request("HEAD", path, headers={"Accept": "image/png"})
        assert (asked.status, asked.body) == (406, b""), path


def test_format_in_the_address_wins_over_the_header(server: Server) -> None:
    for path in [*negotiated(server)]:
        joined = path + ("&" if "?" in path else "?") + "format=nt"
        assert server.get(joined, "application/rdf+xml").type == "application/n-triples", path


def test_everything_has_a_strong_etag_that_answers_304(server: Server) -> None:
    for path in [*negotiated(server), *fixed(server)]:
        reply = server.get(path)
        etag = reply.headers.get("etag", "")
        assert etag.startswith('"'), path
        assert etag.endswith('"'), path
        for given in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            again = server.get(path, If_None_Match=given)
            assert (again.status, again.body) == (304, b""), (path, given)
            # RFC 9110 section 15.4.5: what a cache needs to know comes with it.
            for name in ("etag", "cache-control", "vary", "content-location"):
                assert again.headers.get(name) == reply.headers.get(name), (path, name)
        assert server.get(path, If_None_Match='"other"').status == 200, path
        asked = server.request("HEAD", path, headers={"If-None-Match": etag})
        assert (asked.status, asked.body) == (304, b""), path


def test_head_is_get_without_the_body_everywhere(server: Server) -> None:
    for path in [*negotiated(server), *fixed(server), "/id/nothing", "/nowhere", "/sparql?query=ASK%7B"]:
        got, asked = server.get(path), server.request("HEAD", path)
        assert (asked.status, asked.body) == (got.status, b""), path
        for name in ("content-type", "content-length", "etag", "vary", "content-location", "link"):
            assert asked.headers.get(name) == got.headers.get(name), (path, name)


def test_each_format_has_an_etag_of_its_own(server: Server) -> None:
    for path in negotiated(server):
        types = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
        etags = [server.get(path, media_type).headers["etag"] for media_type in types]
        assert len(set(etags)) == len(etags), path
        assert server.get(path, types[1], If_None_Match=etags[0]).status == 200, path


def test_a_compressed_variant_is_the_same_with_an_etag_of_its_own(server: Server) -> None:
    seen = 0
    for path in [*negotiated(server), *fixed(server)]:
        plain, packed = server.get(path), server.get(path, Accept_Encoding="gzip")
        if "content-encoding" not in packed.headers:
            assert len(plain.body) < 2000 or plain.type == "application/gzip", path
            continue
        seen += 1
        assert gzip.decompress(packed.body) == plain.body, path
        assert "Accept-Encoding" in plain.headers["vary"], path
        assert "Accept-Encoding" in packed.headers["vary"], path
        assert packed.headers["etag"] != plain.headers["etag"], path
        assert packed.headers["etag"].startswith('"'), path
        again = server.get(path, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])
        assert (again.status, again.body) == (304, b""), path
        assert server.get(path, If_None_Match=packed.headers["etag"]).status == 200, path
    assert seen > 10


def test_another_version_of_the_data_has_other_etags(toy: Server, hostile: Server) -> None:
    # The second root is the first one with more data.
    for path in ("/ontology.ttl", "/id/pump-1.ttl", "/id/pump-1.html", "/catalog", "/sparql"):
        assert toy.get(path).headers["etag"] != hostile.get(path).headers["etag"], path
        assert hostile.get(path, If_None_Match=toy.get(path).headers["etag"]).status == 200, path


def test_a_page_names_its_other_formats_in_itself_and_in_its_headers(server: Server) -> None:
    path = server.path_of(server.individuals(1)[0])
    for page in (f"{path}.html", "/ontology.html", "/server.html", "/conformance.html"):
        reply = server.get(page)
        inside = set(re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)">', reply.text))
        assert len(inside) >= 6, page
        assert {target for _, target in inside} == {
            target for relation, target in reply.links if relation == "alternate"
        }, page
        for media_type, target in inside:
            other = server.get(target)
            assert (other.status, other.type) == (200, media_type), target


@pytest.mark.parametrize(("name", "media_type"), names())
def test_a_name_means_one_format_at_every_address(server: Server, name: str, media_type: str) -> None:
    """Where JSON of its own is sent as well, plain application/json means that."""
    plain = {"/conformance": {"application/json": "application/json"}}
    for path in negotiated(server):
        joined = f"{path}{'&' if '?' in path else '?'}{urlencode({'format': name})}"
        reply = server.get(joined, BROWSER)
        assert (reply.status, reply.type) == (200, plain.get(path, {}).get(name, media_type)), joined


@pytest.mark.parametrize("name", ["gif", "", "turtles", "application/", "text/turtle, text/html"])
def test_a_name_of_no_format_leaves_the_choice_to_accept_at_every_address(server: Server, name: str) -> None:
    for path in negotiated(server):
        joined = f"{path}{'&' if '?' in path else '?'}{urlencode({'format': name})}"
        for accept in ("application/n-triples", BROWSER, "application/rdf+xml", None):
            wished, plain = server.get(joined, accept), server.get(path, accept)
            assert (wished.status, wished.type) == (plain.status, plain.type), joined
        refused = server.get(joined, "image/png")
        assert refused.status == 406, joined
        assert "text/turtle, application/n-triples, application/ld+json" in refused.json["hint"]
