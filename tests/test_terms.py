"""Terms as people type them, and the canonical form of graphs."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.errors import Problem
from calcigraph.rdf import iris, terms
from calcigraph.rdf.bridge import from_rdflib, to_graph, to_rdflib
from calcigraph.rdf.iris import IriMalformed, named_node
from calcigraph.rdf.prefixes import Prefixes, PrefixUnknown
from calcigraph.rdf.terms import TermMalformed, parse_term, show_term
from canonical_form import canonical_hash
from regex_steps import CountingPattern

XSD = "http://www.w3.org/2001/XMLSchema#"
TABLE = Prefixes({"id": "http://x/id/", "xsd": XSD})


def typed(value: str, name: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + name))


TYPED_IN = {
    "<http://x/a>": ox.NamedNode("http://x/a"),
    "http://x/a#b": ox.NamedNode("http://x/a#b"),
    "urn:isbn:1": ox.NamedNode("urn:isbn:1"),
    "id:pump-1": ox.NamedNode("http://x/id/pump-1"),
    "  id:a  ": ox.NamedNode("http://x/id/a"),
    '"text"': ox.Literal("text"),
    '"a \\"b\\" \\\\ \\n \\u00e9"': ox.Literal('a "b" \\ \n é'),
    '"text"@en-GB': ox.Literal("text", language="en-GB"),
    '"2020"^^xsd:gYear': typed("2020", "gYear"),
    f'"1"^^<{XSD}integer>': typed("1", "integer"),
    "0.70": typed("0.70", "decimal"),
    "-007": typed("-007", "integer"),
    "1.5e3": typed("1.5e3", "double"),
    "true": typed("true", "boolean"),
}


@pytest.mark.parametrize(("text", "term"), TYPED_IN.items())
def test_term_is_read_as_it_is_typed(text: str, term: ox.NamedNode | ox.Literal) -> None:
    assert parse_term(text, TABLE) == term


REFUSED = {
    "": TermMalformed,
    "pump": TermMalformed,
    "_:a": TermMalformed,
    '"open': TermMalformed,
    '"a"@': TermMalformed,
    '"a"@en x': TermMalformed,
    '"\\q"': TermMalformed,
    '"\\ud800"': TermMalformed,
    "\ud800": TermMalformed,
    '"a\nb"': TermMalformed,
    "zz:a": PrefixUnknown,
    '"a"^^zz:b': PrefixUnknown,
    "<a b>": IriMalformed,
    "<relative>": IriMalformed,
    "<>": IriMalformed,
    "<http://x/a> .": IriMalformed,
    "http://x/a{b}": IriMalformed,
    "http://x/%zz": IriMalformed,
    "http://[x/": IriMalformed,
    'id:a"b': IriMalformed,
    "id:a b": IriMalformed,
    "<http://x/" + "a" * 20_000 + ">": TermMalformed,
    "javascript:alert(1)": PrefixUnknown,
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.items(), ids=[text[:20] for text in REFUSED])
def test_what_is_no_term_is_refused_with_a_remedy(text: str, problem: type[Problem]) -> None:
    with pytest.raises(problem) as caught:
        parse_term(text, TABLE)
    assert caught.value.remedy
    assert len(str(caught.value)) < 400


@given(st.text())
def test_any_text_is_a_term_or_a_problem(text: str) -> None:
    try:
        term = parse_term(text, TABLE)
    except Problem:
        return
    assert parse_term(show_term(term, TABLE), TABLE) == term


LITERALS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(ox.Literal),
    st.builds(
        ox.Literal,
        st.text(st.characters(exclude_categories=["Cs"])),
        language=st.sampled_from(["en", "pt-BR"]),
    ),
    st.builds(
        typed,
        st.sampled_from(["01", "1.50", "x", "", "1e5", "true", "INF"]),
        st.sampled_from(["integer", "decimal", "double", "boolean", "date", "string", "anyURI"]),
    ),
)
IRIS = st.sampled_from(["http://x/id/a", "http://x/id/a.", "http://x/é", "urn:a:b", "id:a", "http://x/a%20b"])


@given(st.one_of(LITERALS, IRIS.map(ox.NamedNode)))
def test_shown_term_is_read_back(term: ox.NamedNode | ox.Literal) -> None:
    assert parse_term(show_term(term, TABLE), TABLE) == term


@given(LITERALS)
def test_lexical_form_survives_rdflib(literal: ox.Literal) -> None:
    assert from_rdflib(to_rdflib(literal)) == literal
    subject = ox.NamedNode("http://x/a")
    (back,) = to_graph([ox.Triple(subject, subject, literal)])
    assert from_rdflib(back[2]) == literal


@pytest.mark.parametrize(
    "iri", ["a", "//x", "http://x/a\u202eb", "http://x/\ue000", "http://x/a\\b", "x:", "5:a"]
)
def test_iri_that_is_relative_or_misleading_is_refused(iri: str) -> None:
    with pytest.raises(IriMalformed):
        named_node(iri)


def chain(labels: list[str]) -> list[ox.Triple]:
    """A circle of blank nodes with a tail: only their links tell them apart."""
    nodes = [ox.BlankNode(label) for label in labels]
    predicate = ox.NamedNode("http://x/p")
    circle = [ox.Triple(a, predicate, b) for a, b in zip(nodes, nodes[1:] + nodes[:1], strict=True)]
    return [*circle, ox.Triple(nodes[0], predicate, ox.Literal("0.70"))]


@given(st.permutations(["a", "b", "c", "d", "e"]), st.randoms())
def test_hash_does_not_depend_on_order_or_on_the_names_of_blank_nodes(labels: list[str], random) -> None:
    triples = chain(labels)
    random.shuffle(triples)
    assert canonical_hash(triples) == canonical_hash(chain(["v", "w", "x", "y", "z"]))


def test_hash_is_the_same_in_every_run() -> None:
    expected = "e9289a7874350ef53483e53a7846bfb7c0e63fc2e68b415cc188b856b7a757a5"
    assert canonical_hash(chain(["a", "b", "c"])) == expected


def test_hash_tells_lexical_forms_and_graphs_apart() -> None:
    triple = chain(["a"])[1]
    other = ox.Triple(triple.subject, triple.predicate, ox.Literal("0.7"))
    named = ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode("http://x/g"))
    assert len({canonical_hash([triple]), canonical_hash([other]), canonical_hash([named])}) == 3


PATTERNS = {
    "quoted": terms.QUOTED,
    "iri": iris.ABSOLUTE_IRI,
    **{f"number {i}": pattern for i, (pattern, _) in enumerate(terms.NUMBERS)},
}
REPEATED = [
    "1",
    ".",
    "1.",
    "e",
    "1e",
    "+",
    "-",
    '"',
    "\\",
    '\\"',
    "a",
    "@a",
    "-a",
    "--",
    "^^",
    "a:",
    "%",
    "%4",
    "%41",
    "/",
    " ",
]


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("opening", ["", '"', '""@a', '""^^', "a:", "1", "-.1e"])
@pytest.mark.parametrize("ending", ["", '"', "!", ">"])
def test_no_term_takes_more_than_a_linear_number_of_steps(name: str, opening: str, ending: str) -> None:
    for piece in REPEATED:
        pattern = CountingPattern(PATTERNS[name])
        pattern.fullmatch(opening + piece * (400 // len(piece)) + ending)
        # Where they grow with the square of the length, a character takes half as many as there are.
        assert pattern.steps <= 20 * 400, (name, opening, piece)
