"""The query page in a real browser: completion, pictures, standings, links that last, errors that mend."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from conftest import Server

if TYPE_CHECKING:
    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

# A label's beginning and what stands for it, by place in a query.
COMPLETIONS = {
    "shipped": {
        "?x a ": ("prot", "cg:Protein"),
        "?x ": ("net inh", "cg:netInhibits"),
        "?x ?y ": ("menaq", "id:vitamin-k2"),
    },
    "toy": {
        "?x a ": ("pum", "plant:Pump"),
        "?x ": ("starv", "plant:starves"),
        "?x ?y ": ("pump-o", "id:pump-1"),
    },
}
INFERENCE = {
    "shipped": "PREFIX cg: <https://w3id.org/calcigraph/ontology/>\nSELECT ?s ?o { ?s cg:netInhibits ?o }",
    "toy": "PREFIX plant: <https://example.org/plant/ontology/>\nSELECT ?s ?o { ?s plant:reaches ?o }",
}
# Nested sums over everything: it would run for hours.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
FOREST = """SELECT * { VALUES (?study ?measure ?value ?low ?high) {
  ("A" "hazard ratio" 0.8 0.6 1.1) ("B" "hazard ratio" 1.2 0.9 1.6)
  ("C" "mean difference" -2.0 -4.5 0.5) } }"""
RANGES = """SELECT * { VALUES (?source ?low ?high ?unit) {
  ("A" 45 45 "ug/d") ("B" 90 180 "ug/d") ("C" 45 45 "mg/d") } }"""
TIMELINE = """SELECT * { VALUES (?label ?date) {
  ("late" "2020-05-01"^^<http://www.w3.org/2001/XMLSchema#date>)
  ("early" "1999-01-01"^^<http://www.w3.org/2001/XMLSchema#date>) } }"""
GRAPH = """SELECT * { VALUES (?source ?sign ?target) {
  (<urn:a> "+" <urn:b>) (<urn:b> "-" <urn:c>) (<urn:a> "-" <urn:c>) } }"""


def name_of(server: Server) -> str:
    return server.name


@pytest.fixture
def visit(browser: Browser, portal: Server) -> Visit:
    with browser.visit(portal) as visit:
        yield visit.go("/sparql")


@pytest.fixture
def toy_visit(browser: Browser, servers) -> Visit:
    with browser.visit(servers("toy")) as visit:
        yield visit.go("/sparql")


def test_names_are_completed_by_label_from_this_endpoint_and_prefixes_are_declared(visit: Visit) -> None:
    for before, (typed, wanted) in COMPLETIONS[name_of(visit.server)].items():
        visit.write(f"SELECT * {{ {before}")
        for letter in typed.rpartition(" ")[2]:
            visit.page.keyboard.type(letter)
        visit.page.keyboard.press("Control+Space")
        hint = visit.page.locator("li.CodeMirror-hint", has_text=wanted)
        hint.first.wait_for()
        hint.first.click()
        text = visit.page.locator("textarea[name=query]").input_value()
        assert text.endswith(f"{before}{wanted}"), text
        assert text.startswith(f"PREFIX {wanted.partition(':')[0]}: <"), text


def test_each_row_says_whether_it_is_asserted_or_follows_and_why(visit: Visit) -> None:
    visit.run(INFERENCE[name_of(visit.server)])
    page = visit.page
    page.locator(".mark.inferred").first.wait_for()
    line = page.locator("tbody tr", has=page.locator(".mark.inferred")).first
    line.get_by_role("button", name="Why?").click()
    visit.click(page.locator("tr.reasons a").first)
    assert page.locator("ol.proof li").count() > 1


def test_what_was_asserted_alone_is_not_said_to_be_inferred(toy_visit: Visit) -> None:
    toy_visit.run("SELECT DISTINCT ?c { ?c a <http://www.w3.org/2002/07/owl#Class> } ORDER BY ?c LIMIT 5")
    page = toy_visit.page
    page.wait_for_function("!document.querySelector('.answer tbody')?.innerText.includes('…')")
    assert page.locator("tbody .mark").count() == 0
    assert page.locator("tbody tr", has_text="asserted").count() == 5


def test_labels_stand_for_iris_until_iris_are_wanted(toy_visit: Visit) -> None:
    toy_visit.run(INFERENCE["toy"])
    cell = toy_visit.page.locator(".answer tbody a[title]").first
    name, label = cell.get_attribute("title"), cell.inner_text()
    assert label != name
    toy_visit.page.get_by_label("Show labels").uncheck()
    assert toy_visit.page.locator(".answer tbody a[title]").first.inner_text() == name


@pytest.mark.parametrize(
    ("query", "tab", "drawn", "count"),
    [
        (FOREST, "Forest plot", ".point", 3),
        (RANGES, "Ranges", ".panel", 2),
        (TIMELINE, "Timeline", ".point", 2),
        (GRAPH, "Graph", ".arrow", 3),
    ],
)
def test_the_shape_of_an_answer_offers_the_picture(
    toy_visit: Visit, query: str, tab: str, drawn: str, count: int
) -> None:
    toy_visit.run(query)
    page = toy_visit.page
    page.get_by_role("tab", name=tab).click()
    figure = page.locator("[role=tabpanel]:not([hidden]) figure")
    figure.locator("svg").wait_for()
    assert figure.locator(f"svg {drawn}").count() == count
    figure.locator("summary").click()
    assert figure.locator("tbody tr").count() >= count or tab == "Ranges"


def test_a_graph_answers_as_triples_and_as_a_picture(toy_visit: Visit) -> None:
    toy_visit.run("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . FILTER(isIRI(?o) && CONTAINS(STR(?p), 'feeds')) }")
    page = toy_visit.page
    assert page.locator(".answer thead").inner_text().split() == ["subject", "predicate", "object"]
    page.get_by_role("tab", name="Graph").click()
    page.locator("svg .arrow").first.wait_for()


def test_a_shared_link_tells_that_the_answer_is_the_same(browser: Browser, visit: Visit) -> None:
    visit.run(INFERENCE[name_of(visit.server)])
    address = visit.page.url
    assert "#version=" in address
    with browser.visit(visit.server) as other:
        other.page.goto(address)
        other.settle()
        assert "Identical" in other.page.locator(".verdict").inner_text()
        assert other.page.url == address
    before, _, digest = address.rpartition("=")
    with browser.visit(visit.server) as other:
        other.page.goto(f"{before}={digest[::-1]}")
        other.settle()
        assert "Changed" in other.page.locator(".verdict").inner_text()


def test_stop_ends_a_query_and_frees_its_worker(toy_visit: Visit) -> None:
    page = toy_visit.page
    # More than there are workers: were they not freed, the last query would have to wait for a deadline.
    for _ in range(3):
        toy_visit.write(ENDLESS)
        page.get_by_role("button", name="Run").click()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped.").wait_for()
        assert not page.get_by_role("button", name="Stop").is_visible()
    toy_visit.run("ASK {}")
    assert page.locator(".truth").inner_text() == "Yes"


def test_a_missing_prefix_is_put_in_by_one_click(toy_visit: Visit) -> None:
    toy_visit.run("SELECT ?c { ?c a owl:Class } LIMIT 3")
    page = toy_visit.page
    assert page.get_by_role("alert").count() == 1
    page.locator("button.mend").first.click()
    page.locator(".answer tbody tr").nth(2).wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_mistyped_prefix_is_mended(toy_visit: Visit) -> None:
    toy_visit.run("PREFIX owl: <http://www.w3.org/2002/07/owl#> SELECT ?c { ?c a olw:Class } LIMIT 3")
    toy_visit.page.get_by_role("button", name="Replace olw: by owl:").click()
    toy_visit.page.locator(".answer tbody tr").nth(2).wait_for()


def test_an_error_of_syntax_marks_its_line(toy_visit: Visit) -> None:
    toy_visit.run("SELECT *\nWHERE {\n  ?s ?p\n}")
    page = toy_visit.page
    assert page.get_by_role("alert").count() == 1
    assert page.locator(".CodeMirror .wrong").count() == 1
    page.locator(".repairs button").first.click()
    assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null")


def test_an_empty_answer_names_what_stands_nowhere_and_what_was_meant(visit: Visit) -> None:
    query = INFERENCE[name_of(visit.server)]
    wrong = query.replace("netInhibits", "netInhibts").replace("reaches", "reachs")
    assert wrong != query
    visit.run(wrong)
    visit.page.locator("button.mend").first.click()
    visit.page.locator(".answer tbody tr").first.wait_for()


def test_the_python_that_is_offered_runs_and_the_notebook_is_one(toy_visit: Visit) -> None:
    toy_visit.run(INFERENCE["toy"])
    page = toy_visit.page
    rows = page.locator(".answer table tbody tr").count()
    page.get_by_text("Use it from", exact=True).click()
    heading = page.get_by_role("heading", name="Python", exact=True)
    code = heading.locator("xpath=following-sibling::div").locator("pre")
    done = subprocess.run(
        [sys.executable, "-"], input=code.inner_text(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (f"{rows} rows\n", "")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the notebook").click()
    notebook = json.loads(saving.value.path().read_text(encoding="utf-8"))
    assert (notebook["nbformat"], len(notebook["cells"])) == (4, 2)


def test_a_question_of_the_root_is_an_example(toy_visit: Visit) -> None:
    page = toy_visit.page
    questions = toy_visit.server.root.questions
    page.get_by_label("Start from a question").select_option(label=questions[0].question)
    assert page.locator("textarea[name=query]").input_value().strip() == questions[0].text.strip()


def test_the_editor_is_left_by_the_tab_key(toy_visit: Visit) -> None:
    page = toy_visit.page
    page.locator(".CodeMirror").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror') === null")


def test_an_answer_page_of_the_server_becomes_a_working_one(browser: Browser, portal: Server) -> None:
    address = urlencode({"query": INFERENCE[name_of(portal)], "inference": "off"})
    with browser.visit(portal) as visit:
        page = visit.go(f"/sparql?{address}").page
        assert page.get_by_label("Inferences").input_value() == "off"
        assert page.locator(".answer, .status").first.is_visible()
        assert "inference=off" in page.url
