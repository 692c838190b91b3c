"""Pages worked without a mouse: each control is reached and seen, what opens closes, what changes is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from conftest import Server
from page_checks import unreachable
from page_kinds import ABOUT, WORD, place

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

# Each holds other controls; on the smaller root, where a walk from end to end is short.
WALKED = (
    "front",
    "search",
    "resource",
    "proposition",
    "explanation",
    "ontology",
    "retired-term",
    "answer-table",
    "answer-forest",
    "problem-unknown",
)
FOCUSED = "() => document.activeElement?.outerHTML.slice(0, 120) ?? ''"
PIXELS = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("kind", WALKED)
def test_the_tab_key_gets_to_everything_and_shows_where_it_is(
    browser: Browser, servers: Callable[[str], Server], kind: str
) -> None:
    server = servers("toy")
    with browser.visit(server) as visit:
        where = place(server, kind)
        visit.go(where.path)
        if where.tab:
            visit.page.get_by_role("tab", name=where.tab).click()
            visit.page.evaluate("document.activeElement.blur()")
        visit.unfold()
        assert unreachable(visit.page) == []


def test_the_first_stop_leads_past_the_navigation(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        page.keyboard.press("Tab")
        skip = page.locator("a.skip")
        assert skip.evaluate("e => e === document.activeElement")
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null"), page.evaluate(FOCUSED)


def test_a_box_of_a_picture_is_reached_seen_and_followed(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go(f"/{ABOUT[portal.name]}.html").page
        box = page.locator("[data-resource] svg a.box:not(.focus)").first
        page.keyboard.press("Tab")
        before = box.screenshot()
        box.focus()
        page.evaluate(PIXELS)
        assert box.screenshot() != before
        page.keyboard.press("Enter")
        page.wait_for_url("**/id/**")
        visit.settle()
        assert page.locator("h1").inner_text()


def test_escape_closes_what_was_suggested(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        field = page.get_by_role("combobox").first
        field.press_sequentially(WORD[portal.name][:4])
        page.locator(".suggestions li").first.wait_for()
        assert field.get_attribute("aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        assert not page.locator(".suggestions").first.is_visible()
        assert field.get_attribute("aria-expanded") == "false"
        assert field.get_attribute("aria-activedescendant") is None
        assert field.evaluate("e => e === document.activeElement")


def test_escape_closes_the_completion_and_then_tab_leaves_the_editor(
    browser: Browser, servers: Callable[[str], Server]
) -> None:
    with browser.visit(servers("toy")) as visit:
        page = visit.go("/sparql").page
        visit.write("SELECT * { ?x a ")
        page.keyboard.press("Control+Space")
        page.locator(".CodeMirror-hints li").first.wait_for()
        page.keyboard.press("Escape")
        assert page.locator(".CodeMirror-hints").count() == 0
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.CodeMirror') === null")


def test_tabs_are_worked_by_arrow_keys(browser: Browser, servers: Callable[[str], Server]) -> None:
    server = servers("toy")
    with browser.visit(server) as visit:
        page = visit.go(place(server, "answer-forest").path).page
        page.get_by_role("tab", name="Table").focus()
        page.keyboard.press("ArrowRight")
        tab = page.get_by_role("tab", name="Forest plot")
        assert tab.get_attribute("aria-selected") == "true"
        assert tab.evaluate("e => e === document.activeElement")
        panel = page.locator(f"#{tab.get_attribute('aria-controls')}")
        panel.locator("svg .point").first.wait_for()
        page.keyboard.press("ArrowLeft")
        assert not panel.is_visible()


def test_what_happens_is_said_where_a_screen_reader_listens(
    browser: Browser, servers: Callable[[str], Server]
) -> None:
    with browser.visit(servers("toy")) as visit:
        page = visit.go("/sparql").page
        said = _listen(visit, ".status")
        visit.run("SELECT * { ?s a <http://www.w3.org/2002/07/owl#Class> } LIMIT 3")
        assert any("3 rows" in text for text in said())
        visit.run("SELECT * { ?s ?p }")
        assert page.get_by_role("alert").count() == 1
        field = page.get_by_role("combobox").first
        said = _listen(visit, "form.search [role=status]")
        field.press_sequentially("pum")
        page.locator(".suggestions li").first.wait_for()
        assert any("suggestion" in text for text in said())


def _listen(visit: Visit, selector: str) -> Callable[[], list[str]]:
    """What a live region says from now on."""
    region = visit.page.locator(selector).first
    assert region.get_attribute("role") == "status"
    region.evaluate(
        "e => { window.said = []; new MutationObserver(() => window.said.push(e.textContent))"
        ".observe(e, { childList: true, characterData: true, subtree: true }); }"
    )
    return lambda: list(visit.page.evaluate("window.said"))


def test_a_why_is_opened_and_closed_without_a_mouse(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        why = page.locator(".featured tbody").get_by_role("button", name="Why?").first
        why.focus()
        page.keyboard.press("Enter")
        page.locator("tr.reasons a").first.wait_for()
        assert why.get_attribute("aria-expanded") == "true"
        # What else stands in the row comes first.
        for _ in range(len(page.locator(".featured thead tr > *").all()) + 1):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.closest('tr.reasons') !== null"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/explain?*")
        visit.settle()
