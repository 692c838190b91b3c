"""Linked data: each IRI of a root redirects to what was asked for, and every format says the same."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from conftest import BROWSER, Server

# rdflib 7.6 itself uses what it deprecates when it parses into a Dataset or looks into one.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset:DeprecationWarning")
SERVER = "https://w3id.org/calcigraph/server#"
SUFFIXES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".html": "text/html",
}
PARSERS = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".jsonld": "json-ld",
    ".rdf": "xml",
    ".trig": "trig",
    ".nq": "nquads",
}
OF_ONE_GRAPH = (".ttl", ".nt", ".rdf")
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def graph(data: str | bytes, suffix: str) -> rdflib.Graph:
    """The triples of a document, whichever graph they stand in, as an independent parser reads them."""
    merged = rdflib.Graph()
    if suffix in OF_ONE_GRAPH:
        return merged.parse(data=data, format=PARSERS[suffix])
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=data, format=PARSERS[suffix])
    for s, p, o, _ in dataset.quads():
        merged.add((s, p, o))
    return merged


@pytest.mark.parametrize(("suffix", "media_type"), SUFFIXES.items())
def test_accept_leads_to_the_document_of_that_type(server: Server, suffix: str, media_type: str) -> None:
    path = server.path_of(server.individuals(1)[0])
    reply = server.get(path, media_type)
    assert reply.status == 303
    assert reply.headers["location"] == path + suffix
    assert "Accept" in reply.headers["vary"]


def test_anything_leads_to_turtle_and_a_browser_to_the_page(server: Server) -> None:
    path = server.path_of(server.individuals(1)[0])
    assert server.get(path).headers["location"] == path + ".ttl"
    assert server.get(path, "*/*").headers["location"] == path + ".ttl"
    assert server.get(path, BROWSER).headers["location"] == path + ".html"
    assert server.get(path + "?format=rdf", BROWSER).headers["location"] == path + ".rdf"
    assert server.get(path + "?format=gif").headers["location"] == path + ".ttl"
    assert server.get(path + "?format=gif", BROWSER).headers["location"] == path + ".html"
    assert server.get(path, "image/png").status == 406


@pytest.mark.parametrize(("suffix", "media_type"), SUFFIXES.items())
def test_a_document_is_not_negotiated_and_says_where_it_is(
    server: Server, suffix: str, media_type: str
) -> None:
    iri = server.individuals(1)[0]
    path = server.path_of(iri) + suffix
    reply = server.get(path, "image/png")
    assert (reply.status, reply.type) == (200, media_type)
    assert reply.headers["content-location"] == path
    assert ("describes", iri) in reply.links
    assert ("cite-as", iri) in reply.links
    assert any(relation == "license" for relation, _ in reply.links)
    others = {target for relation, target in reply.links if relation == "alternate"}
    assert others == {server.path_of(iri) + other for other in SUFFIXES if other != suffix}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_document_has_a_strong_etag_of_its_own(server: Server, suffix: str) -> None:
    path = server.path_of(server.individuals(1)[0])
    reply = server.get(path + suffix)
    etag = reply.headers["etag"]
    assert etag.startswith('"')
    assert server.get(path + suffix, If_None_Match=etag).status == 304
    assert server.get(path + suffix, If_None_Match="*").status == 304
    assert server.get(path + suffix, If_None_Match='"other"').status == 200
    assert all(server.get(path + other).headers["etag"] != etag for other in SUFFIXES if other != suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_head_says_what_get_would(server: Server, suffix: str) -> None:
    path = server.path_of(server.individuals(1)[0]) + suffix
    got, asked = server.get(path), server.request("HEAD", path)
    assert (asked.status, asked.body) == (200, b"")
    for name in ("content-type", "content-length", "etag", "content-location", "link"):
        assert asked.headers[name] == got.headers[name]


def test_every_format_of_a_resource_says_the_same_and_so_does_its_page(server: Server) -> None:
    for iri in server.individuals(12):
        path = server.path_of(iri)
        turtle = graph(server.get(path + ".ttl").body, ".ttl")
        assert (rdflib.URIRef(iri), None, None) in turtle
        for suffix in PARSERS:
            assert isomorphic(graph(server.get(path + suffix).body, suffix), turtle), (iri, suffix)
        (embedded,) = JSON_LD.findall(server.get(path + ".html").text)
        assert isomorphic(graph(embedded, ".jsonld"), turtle), iri


def test_a_description_holds_exactly_what_is_said_of_the_resource(server: Server) -> None:
    for iri in server.individuals(5):
        described = graph(server.get(server.path_of(iri) + ".nt").body, ".nt")
        (row,) = server.rows(f"SELECT (COUNT(*) AS ?n) {{ <{iri}> ?p ?o }}")
        assert len(list(described.triples((rdflib.URIRef(iri), None, None)))) == int(row["n"]) > 0


def test_trig_keeps_asserted_and_inferred_apart(server: Server) -> None:
    triple = server.inferred()
    dataset = rdflib.Dataset()
    dataset.parse(data=server.get(server.path_of(triple.subject.value) + ".trig").body, format="trig")
    spoken = tuple(rdflib.URIRef(t.value) for t in (triple.subject, triple.predicate, triple.object))
    graphs = {str(g) for *_, g in dataset.quads((*spoken, None))}
    # In the default graph as well, where clients look that know of no other.
    assert graphs == {f"{server.namespace}graph/inferred", str(rdflib.graph.DATASET_DEFAULT_GRAPH_ID)}


def test_a_page_marks_what_is_inferred_and_offers_to_explain_it(server: Server) -> None:
    triple = server.inferred()
    page = server.get(server.path_of(triple.subject.value) + ".html").text
    assert 'class="mark inferred"' in page
    links = [unescape(found) for found in re.findall(r'class="why" href="([^"]+)"', page)]
    assert links
    assert all(server.get(link, "application/json").status == 200 for link in links[:5])


def test_links_lead_back_from_the_other_end(server: Server) -> None:
    triple = server.inferred()
    spoken = tuple(rdflib.URIRef(t.value) for t in (triple.subject, triple.predicate, triple.object))
    assert spoken in graph(server.get(server.path_of(triple.object.value) + ".nt").body, ".nt")


def test_terms_of_the_ontology_answer_like_individuals(server: Server) -> None:
    rows = server.rows(
        "SELECT ?c { ?c a <http://www.w3.org/2002/07/owl#Class> "
        f"FILTER(STRSTARTS(STR(?c), '{server.namespace}ontology/')) }} ORDER BY ?c LIMIT 3"
    )
    assert rows
    for row in rows:
        path = server.path_of(row["c"])
        assert server.get(path).headers["location"] == path + ".ttl"
        assert server.follow(path, BROWSER).type == "text/html"


def named(triple: ox.Triple) -> bool:
    """Whether it holds between nodes that have a name, or a value."""
    return not any(isinstance(term, ox.BlankNode) for term in (triple.subject, triple.object))


def test_the_ontology_as_a_whole_holds_what_its_files_say_of_terms(server: Server) -> None:
    assert server.get("/ontology", BROWSER).headers["location"] == "/ontology.html"
    assert server.get("/ontology").headers["location"] == "/ontology.ttl"
    whole = graph(server.get("/ontology.nt").body, ".nt")
    files = {t for file in server.root.ontology for t in file.triples if named(t)}
    headers = {t.subject for t in files if t.object.value == "http://www.w3.org/2002/07/owl#Ontology"}
    of_terms = {t for t in files if t.subject not in headers}
    assert len(of_terms) > 20
    said = {tuple(map(str, triple)) for triple in whole}
    assert {(t.subject.value, t.predicate.value, t.object.value) for t in of_terms} <= said
    for suffix in (".ttl", ".jsonld", ".rdf", ".trig"):
        assert len(graph(server.get(f"/ontology{suffix}").body, suffix)) == len(whole)
    assert server.get("/ontology.gif").status == 404


def test_the_terms_of_the_server_are_described_where_their_iris_lead(server: Server) -> None:
    assert server.get("/server").headers["location"] == "/server.ttl"
    assert server.get("/server", BROWSER).headers["location"] == "/server.html"
    turtle = graph(server.get("/server.ttl").body, ".ttl")
    page = server.get("/server.html").text
    named = {str(s) for s in turtle.subjects() if str(s).startswith(SERVER)}
    assert f"{SERVER}Proposition" in named
    assert all(f'id="{iri.removeprefix(SERVER)}"' in page for iri in named)
    assert server.get("/server.gif").status == 404


def test_a_graph_answers_by_its_iri_and_by_name(server: Server) -> None:
    rows = server.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert len(rows) > 3
    for row in rows:
        direct = server.get(server.path_of(row["g"]), "application/n-triples")
        assert direct.status == 200
        assert len(graph(direct.body, ".nt")) == int(row["n"])
        named = server.get(f"/graphs?{urlencode({'graph': row['g']})}", "application/n-triples")
        assert named.body == direct.body
        assert server.get(server.path_of(row["g"]), If_None_Match=direct.headers["etag"]).status == 200


def test_the_default_graph_is_the_union_as_a_set(server: Server) -> None:
    (count,) = server.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    reply = server.get("/graphs?default", "application/n-triples")
    assert len(set(reply.body.splitlines())) == len(reply.body.splitlines()) == int(count["n"])


def test_a_graph_request_names_exactly_one_graph_that_there_is(server: Server) -> None:
    assert server.get("/graphs").status == 400
    assert server.get("/graphs?default&graph=urn:a").status == 400
    assert server.get("/graphs?graph=urn:a&graph=urn:b").status == 400
    assert server.get("/graphs?graph=relative").status == 400
    assert server.get("/graphs?graph=urn:nothing").status == 404
    assert server.get("/graph/nothing").status == 404
    assert server.get("/graphs?default", "image/png").status == 406
    assert server.request("PUT", "/graphs?default", b"").status == 405


def test_an_unknown_resource_is_404_with_the_nearest_labels(server: Server) -> None:
    iri = server.individuals(1)[0]
    mistyped = server.path_of(iri)[:-1]
    for path in (mistyped, f"{mistyped}.ttl", f"{mistyped}.html"):
        reply = server.get(path, "application/json")
        assert reply.status == 404
        assert server.path_of(iri) in [near["link"] for near in reply.json["nearest"]]
    page = server.get(mistyped, BROWSER)
    assert (page.status, page.type) == (404, "text/html")
    assert f'href="{server.path_of(iri)}"' in page.text


def test_a_deprecated_term_is_there_and_names_what_replaces_it(toy: Server) -> None:
    page = toy.get("/ontology/Engine.html")
    assert page.status == 200
    assert 'class="banner"' in page.text
    assert 'href="/ontology/Pump"' in page.text
    turtle = graph(toy.get("/ontology/Engine.ttl").body, ".ttl")
    replaced = (rdflib.URIRef(f"{toy.namespace}ontology/Engine"), rdflib.DCTERMS.isReplacedBy, None)
    assert replaced in turtle


def test_nested_blank_nodes_belong_to_the_description_with_their_lexical_forms(toy: Server) -> None:
    turtle = toy.get("/id/pump-1.ttl").text
    assert "plant:rating [ plant:amount 7.50" in turtle
    assert '"7.50"^^<http://www.w3.org/2001/XMLSchema#decimal>' in toy.get("/id/pump-1.nt").text
    assert "7.50" in toy.get("/id/pump-1.html").text


def test_a_page_follows_the_groups_names_and_order_of_the_shapes(toy: Server) -> None:
    page = toy.get("/id/pump-1.html").text
    places = [page.index(text) for text in ("What it is", "What it does", ">feeds<", ">reaches<", ">rating<")]
    assert places == sorted(places)


def test_right_to_left_text_is_marked_as_such(toy: Server) -> None:
    page = toy.get("/id/pump-1.html").text
    assert re.search(r'<span lang="ar" dir="auto">المضخة الأولى</span>', page)


@pytest.mark.parametrize("name", ["a%20b", "café", "dotted.ttl", "deep/er", "unnamed", "long", "hub"])
def test_hard_names_answer(hostile: Server, name: str) -> None:
    path = "/id/" + quote(name, safe="%/")
    assert hostile.get(path).status == 303
    for suffix in SUFFIXES:
        assert hostile.get(path + suffix).status == 200
    assert len(graph(hostile.get(path + ".nt").body, ".nt")) >= 1


def test_5000_incoming_links_come_in_pages_that_lead_on(hostile: Server) -> None:
    path: str | None = "/id/hub.html"
    seen: set[str] = set()
    while path is not None:
        page = hostile.get(path)
        assert page.status == 200
        assert len(page.body) < 150_000
        found = set(re.findall(r'href="(/id/spoke-\d+)"', page.text))
        assert found
        assert not found & seen
        seen |= found
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = unescape(following[1]) if following else None
    assert len(seen) == 5000
    assert hostile.get("/id/hub.html?incoming=x").status == 400


@pytest.mark.parametrize("offset", [0, 200])
def test_a_page_of_incoming_links_is_the_same_in_data_and_html(hostile: Server, offset: int) -> None:
    turtle = graph(hostile.get(f"/id/hub.ttl?incoming={offset}").body, ".ttl")
    (embedded,) = JSON_LD.findall(hostile.get(f"/id/hub.html?incoming={offset}").text)
    assert isomorphic(graph(embedded, ".jsonld"), turtle)
