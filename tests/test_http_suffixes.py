"""Every document has an address for each of its formats, and says which there are."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pyoxigraph as ox
import pytest

from conftest import BROWSER, ROOTS, Reply, Server

GRAPHS = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".jsonld": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
}
RESULTS = {
    ".srj": "application/sparql-results+json",
    ".srx": "application/sparql-results+xml",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
EXPANDED = "http://www.w3.org/ns/json-ld#expanded"
HTML, JSON = {".html": "text/html"}, {".json": "application/json"}


def documents(server: Server) -> dict[str, dict[str, str]]:
    """The stems of documents beside those of resources, each with its suffixes and their media types."""
    graph = server.rows("SELECT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g LIMIT 1")[0]["g"]
    return {
        "/catalog": GRAPHS,
        "/.well-known/void": GRAPHS,
        "/conformance": GRAPHS | JSON | HTML,
        "/questions": GRAPHS | JSON | HTML,
        f"/questions/{server.root.questions[0].slug}": GRAPHS | RESULTS | JSON | HTML,
        server.path_of(graph): GRAPHS,
        server.path_of(f"{server.namespace}graph/inferred"): GRAPHS,
        server.path_of(f"{server.namespace}graph/metadata"): GRAPHS,
        "/ontology": GRAPHS | HTML,
        "/server": GRAPHS | HTML,
        "/mappings.sssom": {".tsv": "text/tab-separated-values"},
    }


def test_each_suffix_gives_what_accept_gives_and_is_not_negotiated(server: Server) -> None:
    for stem, suffixes in documents(server).items():
        for suffix, media_type in suffixes.items():
            fixed = server.get(stem + suffix, "image/png")
            assert (fixed.status, fixed.type) == (200, media_type), stem + suffix
            # Only where `Accept` may name a profile.
            other = server.get(stem + suffix, f'{fixed.type};profile="{EXPANDED}"')
            varies = other.headers["content-type"] != fixed.headers["content-type"]
            assert ("Accept," in fixed.headers.get("vary", "") + ",") == varies, stem + suffix
            if stem == "/mappings.sssom":
                continue
            asked = server.follow(stem, media_type)
            assert asked.headers["content-location"] == stem + suffix
            assert asked.body == fixed.body, stem + suffix


def test_each_document_says_where_it_is_and_where_the_others_are(server: Server) -> None:
    for stem, suffixes in documents(server).items():
        if stem == "/mappings.sssom":
            continue
        for suffix in suffixes:
            reply = server.get(stem + suffix)
            assert reply.headers["content-location"] == stem + suffix
            others = {target for relation, target in reply.links if relation == "alternate"}
            assert others == {stem + other for other in suffixes if other != suffix}, stem + suffix


def test_each_has_an_etag_of_its_own_and_head_and_304(server: Server) -> None:
    for stem, suffixes in documents(server).items():
        etags = set()
        for suffix in suffixes:
            reply = server.get(stem + suffix)
            etags.add(reply.headers["etag"])
            assert server.get(stem + suffix, If_None_Match=reply.headers["etag"]).status == 304, stem + suffix
            assert (
                server.request("HEAD", stem + suffix).headers["content-type"] == reply.headers["content-type"]
            )
        assert len(etags) == len(suffixes), stem


def names_all(reply: Reply, suffixes: dict[str, str]) -> bool:
    return reply.json["hint"].endswith(": " + ", ".join(suffixes) + ".")


@pytest.mark.parametrize("ending", ["gif", "TTL", "ttl2", "html5", "<x>"])
def test_a_suffix_that_there_is_not_is_404_and_names_those_there_are(server: Server, ending: str) -> None:
    individual = server.path_of(server.individuals(1)[0])
    for stem, suffixes in {**documents(server), individual: GRAPHS | HTML}.items():
        reply = server.get(f"{stem}.{ending}".replace("<", "%3C").replace(">", "%3E"))
        assert reply.status == 404, stem
        assert set(reply.json["hint"].partition(": ")[2].rstrip(".").split(", ")) == set(suffixes), stem


def test_a_nanopublication_is_only_there_where_graphs_can_be_named(toy: Server) -> None:
    stem = "/id/inspection-autumn.nanopub"
    for suffix in (".trig", ".nq", ".jsonld"):
        assert toy.get(stem + suffix).status == 200
    refused = toy.get(stem + ".ttl")
    assert refused.status == 404
    assert ".trig" in refused.json["hint"]


@pytest.fixture(scope="module")
def dotted(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The toy root with a graph and a question whose own names end like suffixes."""
    folder = tmp_path_factory.mktemp("dotted") / "root"
    shutil.copytree(ROOTS["toy"], folder)
    (folder / "data" / "plain.ttl").write_text("<urn:a> <urn:b> <urn:plain> .\n")
    (folder / "data" / "plain.ttl.ttl").write_text("<urn:a> <urn:b> <urn:dotted> .\n")
    questions = folder / "ontology" / "questions"
    (slug, *_) = sorted(path.stem for path in questions.glob("*.rq"))
    for suffix in (".rq", ".csv"):
        shutil.copy(questions / f"{slug}{suffix}", questions / f"asked.csv{suffix}")
    return start("dotted", folder, "--reasoner", "none")


def test_a_name_that_ends_like_a_suffix_wins(dotted: Server) -> None:
    def objects(path: str) -> set[str]:
        reply = dotted.get(path, "application/n-triples")
        assert reply.status == 200, path
        return {quad.object.value for quad in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)}

    assert objects("/graph/data/plain") == {"urn:plain"}
    assert objects("/graph/data/plain.ttl") == {"urn:dotted"}
    assert objects("/graph/data/plain.nt") == {"urn:plain"}
    assert objects("/graph/data/plain.ttl.nt") == {"urn:dotted"}
    assert dotted.get("/questions/asked.csv", BROWSER).type == "text/html"
    assert dotted.get("/questions/asked.csv.csv", BROWSER).type == "text/csv"
    assert dotted.get("/questions/asked").status == 404
