"""What people type, or copy, into a query and is not SPARQL: the answer names it, with its place."""

from __future__ import annotations

import pytest

from conftest import Server

PLACES = {
    # A habit from stores that allow it.
    "select count(?x) { ?x ?p ?o }": ("count", 1, 8, "(COUNT(…) AS ?name)"),
    "SELECT ?p SUM(?o) WHERE { ?s ?p ?o } GROUP BY ?p": ("SUM", 1, 11, "(SUM(…) AS ?name)"),
    "SELECT * { { SELECT DISTINCT avg(?o) { ?s ?p ?o } } }": ("avg", 1, 30, "(AVG(…) AS ?name)"),
    # A habit from SQL.
    "SELECT * { ?s ?p ?o } LIMIT 5;": ("`;`", 1, 30, "Remove"),
    "ASK { ?s ?p ?o }\n ; \n": ("`;`", 2, 2, "Remove"),
    # What comes along when a text is copied.
    "SELECT *\u00a0{ ?s ?p ?o }": ("U+00A0", 1, 9, "anew"),
    "\ufeffSELECT * { ?s ?p ?o }": ("U+FEFF", 1, 1, "anew"),
    "SELECT * {\n  ?s\u2003?p ?o }": ("U+2003", 2, 5, "anew"),
    "SELECT * { ?s\u200b ?p ?o }": ("U+200B", 1, 14, "anew"),
    "SELECT * { ?s ?p \u201cpump\u201d }": ("U+201C", 1, 18, "anew"),
    "SELECT * { ?s ?p 'x' FILTER(?p \u2013 1 > 0) }": ("U+2013", 1, 32, "anew"),
    "# it's\u00a0fine here\nSELECT *\u3000{ ?s ?p ?o }": ("U+3000", 2, 9, "anew"),
}


@pytest.mark.parametrize(("query", "found"), PLACES.items())
def test_a_usual_slip_is_named_where_it_stands(
    toy: Server, query: str, found: tuple[str, int, int, str]
) -> None:
    reply = toy.ask(query)
    problem = reply.json
    name, line, column, remedy = found
    assert reply.status == 400
    assert name in problem["detail"], problem
    assert (problem["line"], problem["column"]) == (line, column), problem
    assert remedy in problem["hint"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(?x) AS ?n) { ?x ?p ?o }",
        "SELECT * { ?s ?p ?o } # the end;",
        "# \u00a0\ufeff\u201c\nASK { ?s ?p '\u00a0\u2003\ufeff\u201d;' }",
        "ASK { ?s ?p ?o ; }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(?o) > 0)",
    ],
)
def test_what_is_sparql_is_answered(toy: Server, query: str) -> None:
    assert toy.ask(query).status == 200
