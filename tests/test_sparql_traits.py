"""What a tree tells of a query beyond its data: volatile values, other services, an order."""

from __future__ import annotations

import pytest

from calcigraph.sparql.parser import parse_query
from calcigraph.sparql.traits import is_ordered, is_volatile, service_patterns, volatile_calls


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (RAND() AS ?x) {}",
        "SELECT (0.5<RAND()&&2>1 AS ?x) {}",
        'SELECT (0.5<rand()&&"\'#">1 AS ?x) {}',
        "ASK { FILTER(now() > ?x) }",
        "ASK { FILTER NOT EXISTS { BIND(UUID() AS ?x) } }",
        "SELECT * { { SELECT (StrUUID() AS ?x) {} } }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > RAND())",
        "SELECT ?s { ?s ?p ?o } GROUP BY (RAND() > 1 AS ?g) ?s",
        "SELECT * { ?s ?p ?o } ORDER BY RAND()",
        "SELECT (BNODE() AS ?x) {}",
        'SELECT (BNODE("a") AS ?x) {}',
        "SELECT (SUM(RAND()) AS ?x) {}",
        "SELECT (IF(true, COALESCE(RAND(), 1), 2) AS ?x) {}",
        "ASK { ?s ?p ?o FILTER(1 IN (2, RAND())) }",
        "ASK { OPTIONAL { ?s ?p ?o FILTER(RAND()>1) } }",
        "ASK { SERVICE <http://a/> {} }",
        "ASK { MINUS { SERVICE SILENT ?x { ?s ?p ?o } } }",
        "CONSTRUCT { ?s ?p ?x } { { ?s ?p ?o } UNION { BIND(\nRAND\n(\n)\nAS ?x) } }",
        "DESCRIBE ?x { BIND(RAND() AS ?x) }",
    ],
)
def test_what_differs_between_evaluations_is_volatile_wherever_it_stands(text: str) -> None:
    assert is_volatile(parse_query(text))


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ("RAND()" AS ?x) {}',
        "ASK { ?rand ?now ?uuid }",
        "PREFIX rand: <http://a/RAND()> ASK { rand:now ?p rand:SERVICE }",
        "ASK {} # RAND() SERVICE",
        "ASK { ?s ?p '''SERVICE <http://a/> { RAND() }''' }",
        "ASK { ?s ?p _:rand, []  FILTER(STRLANG('a', 'en') = 'RAND()') }",
        "SELECT (SHA1('NOW()') AS ?x) { ?s ?p <RAND()> }",
    ],
)
def test_a_word_that_is_no_call_makes_nothing_volatile(text: str) -> None:
    assert not is_volatile(parse_query(text))


def test_the_places_are_those_of_the_text() -> None:
    text = "SELECT (NOW() AS ?n) { SERVICE <http://a/> { BIND(RAND() AS ?r) } }"
    tree = parse_query(text)
    assert [text[call.start : call.end] for call in volatile_calls(tree)] == ["NOW()", "RAND()"]
    assert [text[p.start : p.end] for p in service_patterns(tree)] == [text[text.index("SERVICE") : -2]]


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 1", True),
        ("SELECT * { ?s ?p ?o } ORDER # }\nBY ?s", True),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s HAVING (EXISTS {}) order by desc(?s) VALUES ?x {1}", True),
        ("SELECT * { { SELECT * { ?s ?p ?o } ORDER BY ?s } }", False),
        ("SELECT * { ?s ?p ?o } # ORDER BY ?s", False),
        ("SELECT * { ?s ?p 'x } ORDER BY ?s' }", False),
    ],
)
def test_the_outermost_order_counts(text: str, ordered: bool) -> None:
    assert is_ordered(parse_query(text)) is ordered
