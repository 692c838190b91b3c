"""The glance: what it lets pass is a look-up by the tree too, and look-ups pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.sparql.glance import look_up
from calcigraph.sparql.parser import parse_query
from calcigraph.sparql.tree import (
    DatasetClause,
    Declaration,
    Group,
    Iri,
    Literal,
    Object,
    Prologue,
    Property,
    Query,
    SelectClause,
    Slice,
    Star,
    Triples,
    TriplesBlock,
    TypeKeyword,
    Variable,
    walk,
)

PLAIN = (Query, Prologue, Declaration, SelectClause, Group, TriplesBlock, Triples, Property, Object)
TERMS = (Variable, Iri, Literal, TypeKeyword, Slice)
LOOK_UPS = [
    "SELECT ?p ?o { <http://a> ?p ?o }",
    "SELECT ?p ?o WHERE { <http://a> ?p ?o . } LIMIT 10 OFFSET 5",
    "PREFIX : <http://x/>\nPREFIX a-b: <http://x#>\nselect distinct $p "
    "where { :a.b $p a-b:c ; a ?t , ?u . ?t :p 1 }",
    'ask{?s<http://p/>"a b"@en-GB}',
    "# GRAPH ?g { 1\nSELECT ?p#{\n{ <http://a#b> ?p ?o # SERVICE }\r.#\n} # a*",
]
OTHERS = [
    "",
    "SELECT * { <http://s> <http://p> <http://o> }",
    "SELECT * { ?s ?p ?o { ?o ?p ?s } }",
    "SELECT ?s { ?s ?p ?o FILTER(?o > 1) }",
    "SELECT ?s { ?s ?p* ?o }",
    "SELECT ?s { ?s <http://p>|<http://q> ?o }",
    "SELECT ?s { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s FROM <http://g/> { ?s ?p ?o }",
    "SELECT (1 AS ?x) { ?s ?p ?o }",
    "SELECT ?s { ?s ?p _:b }",
    "SELECT ?s { ?s ?p [] }",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s",
    "SELECT ?s { SERVICE ?o { ?s ?p ?o } }",
    "SELECT ?s { ?s ?p '\\u0041' }",
    "SELECT ?\\u0073 { ?s ?p ?o }",
    "SELECT ?s { ?s ?p ?o } # a comment that may end here: \\u000A SERVICE",
    "SELECT ?s { ?s ?p ?o } # search",
    "PREFIX v: <http://x/server#> SELECT ?s { ?s v:search 'words' }",
    'PREFIX v: <http://x/server#sea> SELECT ?s { ?s v:rch "words" }',
    "SELECT ?s { " + "?s ?p ?o . " * 100 + "}",
    "DESCRIBE <http://a>",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
    "INSERT DATA { <http://a> <http://a> 1 }",
]


@pytest.mark.parametrize("text", LOOK_UPS)
def test_look_up_is_seen_at_a_glance_and_is_one(text: str) -> None:
    found = look_up(text)
    query = parse_query(text)
    assert found is not None
    assert (found.form, found.text) == (query.form, text)
    assert all(isinstance(node, PLAIN + TERMS) for node in walk(query))
    assert not any(isinstance(node, DatasetClause) for node in walk(query))


@pytest.mark.parametrize("text", OTHERS)
def test_what_has_to_be_read_is_not_passed(text: str) -> None:
    assert look_up(text) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT ?s ?p ?o  { ?s ?p ?o }"),
        ("SELECT DISTINCT *{ ?z ?a $z ; ?b 'x' }", None),
        ("SELECT DISTINCT *{ ?z ?a $z ; ?b 1 }", "SELECT DISTINCT ?z ?a ?b { ?z ?a $z ; ?b 1 }"),
        ("SELECT *#?a\n{ ?s ?p <#?b> # ?c\n}", "SELECT ?s ?p #?a\n{ ?s ?p <#?b> # ?c\n}"),
        ('SELECT * { ?s <http://x/?q> "?r" , ?o }', 'SELECT ?s ?o  { ?s <http://x/?q> "?r" , ?o }'),
    ],
)
def test_star_of_a_look_up_lists_the_variables_in_the_order_of_the_text(text: str, asked: str | None) -> None:
    found = look_up(text)
    assert (found and found.text) == asked


PIECES = """
    SELECT select ASK DISTINCT * ?x $y ?z { } . ; , :p x:q.r a <http://x/y> "b" 1 LIMIT 2 OFFSET WHERE
    FILTER ( ) / | GRAPH search PREFIX x: <http://x#> _:b [ ]"""
COMMENTS = ["# ?c { '\n", "#\r", "#\n"]


@given(st.lists(st.sampled_from([*PIECES.split(), "\n", *COMMENTS]), max_size=14).map(" ".join))
def test_what_passes_the_glance_is_a_plain_query_to_the_parser(rest: str) -> None:
    for text in (rest, "SELECT * { ?x " + rest, "SELECT ?x { ?x :p " + rest + " }"):
        if look_up(text) is not None:
            assert all(isinstance(node, PLAIN + TERMS + (Star,)) for node in walk(parse_query(text)))
