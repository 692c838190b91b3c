"""Typed links (https://signposting.org/FAIR/, level 1), versions and ages: what a machine goes by."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from conftest import BROWSER, Reply, Server

ABOUT_PAGE = "https://schema.org/AboutPage"


def targets(reply: Reply, relation: str) -> set[str]:
    return {target for found, target in reply.links if found == relation}


def test_the_front_page_is_the_landing_page_of_the_dataset(server: Server) -> None:
    front = server.get("/", BROWSER)
    (iri,) = targets(front, "cite-as")
    assert iri.startswith(server.namespace)
    assert server.get(server.path_of(iri)).status == 303
    assert targets(front, "type") == {ABOUT_PAGE, "https://schema.org/Dataset"}
    assert targets(front, "describedby") == {"/.well-known/void", "/catalog"}
    assert targets(front, "item") == {"/dump.nq.gz", "/dump.ttl.gz"}
    assert targets(front, "license") == {"https://creativecommons.org/licenses/by/4.0/"}
    for path in targets(front, "describedby") | targets(front, "item"):
        assert server.get(path).status == 200


def test_the_dumps_lead_back_to_it(server: Server) -> None:
    front = server.get("/", BROWSER)
    for path in targets(front, "item"):
        dump = server.get(path)
        assert targets(dump, "collection") == {"/"}
        assert targets(dump, "cite-as") == targets(front, "cite-as")
        assert targets(dump, "license") == targets(front, "license")
        assert targets(dump, "type") == {"https://schema.org/Dataset"}


def test_every_page_of_a_resource_is_its_landing_page(server: Server) -> None:
    for iri in server.individuals(5):
        path = server.path_of(iri)
        page = server.get(f"{path}.html")
        assert targets(page, "cite-as") == {iri}
        assert ABOUT_PAGE in targets(page, "type")
        assert len(targets(page, "type")) > 1
        assert targets(page, "collection") == {"/"}
        described = targets(page, "describedby")
        assert described == {f"{path}{s}" for s in (".ttl", ".nt", ".jsonld", ".rdf", ".trig", ".nq")}
        in_page = set(re.findall(r'<link rel="alternate" type="[^"]+" href="([^"]+)">', page.text))
        assert in_page == described
        for metadata in described:
            reply = server.get(metadata)
            assert targets(reply, "describes") == {iri, f"{path}.html"}
            assert f'<{path}.html>; rel="describes"; type="text/html"' in reply.headers["link"]
            assert targets(reply, "license") == targets(page, "license")


def test_who_made_it_is_linked_where_the_catalogue_names_them(server: Server) -> None:
    creators = server.rows(
        "SELECT ?c { ?d <http://rdfs.org/ns/void#uriSpace> ?u ; <http://purl.org/dc/terms/creator> ?c "
        "FILTER(ISIRI(?c)) }"
    )
    assert targets(server.get("/", BROWSER), "author") == {row["c"] for row in creators}


@pytest.mark.parametrize(
    "path", ["/ontology.ttl", "/.well-known/void", "/catalog", "/dump.nq.gz", "/sitemap.xml"]
)
def test_a_document_has_an_age_and_is_304_for_who_has_it(server: Server, path: str) -> None:
    reply = server.get(path)
    changed = parsedate_to_datetime(reply.headers["last-modified"])
    newest = max(p.stat().st_mtime for p in (server.root.folder / "data").rglob("*.ttl"))
    assert datetime.fromtimestamp(int(newest), UTC) <= changed <= datetime.now(UTC)
    for moment, status in ((changed, 304), (changed + timedelta(days=1), 304), (changed - timedelta(1), 200)):
        asked = server.get(path, If_Modified_Since=format_datetime(moment, usegmt=True))
        assert asked.status == status
    # RFC 9110, section 13.1.3: where there is an entity tag, the date does not count.
    when = format_datetime(changed, usegmt=True)
    assert server.get(path, If_Modified_Since=when, If_None_Match='"other"').status == 200


def test_data_asked_for_by_version_never_changes_and_may_be_kept(server: Server) -> None:
    version = server.root.digest
    path = server.path_of(server.individuals(1)[0])
    for address in (f"{path}.ttl", "/ontology.nt", "/dump.nq.gz", "/catalog", "/context.jsonld"):
        for at in (version, version[:12]):
            kept = server.get(f"{address}?at={at}")
            assert kept.status == 200
            assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        plain = server.get(address)
        assert plain.headers["cache-control"] == "no-cache"
        assert plain.body == kept.body
    redirect = server.get(f"{path}?at={version[:12]}", "text/turtle")
    assert redirect.headers["location"] == f"{path}.ttl?at={version[:12]}"
    # A page changes with the program.
    assert server.get(f"{path}.html?at={version}").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("at", ["", "1", "f" * 64, "0" * 12, "HEAD", "%zz"])
def test_another_version_is_not_here(server: Server, at: str) -> None:
    path = server.path_of(server.individuals(1)[0])
    for address in (
        f"{path}?at={at}",
        f"{path}.ttl?at={at}",
        f"/?at={at}",
        f"/sparql?query=ASK%7B%7D&at={at}",
    ):
        reply = server.get(address, "application/json")
        assert (reply.status, reply.json["title"]) == (404, "This version is not here"), address
        assert server.root.digest[:12] in reply.json["hint"]


def test_a_query_may_ask_for_the_version_that_there_is(server: Server) -> None:
    assert server.ask("ASK {}", "application/json", at=server.root.digest[:12]).status == 200


def test_search_engines_are_told_what_the_catalogue_says(server: Server) -> None:
    page = server.get("/", BROWSER).text
    told = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert {"name", "description", "url", "license", "version", "distribution", "identifier"} <= set(told)
    for download in told["distribution"]:
        reply = server.get(download["contentUrl"].removeprefix(server.base))
        assert reply.status == 200
        assert download["encodingFormat"] in ("application/n-quads", "text/turtle")
    assert told["@id"] == next(iter(targets(server.get("/", BROWSER), "cite-as")))
