"""Data and addresses that mean harm, in a real browser on every page that shows them: nothing runs.

The browser does not enforce the pages' Content-Security-Policy here, so that it cannot hide what a page
got wrong; that no policy is violated either is what the other tests see.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

import pytest

import harm
from conftest import BROWSER, Server
from page_checks import smuggled, smuggled_by
from polling import MOST_S
from test_http_pages import Page, is_own_script

if TYPE_CHECKING:
    from pathlib import Path

    from browsing import Browser, Visit

# Brings the browser, and the servers that it visits.
pytest_plugins = ["browsing"]

LABELS = harm.labels()
# Where a request can say something, with the rest that such a request needs.
PLACES = {
    "search": "/search?q={}",
    "query": "/sparql?query={}",
    "query to edit": "/sparql?edit=1&query={}",
    "format of an answer": "/sparql?query=ASK%7B%7D&format={}",
    "format of a search": "/search?q=a&format={}",
    "inference": "/sparql?query=ASK%7B%7D&inference={}",
    "timeout": "/sparql?query=ASK%7B%7D&timeout={}",
    "default graph": "/sparql?query=ASK%7B%7D&default-graph-uri={}",
    "subject": "/explain?subject={}&predicate=rdf:type&object=plant:Pump",
    "object": "/explain?subject=id:pump-1&predicate=rdfs:label&object={}",
    "every": "/explain?subject=id:pump-1&predicate=rdf:type&object=plant:Pump&all={}",
    "page of links": "/id/pump-1.html?incoming={}",
    "graph": "/graphs?graph={}",
    "name": "/id/{}",
    "name of a term": "/ontology/{}",
    "name of a question": "/questions/{}",
    "path": "/{}",
    "parameter": "/?{}",
    "fragment": "/sparql?query=ASK%7B%7D#version={}&result=abc",
}


@pytest.fixture(scope="module")
def harmful(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A root that is full of harm, closed and served like any other."""
    return start("harmful", harm.write(tmp_path_factory.mktemp("harmful") / "root"))


@pytest.fixture(scope="module")
def tab(browser: Browser, harmful: Server) -> Iterator[Visit]:
    with browser.visit(harmful, policy=False) as tab:
        yield tab


@pytest.fixture
def visit(tab: Visit) -> Iterator[Visit]:
    """The tab that all of these tests use, as if it were new; what ran in it fails the test."""
    tab.forget()
    yield tab
    tab.check()


def test_the_corpus_is_there_and_on_the_pages(harmful: Server) -> None:
    assert len(harm.TEXTS) > 60
    assert len(LABELS) > 20
    assert all(any(text in label for label in LABELS) for text in harm.TEXTS)
    rows = harmful.rows("SELECT ?o { <https://example.org/plant/id/bag> ?p ?o }")
    assert {row["o"] for row in rows} >= set(harm.TEXTS)


# What careless pages do with a text.
CARELESS: tuple[Callable[[str], str], ...] = (
    lambda text: f"<p>{text}</p>",
    lambda text: f'<p title="{text}">x</p>',
    lambda text: f"<p title='{text}'>x</p>",
    lambda text: f"<p title={text}>x</p>",
    lambda text: f'<a href="{text}">x</a>',
    lambda text: f"<title>{text}</title>",
    lambda text: f"<textarea>{text}</textarea>",
    lambda text: f'<script type="application/ld+json">{{"x": "{text}"}}</script>',
    lambda text: f"<!-- {text} -->",
    lambda text: f"<p>{unquote(text)}</p>",
    lambda text: f"<p>{html.unescape(text)}</p>",
    lambda text: f"<p>{unicodedata.normalize('NFKC', text)}</p>",
)


def test_a_careless_page_would_be_harmed(browser: Browser, harmful: Server) -> None:
    with browser.visit(harmful, policy=False) as visit:
        page = visit.go("/search").page
        harmless = [
            text for text in harm.TEXTS if not any(smuggled_by(page, careless(text)) for careless in CARELESS)
        ]
        assert smuggled_by(page, "<p>nothing</p>") == []
    # These mean templates, scripts and styles that are put together from text; here are none.
    assert len(harmless) <= 16, harmless


@pytest.mark.parametrize("number", range(len(LABELS)))
def test_a_label_that_means_harm_is_text_wherever_its_thing_is_shown(visit: Visit, number: int) -> None:
    page = visit.go(f"/id/harm-{number}.html").page
    visit.unfold()
    assert smuggled(page) == []
    shown = " ".join(LABELS[number].split())
    assert shown in " ".join(page.locator("h1").text_content().split())
    assert page.title().startswith(f"harm {number}")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/questions",
        f"/questions/{harm.QUESTION}",
        "/id/bag.html",
        "/id/links.html",
        "/id/nested.html",
        "/id/gate-0.html",
        "/id/gate-3.html",
        "/id/p-harm.html",
        "/id/p-harm-if.html",
        "/id/e-harm.html",
        "/id/s-harm.html",
        "/id/decision-harm.html",
        "/id/filed.html",
        "/id/gone",
        "/ontology.html",
        "/ontology/Harm.html",
        "/ontology/harmful.html",
        "/server.html",
        "/search?q=harm",
        "/search?q=alert",
        "/search?q=hram+3",
        "/id/hram-3",
        "/explain?subject=id:harm-3&predicate=plant:reaches&object=id:pump-1",
        "/explain?subject=id:pump-2&predicate=plant:feeds&object=id:harm-3",
        "/explain?subject=id:pump-2&predicate=plant:reaches&object=id:pump-1&all=1",
    ],
)
def test_a_page_of_harm_is_text(visit: Visit, path: str) -> None:
    page = visit.go(path).page
    assert visit.status in (200, 404, 410)
    visit.unfold(20)
    assert smuggled(page) == []
    assert "alert(" in page.content()


def test_things_with_names_that_mean_harm_have_their_pages_here(visit: Visit, harmful: Server) -> None:
    page = visit.go("/id/links.html").page
    targets = page.locator("main a[href]").evaluate_all(
        "all => all.map(a => a.getAttribute('href')).map(href => [href, new URL(href, location).origin])"
    )
    own = {target for target, origin in targets if target.startswith("/id/") and origin == harmful.base}
    assert all(origin == harmful.base for target, origin in targets if target.startswith("/"))
    found = 0
    for name in harm.OWN:
        path = "/" + quote(name, safe="/%:@!$&'()*+,;=~")
        if path in own and harmful.get(f"{path}.html").status == 200:
            assert smuggled(visit.go(f"{path}.html").page) == []
            found += 1
    assert found >= 5


@pytest.mark.parametrize("where", PLACES)
def test_what_an_address_says_is_text(visit: Visit, where: str) -> None:
    together = "".join(text for text in harm.TEXTS if not text.startswith(("<!--", "<plaintext>", "<xmp")))
    for text in (together[:190], together[200:3000], "<!--<script>alert(4)<plaintext>"):
        visit.go(PLACES[where].format(quote(text, safe="")))
        assert smuggled(visit.page) == [], text
        assert visit.page.locator("h1").count() == 1


@pytest.mark.parametrize("where", [name for name in PLACES if name != "fragment"])
def test_what_an_address_says_never_becomes_markup(harmful: Server, where: str) -> None:
    for text in harm.TEXTS:
        reply = harmful.get(PLACES[where].format(quote(text, safe="")), BROWSER)
        assert reply.status < 500
        if reply.type == "text/html":
            page = Page(reply.text)
            assert not page.faults, text
            assert not page.open, text
            assert all(is_own_script(script) for script in page.all("script")), text
            assert not [name for _, a in page.elements for name in a if name.startswith("on")], text


def test_suggestions_are_text(visit: Visit) -> None:
    page = visit.go("/").page
    field = page.get_by_role("combobox").first
    for typed in ("alias <s", "alias <i", "alias </", "alias '", "harm 2", "alert(1"):
        field.fill(typed)
        visit.settle()
        page.locator(".suggestions li").first.wait_for()
        assert smuggled(page) == []


def test_completions_are_text(visit: Visit) -> None:
    page = visit.go("/sparql").page
    for typed in (
        "SELECT * { ?s ?p harm",
        "SELECT * { ?s <",
        "SELECT * { ?s a <",
        "SELECT * { ?s constructor:",
        "SELECT * { ?s a ",
    ):
        visit.write(typed)
        page.keyboard.press("Control+Space")
        visit.settle()
        if "harm" in typed:
            page.locator("li.CodeMirror-hint", has_text="<script>").first.wait_for()
        assert smuggled(page) == []
        page.keyboard.press("Escape")


def test_a_prefix_may_be_called_like_a_property_of_every_object(visit: Visit) -> None:
    page = visit.go("/sparql").page
    visit.run("SELECT * { ?s constructor:x ?o }")
    page.locator("button.mend", has_text="PREFIX constructor:").click()
    visit.settle()
    assert page.get_by_role("alert").count() == 0
    assert f"PREFIX constructor: <{PLANT}constructor/>" in page.locator("textarea[name=query]").input_value()


def values(texts: tuple[str, ...]) -> str:
    return " ".join(f"({harm.quoted(text)})" for text in texts)


HALF = len(harm.TEXTS) // 2
PLANT = "https://example.org/plant/"
LABELLED = f"VALUES (?label) {{ {values(harm.TEXTS[:HALF])} }}"
UNITS = f"VALUES (?label) {{ {values(harm.TEXTS[HALF:])} }}"
DATE = "CONCAT('20', SUBSTR(STR(10 + STRLEN(?label)), 1, 2), '-01-01')"
XSD = "http://www.w3.org/2001/XMLSchema#"
QUERIES = {
    "literals": f"SELECT * {{ VALUES (?text) {{ {values(harm.TEXTS)} }} }}",
    "things": f"SELECT * {{ ?s a <{PLANT}ontology/Device> }}",
    "links": f"SELECT * {{ <{PLANT}id/links> ?p ?o }}",
    "made IRIs": "SELECT (IRI('javascript:alert(1)') AS ?x) (IRI(\"data:text/html,'alert(2)\") AS ?y) {}",
    "languages": "SELECT (STRLANG('a', '\"><img src=x onerror=alert(1)>') AS ?x) {}",
    "datatypes": "SELECT (STRDT('<img src=x onerror=alert(1)>', <javascript:alert(2)>) AS ?x) {}",
    "triples": "CONSTRUCT { ?s <javascript:alert(1)> ?o . ?s ?p ?o } "
    "{ ?s ?p ?o FILTER(CONTAINS(STR(?o), 'alert')) } LIMIT 60",
    "signed graph": "SELECT ?source ?sign ?target "
    f"{{ ?source <{PLANT}ontology/blocks> ?target BIND('+' AS ?sign) }} LIMIT 40",
    "forest plot": f"SELECT * {{ {LABELLED} BIND(?label AS ?measure) BIND(1.0 AS ?value) "
    "BIND(0.5 AS ?low) BIND(2.0 AS ?high) }",
    "ranges": f"SELECT * {{ {UNITS} BIND(?label AS ?unit) BIND(0.5 AS ?low) BIND(2.0 AS ?high) }}",
    "timeline": f"SELECT * {{ {LABELLED} BIND(STRDT({DATE}, <{XSD}date>) AS ?date) }}",
    "nothing": f"SELECT * {{ ?s <javascript:alert(1)//'onclick=alert(2)> <{PLANT}id/hram-3> }}",
    "syntax": f"SELECT * {{ ?s ?p {harm.quoted(harm.TEXTS[0])} ?x ?y }} # {harm.TEXTS[13]}",
    "prefixes": "SELECT * { ?s constructor:x toString:y ; hasOwnProperty:z valueOf:a }",
}


@pytest.mark.parametrize("name", QUERIES)
def test_an_answer_of_harm_is_text_as_table_picture_and_snippet(visit: Visit, name: str) -> None:
    query = QUERIES[name]
    page = visit.go("/sparql").page
    visit.run(query)
    for tab in page.get_by_role("tab").all():
        tab.click()
        visit.settle()
        visit.unfold(20)
        assert smuggled(page) == [], tab.inner_text()
    assert smuggled(page) == []
    shown = page.locator(".answer")
    assert shown.count() == 1
    # The page that the server makes of it by itself.
    visit.go(f"/sparql?{urlencode({'query': query})}")
    assert smuggled(page) == []


def test_without_scripts_an_answer_of_harm_is_text(browser: Browser, harmful: Server) -> None:
    with browser.visit(harmful, scripts=False, policy=False) as visit:
        for query in QUERIES.values():
            markup = Page(harmful.get(f"/sparql?{urlencode({'query': query})}", BROWSER).text)
            assert not markup.faults, query
            assert not [name for _, a in markup.elements for name in a if name.startswith("on")], query
            visit.go(f"/sparql?{urlencode({'query': query})}")
        assert visit.elsewhere == []


def test_a_snippet_says_the_query_whatever_stands_in_it(
    browser: Browser, harmful: Server, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    said = f"'''\"\"\"\\\\ $(touch {marker}) `touch {marker}` ${{x}} %s {{0}} ' \\n !! \u2028 \\"
    query = f'SELECT ?text {{ VALUES ?text {{ {harm.quoted(said)} }} }} # """ \' $(touch {marker}) \\'
    with browser.visit(harmful) as visit:
        visit.go("/sparql")
        visit.run(query)
        curl, python, r, bibtex = (visit.snippet(name) for name in ("curl", "Python", "R", "BibTeX"))
        assert smuggled(visit.page) == []
    python = python.replace("rows[:5]", "print(rows[0]['text'])")
    shell = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True, timeout=MOST_S)
    script = subprocess.run(
        [sys.executable, "-c", python], capture_output=True, text=True, check=True, timeout=MOST_S
    )
    assert said in shell.stdout.replace('""', '"')
    assert script.stdout == f"1 rows\n{said}\n"
    # R's strings have the escapes of JSON's, and may hold line breaks.
    written = re.search(r'query <- (".*?")\naddress', r, re.S)
    assert written
    assert json.loads(written[1].replace("\n", "\\n")) == query
    assert bibtex.count("{") == bibtex.count("}")
    assert not marker.exists()
