"""Pages: readable without scripts, safe whatever the data says, and nothing of the inside shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import pytest

from conftest import BROWSER, ROOTS, Server
from page_kinds import EVERY, place

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SCHEMES = {"", "http", "https", "mailto", "urn"}


class Page(HTMLParser):
    """What a browser would see of a page: its elements, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.faults.append(f"an attribute of {tag} is repeated")
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} is closed out of order")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def is_own_script(script: dict[str, str | None]) -> bool:
    """Data, or a file of the built front end; never a script that stands in the page."""
    return script.get("type") == "application/ld+json" or (script.get("src") or "").startswith(
        "/static/built/"
    )


def paths(server: Server) -> list[str]:
    """A page of every kind, and those of every question and of some more things."""
    return [
        *(place(server, kind).path for root, kind in EVERY if root == server.name),
        *(f"/questions/{question.slug}" for question in server.root.questions),
        *(server.path_of(iri) + ".html" for iri in server.individuals(5)),
        "/search?q=a",
        "/sparql?query=SELECT",
    ]


def test_every_page_is_well_formed_and_has_what_readers_and_screen_readers_need(server: Server) -> None:
    for path in paths(server):
        reply = server.get(path, "text/html")
        assert reply.type == "text/html", path
        page = Page(reply.text)
        assert not page.open, path
        assert not page.faults, (path, page.faults)
        assert page.all("html")[0].get("lang"), path
        assert page.headings.count("h1") == 1, path
        assert page.headings[0] == "h1", path
        levels = [int(heading[1]) for heading in page.headings]
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), path
        assert any(a.get("href") == "#content" for a in page.all("a")), path
        assert any(m.get("name") == "viewport" for m in page.all("meta")), path
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert len(ids) == len(set(ids)), path
        for field in page.all("input") + page.all("textarea"):
            assert field.get("aria-label") or field.get("id"), path
        assert any(a.get("role") == "search" for a in page.all("form")), path


def test_every_page_forbids_what_it_does_not_need(server: Server) -> None:
    for path in paths(server):
        reply = server.get(path, "text/html")
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = Page(reply.text)
        assert all(is_own_script(script) for script in page.all("script")), path
        assert not page.all("style"), path
        assert not [n for _, a in page.elements for n in a if n.startswith("on") or n == "style"], path
        sources = [a.get("src") or a.get("href") for t, a in page.elements if t in ("link", "script", "img")]
        for source in sources:
            assert source is None or source.startswith("/") or source.startswith(server.base), (path, source)


def test_every_link_inside_leads_somewhere(server: Server) -> None:
    seen: set[str] = set()
    for path in paths(server):
        for anchor in Page(server.get(path, "text/html").text).all("a"):
            href = anchor.get("href") or ""
            assert urlsplit(href).scheme in SCHEMES, (path, href)
            if href.startswith("/"):
                seen.add(href.partition("#")[0])
    assert len(seen) > 20
    for href in sorted(seen)[:: max(1, len(seen) // 150)]:
        # What was removed says so, and what replaces it may still be said to do so.
        assert server.get(href, BROWSER).status in (200, 303, 410), href


@pytest.mark.parametrize("query", ["SELECT DISTINCT ?s", "SELECT DISTINCT ?o", "SELECT *"])
def test_a_part_of_a_graph_is_linked_to_as_a_place_in_its_document(server: Server, query: str) -> None:
    """A hash IRI is asked for without its fragment (RFC 9110, section 7.1), so that must stay one."""
    document = f"{server.namespace}graph/metadata"
    text = (
        f"{query} {{ GRAPH <{document}> {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), '#') && CONTAINS(STR(?o), '#')) "
        f"FILTER(STRSTARTS(STR(?o), '{document}#')) }} }} ORDER BY ?s ?o LIMIT 20"
    )
    reply = server.ask(text, BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    links = {a["href"] for a in Page(reply.text).all("a") if "/graph/metadata" in (a.get("href") or "")}
    parts = {link for link in links if link and "query=" not in link}
    assert len(parts) > 3
    shown = server.get("/graph/metadata", "application/n-triples").text
    for part in parts:
        path, _, fragment = part.partition("#")
        assert path == "/graph/metadata", part
        assert re.fullmatch(r"[\w-]+", fragment), part
        assert f"<{document}#{fragment}>" in shown, part


def test_a_part_of_a_graph_has_its_fragment_below_another_path_too(start: Callable[..., Server]) -> None:
    server = start("below", ROOTS["toy"], "--base", "https://data.example/kg/", "--reasoner", "none")
    reply = server.ask(f"SELECT * {{ BIND(<{server.namespace}graph/metadata#dataset> AS ?d) }}", BROWSER)
    assert 'href="/kg/graph/metadata#dataset"' in reply.text


def test_the_front_page_answers_the_featured_question_and_leads_to_its_proof(server: Server) -> None:
    front = server.get("/", BROWSER).text
    featured = re.search(r'<h3 dir="auto"><a href="(/questions/[^"]+)">', front)
    assert featured
    assert "<table>" in front
    slug = featured[1].rpartition("/")[2]
    question = server.root.question(slug)
    assert question is not None
    assert all(f'href="/questions/{q.slug}"' in front for q in server.root.questions)
    assert server.base in front
    assert server.root.digest[:12] in front
    assert f"<strong>{len(server.root.shapes)}</strong> files of shapes" in front


def test_nothing_in_the_data_runs_or_breaks_out(hostile: Server) -> None:
    for path in ("/id/script.html", "/search?q=script", "/id/script", "/id/hub.html"):
        reply = hostile.get(path, BROWSER)
        text = hostile.get(reply.headers["location"]).text if reply.status == 303 else reply.text
        page = Page(text)
        assert not page.faults, path
        assert not page.all("img"), path
        assert not [n for _, a in page.elements for n in a if n.startswith("on")], path
        assert all(is_own_script(script) for script in page.all("script")), path
        for anchor in page.all("a"):
            assert urlsplit(anchor.get("href") or "").scheme in SCHEMES, (path, anchor)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '" onfocus="alert(1)" autofocus="', "'><svg/onload=alert(1)>"]
)
def test_nothing_in_a_request_runs_or_breaks_out(server: Server, text: str) -> None:
    encoded = urlencode({"q": text})
    query = urlencode({"query": text, "edit": "1"})
    for path in (
        f"/search?{encoded}",
        f"/sparql?{query}",
        f"/sparql?{urlencode({'query': text})}",
        f"/id/{text}".replace(" ", "%20"),
    ):
        page = Page(server.get(path, BROWSER).text)
        assert not page.all("svg"), path
        assert all(is_own_script(script) for script in page.all("script")), path
        assert not [n for _, a in page.elements for n in a if n.startswith("on") or n == "autofocus"], path


def test_search_finds_the_exact_name_first(server: Server) -> None:
    iri = server.individuals(3)[1]
    slug = iri.removeprefix(server.namespace)
    for text in (iri, slug.replace("id/", "id:"), f"<{iri}>"):
        found = server.get(f"/search?{urlencode({'q': text})}", "application/json").json["results"]
        assert found[0]["iri"] == iri


def test_a_long_label_leaves_the_page_readable(hostile: Server) -> None:
    page = hostile.get("/id/long.html").text
    assert "x" * 10_000 in page
    assert not Page(page).faults


def test_styles_are_served_with_a_type_and_cached(server: Server) -> None:
    reply = server.get("/static/style.css")
    assert (reply.status, reply.type) == (200, "text/css")
    assert reply.headers["etag"]


def test_the_page_of_a_work_cites_the_work_and_then_itself(servers: Callable[[str], Server]) -> None:
    server = servers("shipped")
    text = server.follow("/id/pmc-pmc4414672", "text/html").text.partition('class="citing"')[2]
    work, here = text.index("Leopold JA. Vascular Calcification"), text.index("What stands here about it")
    assert text.index("The work itself") < work < text.index("@article{pmc-pmc4414672,") < here
    assert here < text.index("@misc{pmc-pmc4414672,")
    assert "The work itself" not in server.follow("/id/mgp", "text/html").text
