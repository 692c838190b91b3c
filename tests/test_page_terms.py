"""Small things that pages say: durations, citations, code with links, figures."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from flask import Flask

from calcigraph.dataset import build
from calcigraph.pool import Pool
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.web.app import create_app
from calcigraph.web.site import Site, site_of
from calcigraph.web.views.citation import Citation
from calcigraph.web.views.figures import Figures
from calcigraph.web.views.pages import terms_of
from calcigraph.web.views.terms import Terms, duration
from conftest import ROOTS


@pytest.fixture(scope="module")
def app() -> Flask:
    dataset = build(Root.open(ROOTS["toy"]))
    return create_app(dataset, Pool.__new__(Pool), Settings())


@pytest.fixture(scope="module")
def site(app: Flask) -> Site:
    return site_of(app)


@pytest.fixture
def terms(app: Flask, site: Site) -> Terms:
    with app.app_context():
        return terms_of(site)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P2Y", "2 years"),
        ("P1Y6M", "1 year 6 months"),
        ("P12W", "12 weeks"),
        ("P0.5D", "0.5 days"),
        ("P", None),
        ("PT2H", None),
        ("P2Y of it", None),
        ("", None),
    ],
)
def test_a_duration_is_told_in_words_and_other_text_is_left_alone(text: str, words: str | None) -> None:
    assert duration(text) == words


def test_a_citation_names_title_dataset_version_and_address(site: Site) -> None:
    cited = Citation(site.about, "pump & {two}", "https://example.org/plant/id/pump-2", "0123456789abcdef")
    assert cited.text == (
        "“pump & {two}”. In: A waterworks in miniature, version 0123456789ab. https://example.org/plant/id/pump-2"
    )
    assert cited.bibtex.startswith("@misc{pump-2,\n")
    assert r"title = {{pump \& \{two\}}}" in cited.bibtex
    assert "version = {0123456789ab}" in cited.bibtex
    assert cited.bibtex.count("{") - cited.bibtex.count(r"\{") == cited.bibtex.count(
        "}"
    ) - cited.bibtex.count(r"\}")


def test_an_address_cannot_end_a_field_of_bibtex(site: Site) -> None:
    cited = Citation(site.about, "", "https://example.org/a}b{c\\d", "1")
    assert "url = {https://example.org/a%7Db%7Bc%5Cd}" in cited.bibtex


def test_prefixed_names_in_code_are_links_where_they_lead_somewhere_and_nothing_breaks_out(
    terms: Terms,
) -> None:
    shown = terms.code('id:pump-1 plant:feeds id:low-tank ; nowhere:x "<script>" .  # id:no-such-thing')
    assert shown.count("<a ") == 3
    assert 'href="/id/pump-1"' in shown
    assert "nowhere:x" in shown
    assert "&lt;script&gt;" in shown
    assert "id:no-such-thing" in shown


def test_long_labels_are_cut_in_links_and_quotes_cannot_leave_an_attribute(site: Site, terms: Terms) -> None:
    assert len(terms.iri(ox.NamedNode("urn:x#" + "y" * 10))) < 200
    shown = terms.text(ox.Literal("a\"b'<c>", language="ar"))
    assert shown == '<span lang="ar" dir="auto">a&#34;b&#39;&lt;c&gt;</span>'


def test_languages_other_than_the_page_s_are_named(terms: Terms) -> None:
    assert 'class="tag"' not in terms.term(ox.Literal("x", language="en"))
    assert '<span class="tag">ar</span>' in terms.term(ox.Literal("x", language="ar"))


def test_a_figure_needs_one_value_and_an_interval_both_ends(site: Site) -> None:
    figures = Figures(site.dataset)
    (found,) = figures.of(ox.NamedNode(f"{site.namespace}id/inspection-spring"))
    assert (found.value, found.low, found.high, found.unit) == ("3.8", "3.1", "4.4", "m3/h")
    assert figures.of(ox.NamedNode(f"{site.namespace}id/pump-1")) == ()


def test_how_often_a_term_is_used_is_counted_over_the_union_as_a_set(site: Site) -> None:
    uses, space = site.describer.uses, f"{site.namespace}ontology/"
    pumps = site.dataset.subjects(
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(f"{space}Pump")
    )
    assert uses.count(ox.NamedNode(f"{space}Pump")) == len(pumps) > 2
    feeds = ox.NamedNode(f"{space}feeds")
    use = uses.of_property(feeds, 2)
    assert use.count == len(list(site.dataset.triples(None, feeds)))
    assert len(use.examples) == 2
    assert all(triple.predicate == feeds for triple in use.examples)
