"""Every kind of page on both roots in a real browser: accessible, small, whole in every width and colour."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from conftest import BROWSER, Server
from page_checks import cut_off, faults, smuggled, unheard
from page_kinds import ALIKE, EVERY, FOREST, KINDS, Place, one_of_each_class, place

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

QUERY_BYTES = 450_000
PAGE_BYTES = 150_000
PAPER = {"width": 760, "height": 1075}
ON_PAPER = ("front", "question", "resource", "proposition", "explanation", "answer-table", "ontology")

# Every day each kind is looked at on each root where it differs; `pytest -m campaign` looks at all on both.
EACH = pytest.mark.parametrize(
    ("root", "kind"),
    [
        pytest.param(root, kind, marks=[pytest.mark.campaign] if root == "shipped" and kind in ALIKE else [])
        for root, kind in EVERY
    ],
)

SPOIL = """
() => {
  const deep = document.createElement("h5");
  deep.textContent = "deep";
  deep.style.transform = "translateX(900px)";
  const link = document.createElement("a");
  link.setAttribute("href", " javascript:alert(1)");
  const [button, picture] = [document.createElement("button"), document.createElement("img")];
  document.querySelector("main").append(button, deep, link, picture);
}
"""


def look(visit: Visit, where: Place) -> Visit:
    """Go there, do what a reader does first, and open what is folded."""
    visit.go(where.path)
    assert visit.status == where.status, where
    if where.tab:
        visit.page.get_by_role("tab", name=where.tab).click()
        visit.page.locator("[role=tabpanel]:not([hidden]) figure svg").wait_for()
    visit.unfold()
    return visit


@EACH
def test_a_page_is_read_in_light_and_dark_by_eye_and_by_ear(
    browser: Browser, servers: Callable[[str], Server], root: str, kind: str
) -> None:
    server = servers(root)
    where = place(server, kind)
    found: dict[str, list[str]] = {}
    with browser.visit(server, accept=where.accept) as visit:
        page = look(visit, where).page
        found |= {"light": faults(page), "heard": unheard(page), "wide": cut_off(page)}
        visit.picture(f"{kind}-light")
        page.emulate_media(color_scheme="dark")
        found["dark"] = faults(page, colours_only=True)
        visit.picture(f"{kind}-dark")
        if kind in ON_PAPER:
            page.set_viewport_size(PAPER)
            page.emulate_media(media="print", color_scheme="light")
            found["paper"] = cut_off(page)
            visit.picture(f"{kind}-paper")
    assert {name: said for name, said in found.items() if said} == {}


@EACH
def test_a_page_is_whole_on_a_phone(
    browser: Browser, servers: Callable[[str], Server], root: str, kind: str
) -> None:
    server = servers(root)
    where = place(server, kind)
    with browser.visit(server, phone=True, accept=where.accept) as visit:
        page = look(visit, where).page
        visit.picture(f"{kind}-mobile")
        assert cut_off(page) == []


@pytest.mark.parametrize("columns", [3, 9, 24])
def test_an_answer_is_whole_on_paper_however_many_columns_and_however_long_its_words(
    browser: Browser, servers: Callable[[str], Server], columns: int
) -> None:
    names = " ".join(f"?column{i}" for i in range(columns))
    values = ["<https://example.org/" + "long-address/" * 12 + ">", '"' + "unbroken" * 40 + '"', '"null"']
    row = " ".join(values[i % 3] for i in range(columns))
    query = urlencode({"query": f"SELECT * {{ VALUES ({names}) {{ ({row}) }} }}"})
    with browser.visit(servers("toy")) as visit:
        page = visit.go(f"/sparql?{query}").page
        page.set_viewport_size(PAPER)
        page.emulate_media(media="print")
        assert page.locator(".answer thead th").count() >= columns
        assert cut_off(page) == []
        # Whoever sees one column sees the others.
        assert (
            page.locator(".answer tbody tr").first.evaluate(
                "row => Math.min(...[...row.cells].map(cell => cell.getBoundingClientRect().width))"
            )
            > 5
        )
        visit.picture(f"answer-of-{columns}-columns-paper")


# The kinds above are the everyday version; the shipped root has some hundred classes.
@pytest.mark.campaign
def test_the_page_of_one_thing_of_each_class_is_whole_on_a_phone(browser: Browser, portal: Server) -> None:
    things = one_of_each_class(portal)
    assert len(things) >= 8
    found: dict[str, list[str]] = {}
    with browser.visit(portal, phone=True) as visit:
        for name, path in things.items():
            page = visit.go(path).page
            found[name] = [*cut_off(page), *unheard(page)]
    assert {name: said for name, said in found.items() if said} == {}


def test_what_is_wrong_would_be_found(browser: Browser, servers: Callable[[str], Server]) -> None:
    with browser.visit(servers("toy")) as visit:
        page = visit.go("/").page
        page.evaluate(SPOIL)
        assert any(fault.startswith("button-name") for fault in faults(page))
        assert any("jumps to level 5" in said for said in unheard(page))
        assert any("cut off: h5" in said for said in cut_off(page))
        assert len(smuggled(page)) == 2


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("front", PAGE_BYTES),
        ("question", PAGE_BYTES),
        ("resource", PAGE_BYTES),
        ("proposition", PAGE_BYTES),
        ("explanation", PAGE_BYTES),
        ("query", QUERY_BYTES),
    ],
)
def test_pages_are_small_and_say_when_they_are_first_seen(
    browser: Browser,
    servers: Callable[[str], Server],
    record_property: Callable[[str, object], None],
    kind: str,
    most: int,
) -> None:
    server = servers("shipped")
    with browser.visit(server) as visit:
        path = place(server, kind).path
        page = visit.go(path).page
        paints = page.evaluate(
            "performance.getEntriesByType('paint').map(e => [e.name, Math.round(e.startTime)])"
        )
        if kind == "query":
            # It loads every part of the query page.
            visit.run(FOREST)
            page.get_by_role("tab", name="Forest plot").click()
        scripts = {address for address in visit.asked if "/static/" in address}
    assert len(scripts) > 4
    bodies = [
        server.get(path, BROWSER).body,
        *(server.get(a.removeprefix(server.base)).body for a in scripts),
    ]
    size = sum(len(body) if body[:2] == b"\x1f\x8b" else len(gzip.compress(body)) for body in bodies)
    assert "first-contentful-paint" in dict(paints)
    for name, milliseconds in paints:
        record_property(name, milliseconds)
    print(f"{kind}: {size:,} bytes compressed; " + ", ".join(f"{name} {ms} ms" for name, ms in paints))
    assert size <= most, size


@pytest.mark.parametrize("kept", ["localStorage", "sessionStorage", "cookie"])
def test_nothing_is_remembered_from_one_visit_to_the_next(
    browser: Browser, servers: Callable[[str], Server], kept: str
) -> None:
    read = "[localStorage.length, sessionStorage.length, document.cookie, history.length].join()"
    write = "document.cookie = 'a=1'" if kept == "cookie" else f"{kept}.setItem('a', '1')"
    with browser.visit(servers("toy")) as visit:
        untouched = visit.go("/").page.evaluate(read)
        visit.page.evaluate(write)
        assert visit.page.evaluate(read) != untouched
    with browser.visit(servers("toy")) as visit:
        assert visit.go("/").page.evaluate(read) == untouched


def test_every_kind_is_there_on_both_roots() -> None:
    assert {kind for root, kind in EVERY if root == "shipped"} == set(KINDS)
    assert {kind for root, kind in EVERY if root == "toy"} > set(KINDS)
