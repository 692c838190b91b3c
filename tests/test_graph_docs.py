"""What the graph says about itself: usage notes and examples of every term, and the pages of docs/."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition
from datasets import dataset_of

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CG = "https://w3id.org/calcigraph/ontology/"
SRV = "https://w3id.org/calcigraph/server#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
KINDS = {OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(page, kind, text) for page, whole in PAGES.items() for kind, text in BLOCK.findall(whole)]
CURIE = re.compile(r"`((?:cg|srv|id):[A-Za-z][\w-]*)`")


@pytest.fixture(scope="module")
def dataset() -> Edition:
    return dataset_of("shipped")


@pytest.fixture(scope="module")
def held(dataset: Edition) -> set[ox.Triple]:
    return {quad.triple for quad in dataset.quads()}


def terms(held: set[ox.Triple]) -> list[ox.NamedNode]:
    found = {
        t.subject
        for t in held
        if t.predicate == TYPE and isinstance(t.object, ox.NamedNode) and t.object.value in KINDS
    }
    # What is deprecated is kept for those who used it; no triple uses it.
    gone = {
        t.subject for t in held if t.predicate.value == OWL + "deprecated" and t.object == ox.Literal(True)
    }
    own = [t for t in found - gone if isinstance(t, ox.NamedNode) and t.value.startswith((CG, SRV))]
    return sorted(own, key=lambda term: term.value)


def texts(dataset: Edition, term: ox.NamedNode, name: str) -> list[str]:
    return [v.value for v in dataset.objects(term, ox.NamedNode(SKOS + name)) if isinstance(v, ox.Literal)]


def turtle(dataset: Edition, text: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(dataset.root.prefixes.turtle() + text, format=ox.RdfFormat.TURTLE)]


def test_every_class_and_property_has_a_usage_note(dataset: Edition, held: set[ox.Triple]) -> None:
    assert len(terms(held)) > 200
    assert [t.value for t in terms(held) if not texts(dataset, t, "scopeNote")] == []


def test_every_class_and_property_has_an_example_and_every_example_is_true(
    dataset: Edition, held: set[ox.Triple]
) -> None:
    for term in terms(held):
        examples = texts(dataset, term, "example")
        assert examples, f"{term.value} has no skos:example"
        for example in examples:
            triples = turtle(dataset, example)
            assert triples, f"the example of {term.value} says nothing: {example}"
            wrong = [str(t) for t in triples if t not in held]
            assert not wrong, f"the example of {term.value} does not hold: {wrong}"


def test_every_property_is_used_by_its_own_example(dataset: Edition, held: set[ox.Triple]) -> None:
    classes = {t.subject for t in held if t.predicate == TYPE and t.object == ox.NamedNode(OWL + "Class")}
    # The three parts of a proposition, and what else the server only knows by a subproperty.
    below = {(t.subject, t.object) for t in held if t.predicate.value.endswith("#subPropertyOf")}
    for term in terms(held):
        if term not in classes:
            used = {t.predicate for text in texts(dataset, term, "example") for t in turtle(dataset, text)}
            relations = {t.object for text in texts(dataset, term, "example") for t in turtle(dataset, text)}
            assert term in used | relations or any((p, term) in below for p in used), term.value


# --- the pages


def test_the_pages_are_there_and_short() -> None:
    assert {"layers.md", "acceptance.md", "vocabulary.md"} <= set(PAGES)
    for name, text in PAGES.items():
        assert len(text.splitlines()) <= 130, f"{name} is longer than one page"


@pytest.mark.parametrize(("page", "kind", "text"), BLOCKS, ids=lambda value: str(value)[:24])
def test_what_a_page_shows_as_triples_or_query_is_true_of_the_graph(
    dataset: Edition, held: set[ox.Triple], page: str, kind: str, text: str
) -> None:
    if kind == "turtle":
        triples = turtle(dataset, text)
        assert triples
        assert [str(t) for t in triples if t not in held] == [], page
    else:
        assert kind == "sparql"
        store = ox.Store()
        store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in held)
        answer = store.query(dataset.root.prefixes.sparql() + text)
        assert isinstance(answer, ox.QuerySolutions)
        assert next(answer, None) is not None, page


def test_pages_show_triples_and_queries() -> None:
    assert {kind for _, kind, _ in BLOCKS} == {"turtle", "sparql"}
    assert Counter(page for page, _, _ in BLOCKS)["layers.md"] >= 4


@pytest.mark.parametrize("page", PAGES)
def test_every_name_on_a_page_names_something(dataset: Edition, page: str) -> None:
    for name in CURIE.findall(PAGES[page]):
        assert next(dataset.triples(dataset.root.prefixes.expand(name)), None) is not None, name


def test_the_page_on_the_vocabulary_lists_every_scale_whole_and_from_strong_to_weak(dataset: Edition) -> None:
    rank = ox.NamedNode(SRV + "rank")
    table = PAGES["vocabulary.md"].partition("## Grades")[2].partition("## Summaries")[0]
    rows = [
        re.findall(r"`(cg:\w+)`", row.rpartition(" | ")[2]) for row in table.splitlines() if "`cg:" in row
    ]
    scales = [[dataset.root.prefixes.expand(name) for name in row] for row in rows if len(row) > 1]

    assert len(scales) == 8
    for steps in scales:
        (kind,) = (k for k in dataset.objects(steps[0], TYPE) if k != ox.NamedNode(OWL + "NamedIndividual"))
        assert set(steps) == set(dataset.subjects(TYPE, kind))
        ranks = [
            int(text.value)
            for s in steps
            for text in dataset.objects(s, rank)
            if isinstance(text, ox.Literal)
        ]
        assert ranks == sorted(ranks, reverse=True)
        assert len(ranks) == len(steps)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_file_on_a_page_is_there(page: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGES[page]):
        assert target.startswith("https://") or (DOCS / target).is_file(), target
    for path in re.findall(r"`((?:data|ontology|shapes)/[\w./-]*)`", PAGES[page]):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES)
def test_every_page_cites_the_date_of_the_catalogue_and_says_that_it_is_no_medical_advice(
    dataset: Edition, held: set[ox.Triple], page: str
) -> None:
    (until,) = (t.object for t in held if t.predicate.value == SRV + "literatureUntil")

    assert isinstance(until, ox.Literal)
    # What is set as code is an example, and no date of the literature.
    prose = re.sub(r"`[^`]*`", "", BLOCK.sub("", PAGES[page]))
    assert re.findall(r"\d{4}-\d{2}-\d{2}", prose) == [until.value]
    assert "This is no medical advice." in PAGES[page]


def test_the_page_on_the_layers_carries_the_disclaimer_of_the_catalogue(
    dataset: Edition, held: set[ox.Triple]
) -> None:
    said = [t.object for t in held if t.predicate.value == SRV + "disclaimer"]
    disclaimers = {value.value for value in said if isinstance(value, ox.Literal)}

    assert disclaimers
    assert all(text in " ".join(PAGES["layers.md"].split()) for text in disclaimers)


def test_the_page_on_acceptance_lists_every_criterion_with_its_number_of_records(
    dataset: Edition, held: set[ox.Triple]
) -> None:
    verdicts = {t.subject: t.object for t in held if t.predicate.value == CG + "verdict"}
    shrink = dataset.root.prefixes.shrink
    used = Counter(
        (shrink(t.object), shrink(verdicts[t.subject]).removeprefix("srv:"))
        for t in held
        if t.predicate.value == CG + "criterion"
    )
    declared = dataset.subjects(TYPE, ox.NamedNode(CG + "AcceptanceCriterion"))
    listed = re.findall(r"^\| `(cg:\w+)` \| (\w+) \| (\d+) \|", PAGES["acceptance.md"], re.MULTILINE)

    assert {name for name, _, _ in listed} == {shrink(node) for node in declared}
    assert {(name, verdict): int(number) for name, verdict, number in listed} == used
    taken = Counter(shrink(verdict).removeprefix("srv:") for verdict in verdicts.values())
    assert f"{taken['accepted']} accepted, {taken['rejected']} rejected" in PAGES["acceptance.md"]
