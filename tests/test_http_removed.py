"""Addresses of what is not there, no longer there, or there under another name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import BROWSER, ROOTS, Server

SUFFIXES = ("", ".ttl", ".nt", ".jsonld", ".rdf", ".trig", ".nq", ".html", ".nanopub", ".nanopub.trig")
GONE = """
@prefix id: <https://example.org/plant/id/> .
@prefix plant: <https://example.org/plant/ontology/> .
@prefix as: <https://www.w3.org/ns/activitystreams#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .

<https://example.org/plant/id/a%20pipe> a as:Tombstone ; rdfs:label "a pipe"@en .
<https://example.org/plant/id/r\u00f6hre> a as:Tombstone ; rdfs:label "R\u00f6hre"@de .
plant:Turbine a as:Tombstone ; rdfs:label "turbine"@en .
<https://example.org/plant/ontology> owl:priorVersion <https://example.org/plant/ontology/0> .
<https://example.org/plant/id/control> a plant:Device ; rdfs:label "bell \\u0007"@en .
"""


@pytest.fixture(scope="module")
def graveyard(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The toy root with some more that was removed."""
    folder = tmp_path_factory.mktemp("graveyard") / "root"
    shutil.copytree(ROOTS["toy"], folder)
    (Path(folder) / "data" / "gone.ttl").write_text(GONE, encoding="utf-8")
    return start("graveyard", folder, "--reasoner", "none")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_removed_is_410_and_says_what_replaces_it(toy: Server, suffix: str) -> None:
    reply = toy.get(f"/id/pump-0{suffix}", "application/json")
    assert (reply.status, reply.type) == (410, "application/problem+json")
    assert reply.json["title"] == "This resource was removed"
    assert "2026-02-01" in reply.json["detail"]
    assert "pump one all along" in reply.json["detail"]
    assert reply.json["instead"] == [{"label": "pump one", "link": "/id/pump-1"}]
    assert ("successor-version", "/id/pump-1") in reply.links
    assert toy.get("/id/pump-1").status == 303


def test_a_reader_is_told_on_a_page(toy: Server) -> None:
    page = toy.get("/id/pump-0", BROWSER)
    assert (page.status, page.type) == (410, "text/html")
    assert 'href="/id/pump-1"' in page.text


@pytest.mark.parametrize(
    "path",
    ["/id/a%20pipe", "/id/r%C3%B6hre", "/id/r%c3%b6hre.ttl", "/ontology/Turbine", "/ontology/Turbine.html"],
)
def test_terms_and_names_that_need_encoding_are_gone_too(graveyard: Server, path: str) -> None:
    reply = graveyard.get(path, "application/json")
    assert reply.status == 410
    assert "instead" not in reply.json
    assert reply.json["hint"]


def test_the_graph_still_tells_what_was_removed(toy: Server) -> None:
    rows = toy.rows("SELECT ?gone { ?gone a <https://www.w3.org/ns/activitystreams#Tombstone> }")
    assert [row["gone"] for row in rows] == [f"{toy.namespace}id/pump-0"]


def test_the_sitemap_lists_no_address_of_what_was_removed(toy: Server) -> None:
    assert "pump-0" not in toy.get("/sitemap.xml").text


@pytest.mark.parametrize(
    "path",
    [
        *("/id/nothing", "/id/nothing.ttl", "/id/nothing.html", "/id/nothing.nanopub", "/ontology/Nothing"),
        *(
            "/id/%",
            "/id/%zz",
            "/id/%ff",
            "/id/%00",
            "/id/%C3",
            "/id/pump-1%2",
            "/id/%3Cscript%3E",
            "/id/pump-1%23x",
        ),
        *("/id/../id/pump-99", "/id//pump-1", "/id/pump-1/", "/id/pump-1.ttl.ttl", "/id/" + "x" * 3000),
    ],
)
@pytest.mark.parametrize("accept", [BROWSER, "text/turtle"])
def test_unknown_and_mangled_names_are_404_and_readable(graveyard: Server, path: str, accept: str) -> None:
    reply = graveyard.get(path, accept)
    assert reply.status == 404
    assert reply.text
    assert "Traceback" not in reply.text
    assert reply.type == ("text/html" if accept == BROWSER else "application/problem+json")
    assert reply.type != "text/html" or "<script>" not in reply.text


@pytest.mark.parametrize("path", ["/id/pump%2D1", "/id/%70ump-1", "/%69d/pump-1"])
def test_needless_percent_encoding_leads_to_the_same(toy: Server, path: str) -> None:
    assert toy.get(path).headers["location"] == "/id/pump-1.ttl"


def test_a_deprecated_term_is_still_there_with_what_replaces_it(toy: Server) -> None:
    assert toy.get("/ontology/Engine").status == 303
    page = toy.get("/ontology/Engine.html")
    assert (page.status, 'class="banner"' in page.text) == (200, True)
    assert "isReplacedBy" in toy.get("/ontology/Engine.ttl").text


def test_the_iri_of_the_version_leads_to_the_ontology_and_an_earlier_one_says_so(graveyard: Server) -> None:
    assert graveyard.get("/ontology/1").headers["location"] == "/ontology.ttl"
    assert graveyard.get("/ontology/1", BROWSER).headers["location"] == "/ontology.html"
    earlier = graveyard.get("/ontology/0", "application/json")
    assert (earlier.status, earlier.json["title"]) == (404, "This version is not here")


def test_what_a_format_cannot_hold_is_406_there_and_200_elsewhere(graveyard: Server) -> None:
    refused = graveyard.get("/id/control.rdf", "application/json")
    assert (refused.status, refused.json["title"]) == (406, "The format cannot hold this answer")
    assert graveyard.get("/id/control.ttl").status == graveyard.get("/id/control.html").status == 200
