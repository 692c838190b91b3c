"""What a researcher does with the pages, in a real browser on the real server and on both roots."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from conftest import Server
from page_kinds import ABOUT, PREFIXES, SRV, contested, explanation

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

TYPED = {"shipped": ("vitamin k2", "vitamin K2"), "toy": ("pump o", "pump one")}


def resource(server: Server) -> str:
    return f"/{ABOUT[server.name]}.html"


def test_the_proof_of_the_featured_answer_is_at_most_three_clicks_from_the_front_page(
    browser: Browser, portal: Server
) -> None:
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        featured = page.locator(".featured")
        visit.click(featured.locator("tbody").get_by_role("button", name="Why?").first)
        visit.click(featured.locator("tr.reasons a").first)
        assert page.url.startswith(portal.base + "/explain?")
        assert visit.clicks <= 3
        assert page.locator("[data-proof] svg .box").count() > 1
        assert page.locator("ol.proof li").count() > 1
        assert page.locator("ol.proof .stance").count() > 0


def test_the_featured_answer_is_a_picture_and_a_table(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        figure = page.locator(".featured figure.picture")
        assert figure.locator("svg .arrow").count() > 1
        signs = figure.locator("svg .arrow.plus, svg .arrow.minus")
        assert signs.count() == figure.locator("svg .arrow").count()
        assert figure.locator("tbody tr").count() == signs.count()


def test_a_neighbourhood_stands_as_a_signed_graph_and_as_a_table(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go(resource(portal)).page
        room = page.locator("[data-resource]")
        arrows = room.locator("svg .arrow")
        assert arrows.count() > 1
        room.locator("summary").click()
        assert room.locator("tbody tr").count() == arrows.count()
        signs = room.locator("tbody td:last-child").all_inner_texts()
        assert all(sign.endswith(("raises", "lowers")) for sign in signs)
        boxes = room.locator("svg a.box:not(.focus)")
        shown = boxes.first.locator("text").first.text_content() or ""
        visit.click(boxes.first)
        assert shown.split()[0] in (page.locator("h1").text_content() or "")


def test_a_resource_without_signed_relations_keeps_its_neighbourhood_folded(
    browser: Browser, portal: Server
) -> None:
    with browser.visit(portal) as visit:
        page = visit.go(portal.path_of(contested(portal)) + ".html").page
        room = page.locator("details.neighbourhood")
        assert room.locator("svg").count() == 0
        room.locator("> summary").click()
        room.locator("svg .arrow .verb").first.wait_for()


def test_the_evidence_for_and_against_a_proposition_stands_on_its_page(
    browser: Browser, portal: Server
) -> None:
    proposition = contested(portal)
    lines = portal.rows(
        f"SELECT ?line ?stance {{ ?line <{SRV}proposition> <{proposition}> ; <{SRV}stance> ?stance }}"
    )
    assert len({line["stance"] for line in lines}) > 1
    with browser.visit(portal) as visit:
        page = visit.go(portal.path_of(proposition) + ".html").page
        for line in lines:
            path = portal.path_of(line["line"])
            assert page.locator(f'main a[href="{path}"]').count() >= 1, line
        assert page.locator(".contradiction th.stance").count() == len({line["stance"] for line in lines})


def test_stances_stand_side_by_side_on_a_desk_and_below_one_another_on_a_phone(
    browser: Browser, portal: Server
) -> None:
    path = portal.path_of(contested(portal)) + ".html"
    with browser.visit(portal) as visit:
        heads = _boxes(visit.go(path), "th.stance")
        assert len({round(box["x"]) for box in heads}) == len(heads) > 1
        assert len({round(box["y"]) for box in heads}) == 1
        for head, entry in zip(heads, _first_entries(visit), strict=True):
            assert head["x"] - 1 <= entry["x"] < head["x"] + head["width"]
    with browser.visit(portal, phone=True) as visit:
        entries = _boxes(visit.go(path), ".entry")
        assert len({round(box["x"]) for box in entries}) == 1
        assert all(a["y"] + a["height"] <= b["y"] for a, b in itertools.pairwise(entries))
        # What a line rests on is read without opening anything.
        assert visit.page.locator(".contradiction .entry").first.inner_text().count("\n") > 1


def _boxes(visit: Visit, selector: str) -> list[dict[str, float]]:
    found = visit.page.locator(f".contradiction {selector}")
    return [box for element in found.all() if (box := element.bounding_box())]


def _first_entries(visit: Visit) -> list[dict[str, float]]:
    """The first entry of each stance, in the order of the headings."""
    stances = visit.page.locator(".contradiction th.stance > :first-child").all_inner_texts()
    return [_boxes(visit, f'td[data-stance="{stance}"] .entry')[0] for stance in stances]


def test_evidence_is_compared_by_what_the_reader_chooses(browser: Browser, portal: Server) -> None:
    path = portal.path_of(contested(portal)) + ".html"
    with browser.visit(portal) as visit:
        page = visit.go(path).page
        choices = page.locator(".contradiction nav a")
        assert choices.count() > 1
        entries = page.locator(".contradiction .entry").count()
        other = page.locator(".contradiction nav a:not([aria-current])").first
        name = other.inner_text()
        visit.click(other)
        assert page.locator(".contradiction nav a[aria-current]").inner_text() == name
        assert page.locator(".contradiction thead th").first.inner_text() == name
        assert page.locator(".contradiction .entry").count() == entries


def test_the_figures_of_the_evidence_are_a_forest_plot_with_their_stances(
    browser: Browser, servers: Callable[[str], Server]
) -> None:
    server = servers("shipped")
    rows = server.rows(
        f"SELECT ?p (COUNT(*) AS ?n) {{ ?l <{SRV}proposition> ?p ; <{SRV}evidence> ?e . "
        f"?e <{SRV}value> ?v ; <{SRV}low> ?low ; <{SRV}high> ?high }} "
        "GROUP BY ?p ORDER BY DESC(?n) ?p"
    )
    assert rows
    with browser.visit(server) as visit:
        page = visit.go(server.path_of(rows[0]["p"]) + ".html").page
        plot = page.locator("[data-resource] svg.plot")
        assert plot.locator(".point").count() >= int(rows[0]["n"])
        assert plot.locator(".whisker").count() >= 3
        assert re.search("supports|no effect|refutes|inconclusive", plot.text_content() or "")


def test_a_proof_is_drawn_and_listed(browser: Browser, portal: Server) -> None:
    with browser.visit(portal) as visit:
        page = visit.go(explanation(portal)).page
        figure = page.locator("[data-proof] figure").first
        assert figure.locator("svg .box.inferred").count() >= 1
        assert figure.locator("tbody tr").count() == figure.locator("svg .box").count()
        assert page.locator("ol.proof").count() >= 1


def test_a_leaf_of_the_featured_proof_leads_to_where_it_was_read(browser: Browser, portal: Server) -> None:
    """From the front page to a source, by what anybody would click."""
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        visit.click(page.locator(".featured tbody").get_by_role("button", name="Why?").first)
        visit.click(page.locator("tr.reasons a").first)
        evidence = page.locator("ol.proof .lines").first
        visit.click(evidence.locator(".source a, a").last)
        iri = f"{portal.namespace}{unquote(page.url).removeprefix(portal.base + '/').removesuffix('.html')}"
        kinds = portal.rows(
            f"{PREFIXES}SELECT ?k {{ <{iri}> a ?k FILTER(?k IN (srv:Source, srv:Evidence)) }}"
        )
        assert kinds, iri


def test_search_suggests_and_is_worked_by_keyboard(browser: Browser, portal: Server) -> None:
    typed, label = TYPED[portal.name]
    with browser.visit(portal) as visit:
        page = visit.go("/").page
        field = page.get_by_role("combobox").first
        field.press_sequentially(typed)
        page.locator(".suggestions li").first.wait_for()
        field.press("ArrowDown")
        chosen = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
        assert label in (chosen.text_content() or "")
        field.press("Enter")
        page.wait_for_url("**/id/**")
        assert label in (page.locator("h1").text_content() or "")


def test_the_choice_of_colours_holds_on_the_next_page(browser: Browser, portal: Server) -> None:
    def paper(visit: Visit) -> str:
        return str(visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    with browser.visit(portal) as visit:
        page = visit.go("/").page
        light = paper(visit)
        page.get_by_label("Colours").select_option("dark")
        dark = paper(visit)
        assert dark != light
        visit.go("/questions")
        assert paper(visit) == dark
        page.get_by_label("Colours").select_option("")
        assert paper(visit) == light
    with browser.visit(portal, dark=True) as visit:
        assert paper(visit.go("/")) == dark


def test_without_scripts_each_page_still_says_everything(browser: Browser, portal: Server) -> None:
    with browser.visit(portal, scripts=False) as visit:
        page = visit.go("/").page
        assert page.locator(".featured tbody tr").count() >= 1
        assert page.locator("figure").count() == 0
        assert visit.go(explanation(portal)).page.locator("ol.proof li").count() > 1
        visit.go("/sparql?edit=1&query=ASK%7B%7D")
        page.locator("form.query button").click()
        assert page.locator(".truth").inner_text() == "Yes"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pictures_keep_their_colours_when_they_are_saved(
    browser: Browser, servers: Callable[[str], Server], dark: bool
) -> None:
    server = servers("toy")
    with browser.visit(server, dark=dark) as visit:
        page = visit.go(resource(server)).page
        with page.expect_download() as saving:
            page.get_by_role("button", name="Save as SVG").click()
        text = saving.value.path().read_text(encoding="utf-8")
        assert text.startswith("<svg")
        assert "class=" not in text
        assert "var(" not in text
        assert 'fill="rgb(' in text
