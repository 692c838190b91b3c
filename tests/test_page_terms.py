"""Small things that pages say: durations, citations, code with links, figures."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask

from calcigraph.describe import Standing
from calcigraph.edition import assemble
from calcigraph.pool import Pool
from calcigraph.rdf.vocabulary import RDF
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app
from calcigraph.web.site import Site, publication_of
from calcigraph.web.views.citation import Citation
from calcigraph.web.views.figures import Figures
from calcigraph.web.views.pages import terms_of
from calcigraph.web.views.term_html import TermRenderer, duration
from datasets import dataset_of


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(LocalEngine(dataset_of("toy"), Pool.__new__(Pool)), Settings())


@pytest.fixture(scope="module")
def site(app: Flask) -> Site:
    return publication_of(app).current


@pytest.fixture
def terms(app: Flask, site: Site) -> TermRenderer:
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
    terms: TermRenderer,
) -> None:
    shown = terms.code('id:pump-1 plant:feeds id:low-tank ; nowhere:x "<script>" .  # id:no-such-thing')
    assert shown.count("<a ") == 3
    assert 'href="/id/pump-1"' in shown
    assert "nowhere:x" in shown
    assert "&lt;script&gt;" in shown
    assert "id:no-such-thing" in shown


def test_code_with_colons_is_shown_also_where_the_empty_prefix_is_declared(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology/prefixes.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
        ex:o sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/#" ] ,
            [ sh:prefix "ex" ; sh:namespace "http://example.org/" ] .
        ex:a <http://www.w3.org/2000/01/rdf-schema#label> "a" .""",
        encoding="utf-8",
    )
    engine = LocalEngine(assemble(Root.open(tmp_path)).edition, Pool.__new__(Pool))
    app = create_app(engine, Settings())
    with app.app_context():
        shown = TermRenderer(publication_of(app).current).code(": a ex:a ; : b:c : <x> , ex:nothing")
    (link,) = re.findall(r'<a href="[^"]+">ex:a</a>', shown)
    assert shown == f"<code>: a {link} ; : b:c : &lt;x&gt; , ex:nothing</code>"


def test_long_labels_are_cut_in_links_and_quotes_cannot_leave_an_attribute(
    site: Site, terms: TermRenderer
) -> None:
    assert len(terms.iri(ox.NamedNode("urn:x#" + "y" * 10))) < 200
    shown = terms.text(ox.Literal("a\"b'<c>", language="ar"))
    assert shown == '<span lang="ar" dir="auto">a&#34;b&#39;&lt;c&gt;</span>'


def test_languages_other_than_the_page_s_are_named(terms: TermRenderer) -> None:
    assert 'class="tag"' not in terms.term(ox.Literal("x", language="en"))
    assert '<span class="tag">ar</span>' in terms.term(ox.Literal("x", language="ar"))


def test_a_figure_needs_one_value_and_an_interval_both_ends(site: Site) -> None:
    figures = Figures(site.edition)
    (found,) = figures.of(ox.NamedNode(f"{site.namespace}id/inspection-spring"))
    assert (found.value, found.low, found.high, found.unit) == ("3.8", "3.1", "4.4", "m3/h")
    assert figures.of(ox.NamedNode(f"{site.namespace}id/pump-1")) == ()


def test_how_often_a_term_is_used_is_counted_over_the_union_as_a_set(site: Site) -> None:
    uses, space = site.describer.uses, f"{site.namespace}ontology/"
    pumps = site.edition.subjects(
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(f"{space}Pump")
    )
    assert uses.count(ox.NamedNode(f"{space}Pump")) == len(pumps) > 2
    feeds = ox.NamedNode(f"{space}feeds")
    use = uses.of_property(feeds, 2)
    assert use.count == len(list(site.edition.triples(None, feeds)))
    assert len(use.examples) == 2
    assert all(example.fact.triple.predicate == feeds for example in use.examples)


def test_what_a_file_states_is_shown_before_what_was_built_from_it(site: Site) -> None:
    uses, mixed = site.describer.uses, 0
    predicates = {triple.predicate for triple in site.edition.triples()}
    for predicate in predicates:
        use = uses.of_property(predicate, 1000)
        stated = [example.fact.standing is Standing.ASSERTED for example in use.examples]
        assert stated == sorted(stated, reverse=True), predicate
        mixed += len(set(stated)) == 2
        (first,) = uses.of_property(predicate, 1).examples or use.examples[:1] or (None,)
        assert first is None or first.fact.standing is use.examples[0].fact.standing
    assert mixed > 2


def test_the_members_of_a_class_come_with_the_label_that_is_shown(site: Site) -> None:
    pump = ox.NamedNode(f"{site.namespace}ontology/Pump")
    use = site.describer.uses.of_class(pump, 2)
    assert use.count == site.describer.uses.count(pump)
    assert len(use.examples) == 2
    for example in use.examples:
        kind, label = example.triples
        assert (kind.predicate.value.rpartition("#")[2], kind.object) == ("type", pump)
        assert label.object == site.describer.labels.stated(kind.subject)
        assert kind.subject == label.subject
    assert site.describer.uses.of_class(ox.NamedNode("urn:no-class"), 2).examples == ()


def test_an_example_reads_as_it_would_be_typed_in_and_is_cut_where_it_is_long(terms: TermRenderer) -> None:
    subject, kind = ox.NamedNode("https://example.org/plant/id/pump-1"), ox.NamedNode("urn:b")
    said = [ox.Triple(subject, RDF["type"], kind), ox.Triple(subject, kind, ox.Literal("<" * 1000))]
    shown = terms.turtle(said)
    assert '<a href="/id/pump-1">id:pump-1</a> a &lt;urn:b&gt; ; &lt;urn:b&gt; &#34;&lt;' in shown
    assert shown.count("&lt;") < 220
    assert shown.endswith("…&#34; .</code>")
