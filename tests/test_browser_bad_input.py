"""What is hard to show, or was never there, in a real browser: each page stays readable and leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from conftest import Server
from page_checks import cut_off, faults, unheard

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

# Addresses that nobody should have: what the browser makes of them, the server has to answer.
MANGLED = (
    "/id/%",
    "/id/%zz",
    "/id/%ff%fe",
    "/id/%00",
    "/id/%E0%A4%A",
    "/id/a%0d%0aSet-Cookie:%20a=b",
    "/id/..%2f..%2fetc%2fpasswd",
    "/id/pump-1%20",
    "/id/PUMP-1",
    "/id/caf%E9",
    "/id/%252e%252e",
    "/id/" + "long-" * 400,
    "/id/\U0001f4a7",
    "/ontology/%3Cb%3E",
    "/questions/%ff",
    "/static/%ff",
    "/%",
)
# Parameters that cannot be read, or are out of every range.
ASKED = {
    "/search?q=%ff%fe": 200,
    "/search?q=" + "a" * 5000: 200,
    "/sparql?query=%ff%fe": 400,
    "/sparql?query=ASK%7B%7D&query=ASK%7B%7D": 400,
    "/sparql?query=ASK%7B%7D&timeout=never": 400,
    "/sparql?query=ASK%7B%7D&inference=perhaps": 400,
    # A wish that nobody can grant: the answer is in a format that the browser accepts.
    "/sparql?query=ASK%7B%7D&format=picture": 200,
    "/explain": 400,
    "/explain?subject=id:nothing&predicate=rdf:type&object=plant:Pump": 404,
    "/explain?subject=nowhere:x&predicate=a&object=b": 400,
    "/id/hub.html?incoming=x": 400,
    "/id/hub.html?incoming=999999": 200,
}
# Things that are hard to show, with the status that they are shown with.
HARD = {
    "long": 200,
    "wordy": 200,
    "unnamed": 200,
    "rtl": 200,
    "turned": 200,
    "hub": 200,
    "gone": 410,
    "hubb": 404,
}


def is_readable(visit: Visit, name: str, wide: bool = False) -> None:
    """Nothing sticks out, what a screen reader needs is there, and there is a way on."""
    page = visit.page
    visit.picture(f"bad-{name}-{'light' if wide else 'mobile'}")
    assert [*cut_off(page), *unheard(page)] == [], name
    assert (page.locator("h1").text_content() or "").strip(), name
    assert page.locator("main a[href], main form").count() >= 1, f"{name} leads nowhere"


def test_mangled_addresses_get_a_page_that_leads_on(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile, phone=True) as visit:
        for number, path in enumerate(MANGLED):
            visit.go(path)
            assert visit.status == 404, path
            is_readable(visit, f"mangled-{number}")


def test_what_cannot_be_asked_gets_a_page_that_says_why(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile, phone=True) as visit:
        for number, (path, status) in enumerate(ASKED.items()):
            visit.go(path)
            assert visit.status == status, path
            is_readable(visit, f"asked-{number}")


@pytest.mark.parametrize("name", HARD)
def test_what_is_hard_to_show_is_readable_in_every_width(
    browser: Browser, hostile: Server, name: str
) -> None:
    with browser.visit(hostile) as visit:
        visit.go(f"/id/{name}")
        assert visit.status == HARD[name]
        visit.unfold()
        is_readable(visit, name, wide=True)
        assert faults(visit.page) == []
    with browser.visit(hostile, phone=True) as visit:
        visit.go(f"/id/{name}")
        visit.unfold()
        is_readable(visit, name)


@pytest.mark.parametrize("name", ["long", "wordy"])
def test_a_label_of_10_000_characters_takes_no_more_room_than_others(
    browser: Browser, hostile: Server, name: str
) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go(f"/id/{name}.html").page
        heading = page.locator("h1")
        assert len(heading.text_content() or "") >= 10_000
        assert (heading.bounding_box() or {})["height"] < 400
        assert len(page.title()) < 250
        field = page.get_by_role("combobox").first
        field.fill("x" * 20 if name == "long" else "a name of many")
        page.locator(".suggestions li").first.wait_for()
        assert (page.locator(".suggestions").first.bounding_box() or {})["height"] < 600
        visit.picture(f"bad-{name}-suggested-light")
        field.fill("")
        visit.go(f"/search?{urlencode({'q': 'xxxxxx' if name == 'long' else 'many words'})}")
        is_readable(visit, f"{name}-found", wide=True)
        visit.go("/sparql")
        visit.run(f"SELECT * {{ ?s ?p <{hostile.namespace}id/{name}> }}")
        visit.run(f"SELECT * {{ <{hostile.namespace}id/{name}> ?p ?o }}")
        is_readable(visit, f"{name}-answer", wide=True)


def test_a_name_from_right_to_left_is_read_so_and_turns_nothing_else(
    browser: Browser, hostile: Server
) -> None:
    direction = "e => getComputedStyle(e).direction"
    with browser.visit(hostile) as visit:
        page = visit.go("/id/rtl.html").page
        name = page.locator("h1 [lang=ar]")
        assert name.evaluate(direction) == "rtl"
        assert page.locator("main").evaluate(direction) == "ltr"
        assert page.locator("[lang=he]").first.evaluate(direction) == "rtl"
        visit.go("/sparql")
        visit.run(
            f"SELECT ?s ?label {{ ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label "
            f"FILTER(STRSTARTS(STR(?s), '{hostile.namespace}id/') && LANG(?label) = 'ar') }}"
        )
        assert page.locator(".answer td [lang=ar]").first.evaluate(direction) == "rtl"
        is_readable(visit, "rtl-answer", wide=True)


def test_a_name_that_turns_the_direction_turns_only_itself(browser: Browser, hostile: Server) -> None:
    """What stands beside it in a line keeps its place: the label is isolated."""
    with browser.visit(hostile) as visit:
        for path, selector in (
            ("/id/wordy.html", "dd a"),
            (f"/search?{urlencode({'q': 'turned'})}", ".matches a"),
        ):
            page = visit.go(path).page
            label = page.locator(f"main {selector}", has_text="turned").first
            kept = label.evaluate(
                "e => [e, ...e.querySelectorAll('*')].map(x => getComputedStyle(x).unicodeBidi)"
            )
            assert {"isolate", "plaintext", "isolate-override"} & set(kept), path


def test_a_thing_without_a_label_is_called_by_its_prefixed_name(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go("/id/unnamed.html").page
        assert page.locator("h1").inner_text() == "id:unnamed"
        assert page.title().startswith("id:unnamed")


def test_5000_links_are_walked_page_by_page_and_back(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go("/id/hub.html").page
        seen: set[str] = set()
        for _ in range(3):
            links = page.locator("main dd a[href^='/id/spoke-']").evaluate_all("all => all.map(a => a.href)")
            assert links
            assert not seen & set(links)
            seen |= set(links)
            visit.click(page.locator("a[rel=next]"))
        assert page.locator("a[rel=prev]").count() == 1
        visit.click(page.locator("a[rel=prev]"))
        assert (
            set(page.locator("main dd a[href^='/id/spoke-']").evaluate_all("all => all.map(a => a.href)"))
            <= seen
        )
        visit.go("/id/hub.html?incoming=4950")
        assert page.locator("a[rel=next]").count() == 0
        assert "5,000" in page.locator("main").inner_text() or "5000" in page.locator("main").inner_text()
        is_readable(visit, "hub-last", wide=True)


def test_an_answer_of_5000_rows_is_shown_as_far_as_it_can_be_read_and_goes_on(
    browser: Browser, hostile: Server
) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go("/sparql").page
        visit.run(f"SELECT ?s {{ ?s ?p <{hostile.namespace}id/hub> }}")
        rows = page.locator(".answer table tbody tr")
        assert "5000 rows" in page.locator(".status").inner_text().replace(",", "")
        first = rows.count()
        assert 0 < first < 1000
        page.get_by_role("button", name="more").click()
        assert rows.count() > first
        is_readable(visit, "rows", wide=True)


def test_a_retired_term_says_so_and_leads_to_what_replaces_it(browser: Browser, toy: Server) -> None:
    with browser.visit(toy) as visit:
        page = visit.go("/ontology/Engine").page
        assert visit.status == 200
        note = page.get_by_role("note")
        assert "retired" in note.inner_text()
        visit.click(note.get_by_role("link").first)
        assert page.locator("h1").inner_text() == "pump"


def test_what_was_removed_says_when_and_leads_on(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go("/id/gone").page
        assert visit.status == 410
        said = page.locator("main").inner_text()
        assert "2025-03-01" in said
        assert "It rusted." in said
        visit.click(page.locator("main a", has_text="pump one"))
        assert page.locator("h1").inner_text() == "pump one"


def test_a_mistyped_name_leads_to_the_one_that_was_meant(browser: Browser, hostile: Server) -> None:
    with browser.visit(hostile) as visit:
        page = visit.go("/id/hubb").page
        assert visit.status == 404
        visit.click(page.locator("main a", has_text="hub").first)
        assert page.locator("h1").inner_text() == "hub"
