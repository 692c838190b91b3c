"""Every kind of page in a real browser: accessible, small, whole on a phone, deaf to hostile data."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from conftest import BROWSER, Server
from test_browser_portal import contested, explanation, resource

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

QUERY_BYTES = 450_000
PAGE_BYTES = 150_000
# It loads every part of the query page.
EVERYTHING_DRAWN = "SELECT * { VALUES (?study ?value ?low ?high) { ('A' 1.0 0.5 2.0) } }"


def pages(server: Server) -> dict[str, str]:
    """A page of each kind, by a name for its picture."""
    featured = server.root.questions[0]
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 5"
    return {
        "front": "/",
        "questions": "/questions",
        "question": f"/questions/{featured.slug}",
        "resource": resource(server),
        "proposition": server.path_of(contested(server)) + ".html",
        "explanation": explanation(server),
        "search": "/search?q=a",
        "ontology": "/ontology.html",
        "query": "/sparql",
        "answer": f"/sparql?{urlencode({'query': query})}",
        "mistake": f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p }'})}",
        "unknown": "/id/no-such-thing",
    }


# In dark colours, and on the smaller root, the kinds that differ in what they draw are enough.
DRAWN = ("front", "resource", "explanation", "answer")


def faults(visit: Visit) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(visit.page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, portal: Server, dark: bool) -> None:
    found: dict[str, list[str]] = {}
    with browser.visit(portal, dark=dark) as visit:
        for name, path in pages(portal).items():
            if (dark or portal.name.endswith("toy")) and name not in DRAWN:
                continue
            visit.go(path)
            for summary in visit.page.locator("details:not([open]) > summary").all()[:6]:
                if summary.is_visible():
                    summary.click()
            visit.settle()
            found[name] = faults(visit)
            visit.picture(f"{name}-{'dark' if dark else 'light'}")
    assert {name: said for name, said in found.items() if said} == {}


def test_axe_would_find_something(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        visit.go("/").page.evaluate("document.querySelector('main').append(document.createElement('button'))")
        assert any(fault.startswith("button-name") for fault in faults(visit))


def test_nothing_is_cut_off_on_a_phone(browser: Browser, portal: Server) -> None:
    with browser.visit(portal, phone=True) as visit:
        for name, path in pages(portal).items():
            if portal.name.endswith("toy") and name not in DRAWN:
                continue
            page = visit.go(path).page
            visit.picture(f"{name}-mobile")
            wide = page.evaluate(
                "[...document.querySelectorAll('main *')]"
                ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 "
                "&& !e.closest('.scroll, .canvas, pre, .CodeMirror, .suggestions, .unseen'))"
                ".map(e => e.outerHTML.slice(0, 120)).slice(0, 3)"
            )
            assert wide == [], name
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth + 1"), name


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("front", PAGE_BYTES),
        ("question", PAGE_BYTES),
        ("resource", PAGE_BYTES),
        ("explanation", PAGE_BYTES),
        ("query", QUERY_BYTES),
    ],
)
def test_pages_are_small(browser: Browser, servers: Callable[[str], Server], kind: str, most: int) -> None:
    server = servers("shipped")
    with browser.visit(server) as visit:
        path = pages(server)[kind]
        page = visit.go(path).page
        if kind == "query":
            visit.run(EVERYTHING_DRAWN)
            page.get_by_role("tab", name="Forest plot").click()
        scripts = {address for address in visit.asked if "/static/" in address}
    assert len(scripts) > 4
    bodies = [
        server.get(path, BROWSER).body,
        *(server.get(a.removeprefix(server.base)).body for a in scripts),
    ]
    size = sum(len(body) if body[:2] == b"\x1f\x8b" else len(gzip.compress(body)) for body in bodies)
    assert size <= most, size


HOSTILE_PATHS = [
    "/id/script.html",
    "/id/long.html",
    "/id/unnamed.html",
    "/id/hub.html",
    "/search?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E",
    "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?s), 'script')) }"}),
    "/sparql?" + urlencode({"query": "</textarea><script>alert(1)</script>"}),
    "/sparql?" + urlencode({"query": 'SELECT ("<img src=x onerror=alert(1)>" AS ?x) {}'}),
    "/sparql?"
    + urlencode(
        {"query": "CONSTRUCT { ?s <javascript:alert(1)> <javascript:alert(2)> } { ?s ?p ?o } LIMIT 2"}
    ),
    "/sparql?query=ASK%7B%7D#version=%3Cscript%3E&result=abc",
]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
def test_nothing_that_data_or_addresses_smuggle_in_runs(browser: Browser, hostile: Server, path: str) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go(path).page
        assert page.locator("main").is_visible()
        assert page.locator("main img").count() == 0
        assert page.locator("main script:not([type='application/ld+json'])").count() == 0
        assert page.locator("a[href^='javascript:'], a[href^='data:']").count() == 0


def test_hostile_labels_are_text_in_suggestions_and_in_the_editor(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go("/sparql").page
        page.get_by_role("combobox").first.press_sequentially("script")
        page.locator(".suggestions li").first.wait_for()
        assert "<script>" in page.locator(".suggestions").inner_text()
        visit.write("SELECT * { ?s ?p scr")
        page.keyboard.press("Control+Space")
        page.locator("li.CodeMirror-hint").first.wait_for()
        assert "<script>" in page.locator(".CodeMirror-hints").inner_text()
