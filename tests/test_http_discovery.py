"""What machines look for first: service description, VoID, DCAT, dumps; all of it true."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, VOID

import calcigraph
from calcigraph.web import crawlers
from conftest import BROWSER, ROOTS, Server
from in_process import local_app

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
FORMATS = rdflib.Namespace("http://www.w3.org/ns/formats/")
ACCEPT = {
    "Turtle": "text/turtle",
    "N-Triples": "application/n-triples",
    "JSON-LD": "application/ld+json",
    "RDF_XML": "application/rdf+xml",
    "TriG": "application/trig",
    "N-Quads": "application/n-quads",
    "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_XML": "application/sparql-results+xml",
    "SPARQL_Results_CSV": "text/csv",
    "SPARQL_Results_TSV": "text/tab-separated-values",
}


def described(server: Server, path: str) -> rdflib.Graph:
    reply = server.get(path, "text/turtle")
    assert (reply.status, reply.type) == (200, "text/turtle")
    return rdflib.Graph().parse(data=reply.body, format="turtle")


def test_the_endpoint_describes_itself_in_rdf_and_as_a_form(server: Server) -> None:
    graph = described(server, "/sparql")
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert set(graph.objects(service, SD.endpoint)) == {rdflib.URIRef(f"{server.base}/sparql")}
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert server.get("/sparql", "application/ld+json").type == "application/ld+json"
    form = server.get("/sparql", BROWSER)
    assert form.type == "text/html"
    assert "<textarea" in form.text


def test_every_format_that_is_claimed_is_sent_and_the_other_way_round(server: Server) -> None:
    graph = described(server, "/sparql")
    claimed = {str(o).removeprefix(str(FORMATS)) for o in graph.objects(None, SD.resultFormat)}
    assert claimed == set(ACCEPT)
    for name, media_type in ACCEPT.items():
        query = "ASK {}" if "SPARQL" in name else "CONSTRUCT { <urn:a> <urn:b> 1 } WHERE {}"
        assert server.ask(query, media_type).type == media_type


def test_every_feature_that_is_claimed_is_true(server: Server) -> None:
    graph = described(server, "/sparql")
    assert set(graph.objects(None, SD.feature)) == {SD.UnionDefaultGraph}
    somewhere = server.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert int(server.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]) > 0
    assert int(somewhere[0]["n"]) > 0


def test_the_named_graphs_and_their_sizes_are_those_that_queries_see(server: Server) -> None:
    graph = described(server, "/sparql")
    claimed = {
        str(next(graph.objects(named, SD.name))): int(
            next(graph.objects(next(graph.objects(named, SD.graph)), VOID.triples))
        )
        for named in graph.subjects(RDF.type, SD.NamedGraph)
    }
    rows = server.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert claimed == {row["g"]: int(row["n"]) for row in rows}
    default = next(graph.objects(next(graph.subjects(SD.defaultGraph)), SD.defaultGraph))
    (count,) = server.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(next(graph.objects(default, VOID.triples))) == int(count["n"])


def test_the_catalogue_lists_dumps_with_their_true_size_and_checksum(server: Server) -> None:
    graph = described(server, "/catalog")
    addresses = set(graph.objects(None, DCAT.downloadURL))
    assert len(addresses) == 2
    for address in addresses:
        dump = server.get(str(address).removeprefix(server.base))
        (distribution,) = graph.subjects(DCAT.downloadURL, address)
        assert dump.status == 200
        assert "immutable" in dump.headers["cache-control"]
        (newest,) = graph.objects(distribution, DCAT.accessURL)
        assert server.get(str(newest).removeprefix(server.base)).body == dump.body
        # Its own IRI stays when the server moves.
        assert str(distribution) == server.namespace + str(newest).removeprefix(f"{server.base}/")
        assert int(next(graph.objects(distribution, DCAT.byteSize))) == len(dump.body)
        checksum = next(graph.objects(distribution, SPDX.checksum))
        assert (
            str(next(graph.objects(checksum, SPDX.checksumValue))).lower()
            == hashlib.sha256(dump.body).hexdigest()
        )


# What DCAT-AP 3.0 asks for at least of each class, and the classes of what properties lead to
# (https://semiceu.github.io/DCAT-AP/releases/3.0.0/, sections 5 and 6).
MANDATORY = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
    DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
    DCAT.Distribution: (DCAT.accessURL,),
    DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
    FOAF.Agent: (FOAF.name,),
    SPDX.Checksum: (SPDX.algorithm, SPDX.checksumValue),
}
RANGES = {
    DCTERMS.publisher: FOAF.Agent,
    DCTERMS.creator: FOAF.Agent,
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCAT.dataset: DCAT.Dataset,
    DCAT.distribution: DCAT.Distribution,
    DCAT.service: DCAT.DataService,
    DCAT.servesDataset: DCAT.Dataset,
    DCAT.landingPage: FOAF.Document,
    DCAT.mediaType: DCTERMS.MediaType,
    DCAT.compressFormat: DCTERMS.MediaType,
    SPDX.checksum: SPDX.Checksum,
    SPDX.algorithm: SPDX.ChecksumAlgorithm,
}


def test_the_catalogue_has_what_portals_ask_for(
    servers: Callable[[str], Server],
) -> None:
    shipped = servers("shipped")
    graph = described(shipped, "/catalog")
    for kind, properties in MANDATORY.items():
        found = set(graph.subjects(RDF.type, kind))
        assert found, kind
        for node in found:
            assert all((node, wanted, None) in graph for wanted in properties), node
    for wanted, kind in RANGES.items():
        values = set(graph.objects(None, wanted))
        assert values, wanted
        assert all((value, RDF.type, kind) in graph for value in values), wanted
    source = rdflib.Graph().parse(ROOTS["shipped"] / "data" / "catalog.ttl")
    assert set(graph.objects(None, DCTERMS.publisher)) == set(source.objects(None, DCTERMS.publisher))


def test_the_catalogue_names_itself_and_its_parts_by_iris_that_stay(server: Server) -> None:
    graph = described(server, "/catalog")
    kinds = (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService, SPDX.Checksum)
    parts = {node for kind in kinds for node in graph.subjects(RDF.type, kind)}
    assert len(parts) == 7
    assert all(str(node).startswith(server.namespace) for node in parts)
    (endpoint,) = graph.objects(None, DCAT.endpointURL)
    assert str(endpoint) == f"{server.base}/sparql"


def test_no_publisher_is_made_up(toy: Server) -> None:
    assert not any(described(toy, "/catalog").objects(None, DCTERMS.publisher))


def test_the_dumps_hold_all_of_it(server: Server) -> None:
    quads = list(ox.parse(gzip.decompress(server.get("/dump.nq.gz").body), format=ox.RdfFormat.N_QUADS))
    (count,) = server.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert len(quads) == int(count["n"])
    triples = set(ox.parse(gzip.decompress(server.get("/dump.ttl.gz").body), format=ox.RdfFormat.TURTLE))
    (union,) = server.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert len(triples) == int(union["n"])


def test_the_context_is_the_prefix_table(server: Server) -> None:
    context = server.get("/context.jsonld")
    assert context.type == "application/ld+json"
    names = {n: v if isinstance(v, str) else v["@id"] for n, v in context.json["@context"].items()}
    assert names == dict(server.root.prefixes.mapping)


def test_the_front_page_describes_the_dataset_for_search_engines(server: Server) -> None:
    page = server.get("/", BROWSER).text
    embedded = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert embedded["@type"] == "Dataset"
    assert embedded["version"] == server.root.digest
    assert len(embedded["description"]) > 10
    assert ("describedby", "/.well-known/void") in server.get("/", BROWSER).links


@pytest.mark.parametrize(
    "path", ["/.well-known/void", "/catalog", "/sparql", "/dump.nq.gz", "/context.jsonld", "/ontology.ttl"]
)
def test_descriptions_are_304_for_who_has_them(server: Server, path: str) -> None:
    first = server.get(path)
    assert server.get(path, If_None_Match=first.headers["etag"]).status == 304


def test_health_and_version_say_what_they_are(server: Server) -> None:
    assert server.get("/healthz").json == {"status": "ok"}
    assert server.get("/version").json == {"calcigraph": calcigraph.__version__, "root": server.root.digest}


def test_the_base_iri_is_configuration_and_may_have_a_path(start: Callable[..., Server]) -> None:
    based = start("based", ROOTS["toy"], "--base", "https://data.example/kg/", "--reasoner", "none")
    assert based.get("/id/pump-1").headers["location"] == "/kg/id/pump-1.ttl"
    assert based.get("/id/pump-1.ttl").headers["content-location"] == "/kg/id/pump-1.ttl"
    graph = described(based, "/sparql")
    assert set(graph.objects(None, SD.endpoint)) == {rdflib.URIRef("https://data.example/kg/sparql")}
    page = based.get("/id/pump-1.html").text
    assert 'href="/kg/static/style.css"' in page
    assert 'href="/kg/ontology/Pump"' in page
    assert 'href="/id/' not in page
    assert "https://data.example/kg/questions/" in based.get("/", BROWSER).text


def test_a_separate_default_graph_is_described_as_it_is(start: Callable[..., Server]) -> None:
    separate = start("separate", ROOTS["toy"], "--default-graph", "separate", "--reasoner", "none")
    graph = described(separate, "/sparql")
    assert not set(graph.objects(None, SD.feature))
    default = next(graph.objects(next(graph.subjects(SD.defaultGraph)), SD.defaultGraph))
    (count,) = separate.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(next(graph.objects(default, VOID.triples))) == int(count["n"]) == 0


SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
PAGES = ("/", "/questions", "/ontology.html", "/server.html", "/conformance.html", "/sparql", "/openapi")


def test_crawlers_find_every_page_and_leave_queries_alone(server: Server) -> None:
    robots = server.get("/robots.txt")
    assert robots.type == "text/plain"
    assert f"Sitemap: {server.base}/sitemap.xml" in robots.text
    tree = ElementTree.fromstring(server.get("/sitemap.xml").body)
    locations = [node.text.removeprefix(server.base) for node in tree.findall("s:url/s:loc", SITEMAP)]
    rows = server.rows(
        f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(REGEX(STR(?s), '^{server.namespace}(id|ontology)/')) "
        "MINUS { ?s a <https://www.w3.org/ns/activitystreams#Tombstone> } }"
    )
    questions = {f"{server.namespace}id/question-{q.slug}" for q in server.root.questions}
    things = {f"{server.path_of(row['s'])}.html" for row in rows if row["s"] not in questions}
    assert len(things) > 10
    assert len(locations) == len(set(locations))
    assert set(locations) == things | set(PAGES) | {f"/questions/{q.slug}" for q in server.root.questions}
    for location in (*PAGES, *locations[:: max(1, len(locations) // 10)]):
        page = server.get(location, BROWSER)
        assert (page.status, page.type) == (200, "text/html"), location
    days = {node.text for node in tree.findall("s:url/s:lastmod", SITEMAP)}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in days)


def test_a_sitemap_that_is_too_long_for_one_file_comes_in_several(
    toy: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = re.findall(r"<loc>([^<]+)</loc>", toy.get("/sitemap.xml").text)
    monkeypatch.setattr(crawlers, "MOST_ADDRESSES", 25)
    client = local_app(toy.root).test_client()
    index = client.get("/sitemap.xml").text
    assert "<sitemapindex" in index
    files = re.findall(r"<loc>([^<]+)</loc>", index)
    parts = [re.findall(r"<loc>([^<]+)</loc>", client.get(urlsplit(file).path).text) for file in files]
    assert all(0 < len(part) <= 25 for part in parts)
    together = [urlsplit(address).path for part in parts for address in part]
    assert together == [urlsplit(address).path for address in whole]
    assert client.get("/sitemap-0.xml").status_code == client.get("/sitemap-99.xml").status_code == 404


def test_language_models_are_told_what_to_ask(server: Server) -> None:
    text = server.get("/llms.txt").text
    assert text.startswith("# ")
    assert all(question.question in text for question in server.root.questions)
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert server.get(link.removeprefix(server.base)).status in (200, 400)


@pytest.mark.parametrize("path", ["/", "/ontology.ttl", "/.well-known/void", "/questions"])
def test_a_compressed_variant_has_an_etag_of_its_own(server: Server, path: str) -> None:
    plain = server.get(path, BROWSER if path == "/" else None)
    packed = server.get(path, BROWSER if path == "/" else None, Accept_Encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]
    for reply, encoding in ((plain, "identity"), (packed, "gzip")):
        again = server.get(
            path,
            BROWSER if path == "/" else None,
            Accept_Encoding=encoding,
            If_None_Match=reply.headers["etag"],
        )
        assert again.status == 304
    assert "content-encoding" not in server.get(path, Accept_Encoding="gzip;q=0").headers
