"""The query page in a real browser: completion, pictures, standings, links that last, errors that mend."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from conftest import ROOTS, Server
from page_kinds import ENDLESS, FOREST, GRAPH, RANGES, TIMELINE

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


@pytest.fixture
def visit(browser: Browser, portal: Server) -> Visit:
    with browser.visit(portal) as visit:
        yield visit.go("/sparql")


@pytest.fixture
def toy_visit(browser: Browser, servers) -> Visit:
    with browser.visit(servers("toy")) as visit:
        yield visit.go("/sparql")


def test_names_are_completed_by_label_from_this_endpoint_and_prefixes_are_declared(visit: Visit) -> None:
    for before, (typed, wanted) in COMPLETIONS[visit.server.name].items():
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
    visit.run(INFERENCE[visit.server.name])
    page = visit.page
    page.locator(".mark.inferred").first.wait_for()
    line = page.locator("tbody tr", has=page.locator(".mark.inferred")).first
    line.get_by_role("button", name="Why?").click()
    visit.click(page.locator("tr.reasons a").first)
    assert page.locator("ol.proof li").count() > 1


def test_a_part_of_a_graph_is_linked_to_as_a_place_in_its_document(toy_visit: Visit) -> None:
    document = f"{toy_visit.server.namespace}graph/metadata"
    toy_visit.run(
        f"SELECT ?part {{ GRAPH <{document}> {{ <{document}#dataset> ?p ?part FILTER(ISIRI(?part)) }} }}"
    )
    shown = toy_visit.page.locator(".answer td a").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
    )
    parts = [href for href in shown if "/graph/metadata" in href]
    assert len(parts) > 5
    assert all(href.startswith("/graph/metadata#") and "%23" not in href for href in parts)


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
    names = page.locator(".answer thead").get_by_role("button").all_inner_texts()
    assert names == ["subject", "predicate", "object"]
    page.get_by_role("tab", name="Graph").click()
    page.locator("svg .arrow").first.wait_for()


def test_a_shared_link_shows_the_same_digest_and_tells_that_the_answer_is_the_same(
    browser: Browser, visit: Visit
) -> None:
    visit.run(INFERENCE[visit.server.name])
    address, said = visit.page.url, shared(visit)
    assert "#version=" in address
    assert said[0] == visit.server.root.digest
    assert said[1] == address.rpartition("result=")[2]
    with browser.visit(visit.server) as other:
        other.page.goto(address)
        other.settle()
        assert "Identical" in other.page.locator(".verdict").inner_text()
        assert other.page.url == address
        assert shared(other) == said
    before, _, digest = address.rpartition("=")
    with browser.visit(visit.server) as other:
        other.page.goto(f"{before}={digest[::-1]}")
        other.settle()
        assert "Changed" in other.page.locator(".verdict").inner_text()
        assert shared(other) == said


def shared(visit: Visit) -> list[str]:
    """The version and the digest that the page names."""
    visit.page.get_by_text("Share", exact=True).click()
    return visit.page.locator(".elsewhere dd code").all_inner_texts()[:2]


@pytest.fixture(scope="module")
def patient(start: Callable[..., Server]) -> Server:
    """A server that frees nothing by a deadline while these tests run."""
    return start("patient", ROOTS["toy"], "--reasoner", "none", "--timeout", "600")


def at_work(server: Server) -> int:
    """How many processes the server says are evaluating queries."""
    figures = dict(
        line.rsplit(" ", 1) for line in server.get("/metrics").text.splitlines() if line[:1] != "#"
    )
    return sum(
        int(float(figures[f'calcigraph_pool_workers{{state="{state}"}}'])) for state in ("busy", "preempted")
    )


def test_stop_ends_a_query_at_the_server_and_frees_its_worker(browser: Browser, patient: Server) -> None:
    with browser.visit(patient) as visit:
        page = visit.go("/sparql").page
        visit.until(lambda: at_work(patient) == 0)
        for _ in range(2):
            visit.write(ENDLESS)
            page.get_by_role("button", name="Run").click()
            visit.until(lambda: at_work(patient) > 0)
            page.get_by_role("button", name="Stop").click()
            page.get_by_text("Stopped.").wait_for()
            assert not page.get_by_role("button", name="Stop").is_visible()
            visit.until(lambda: at_work(patient) == 0)
        assert patient.get("/healthz").status == 200
        visit.run("ASK {}")
        assert page.locator(".truth").inner_text() == "Yes"


def test_a_second_run_ends_the_first(browser: Browser, patient: Server) -> None:
    with browser.visit(patient) as visit:
        page = visit.go("/sparql").page
        visit.write(ENDLESS)
        page.keyboard.press("Control+Enter")
        visit.until(lambda: at_work(patient) > 0)
        visit.run("ASK {}")
        assert page.locator(".truth").inner_text() == "Yes"
        visit.until(lambda: at_work(patient) == 0)


def test_a_query_ends_when_its_page_is_left(browser: Browser, patient: Server) -> None:
    with browser.visit(patient) as visit:
        visit.go("/sparql")
        visit.write(ENDLESS)
        visit.page.keyboard.press("Control+Enter")
        visit.until(lambda: at_work(patient) > 0)
        visit.go("/")
        visit.until(lambda: at_work(patient) == 0)


def test_a_deadline_names_itself_on_the_page(toy_visit: Visit) -> None:
    address = urlencode({"query": ENDLESS, "timeout": "0.2"})
    page = toy_visit.go(f"/sparql?{address}").page
    assert toy_visit.status == 503
    assert "0.2 s" in page.locator("main").inner_text()


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
    query = INFERENCE[visit.server.name]
    wrong = query.replace("netInhibits", "netInhibts").replace("reaches", "reachs")
    assert wrong != query
    visit.run(wrong)
    visit.page.locator("button.mend").first.click()
    visit.page.locator(".answer tbody tr").first.wait_for()


def test_the_python_that_is_offered_runs_and_the_notebook_is_one(toy_visit: Visit) -> None:
    toy_visit.run(INFERENCE["toy"])
    page = toy_visit.page
    rows = page.locator(".answer table tbody tr").count()
    code = toy_visit.snippet("Python")
    done = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{rows} rows\n", "")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the notebook").click()
    notebook = json.loads(saving.value.path().read_text(encoding="utf-8"))
    assert (notebook["nbformat"], len(notebook["cells"])) == (4, 2)


def test_a_question_of_the_root_is_an_example(toy_visit: Visit) -> None:
    page = toy_visit.page
    questions = toy_visit.server.root.questions
    page.get_by_label("Start from a question").select_option(label=questions[0].question)
    toy_visit.settle()
    assert page.locator("textarea[name=query]").input_value().strip() == questions[0].text.strip()


def test_the_editor_is_left_by_the_tab_key(toy_visit: Visit) -> None:
    page = toy_visit.page
    page.locator(".CodeMirror").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror') === null")


def test_an_answer_page_of_the_server_becomes_a_working_one(browser: Browser, portal: Server) -> None:
    address = urlencode({"query": INFERENCE[portal.name], "inference": "off"})
    with browser.visit(portal) as visit:
        page = visit.go(f"/sparql?{address}").page
        assert page.get_by_label("Inferences").input_value() == "off"
        assert page.locator(".answer, .status").first.is_visible()
        assert "inference=off" in page.url
