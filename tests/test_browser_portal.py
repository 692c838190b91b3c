"""What a researcher does with the pages, in a real browser on the real server and on both roots."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from conftest import Server

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

ABOUT = {"shipped": "id/vitamin-k2", "toy": "id/pump-1"}
TYPED = {"shipped": ("vitamin k2", "vitamin K2"), "toy": ("pump o", "pump one")}
STANCES = "https://w3id.org/calcigraph/server#"


def name_of(server: Server) -> str:
    return server.name


def resource(server: Server) -> str:
    return f"/{ABOUT[name_of(server)]}.html"


def explanation(server: Server) -> str:
    triple = server.inferred()
    terms = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
    return f"/explain?{urlencode({name: term.value for name, term in terms.items()})}"


def contested(server: Server) -> str:
    """A proposition on which evidence speaks both ways."""
    rows = server.rows(
        f"SELECT ?p {{ ?a <{STANCES}proposition> ?p ; <{STANCES}stance> <{STANCES}supports> . "
        f"?b <{STANCES}proposition> ?p ; <{STANCES}stance> ?other "
        f"FILTER(?other IN (<{STANCES}refutes>, <{STANCES}noEffect>)) }} ORDER BY ?p"
    )
    assert rows
    return rows[0]["p"]


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
        f"SELECT ?line ?stance {{ ?line <{STANCES}proposition> <{proposition}> ; <{STANCES}stance> ?stance }}"
    )
    assert len({line["stance"] for line in lines}) > 1
    with browser.visit(portal) as visit:
        page = visit.go(portal.path_of(proposition) + ".html").page
        for line in lines:
            path = portal.path_of(line["line"])
            assert page.locator(f'main a[href="{path}"]').count() >= 1, line
        assert page.locator(".contradiction .stance-column").count() == len(
            {line["stance"] for line in lines}
        )


def test_the_figures_of_the_evidence_are_a_forest_plot_with_their_stances(
    browser: Browser, servers: Callable[[str], Server]
) -> None:
    server = servers("shipped")
    rows = server.rows(
        f"SELECT ?p (COUNT(*) AS ?n) {{ ?l <{STANCES}proposition> ?p ; <{STANCES}evidence> ?e . "
        f"?e <{STANCES}value> ?v ; <{STANCES}low> ?low ; <{STANCES}high> ?high }} "
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


def test_search_suggests_and_is_worked_by_keyboard(browser: Browser, portal: Server) -> None:
    typed, label = TYPED[name_of(portal)]
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
