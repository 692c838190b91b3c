"""What people type, or copy, into a query and is not SPARQL: the cause is named, with line and column."""

from __future__ import annotations

import pytest

from calcigraph.engine.replica import Replica
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Query
from calcigraph.pool.query_problems import QueryMalformed, QueryRefused

EMPTY = Replica([])


def problem_of(text: str) -> QueryMalformed:
    """Why `text` is not SPARQL."""
    with pytest.raises(QueryMalformed) as problem:
        answer(text)
    return problem.value


def answer(text: str) -> object:
    """The answer to `text`, of no data."""
    admission = Admission(Query(text), {"ex": "http://example.org/"})
    with admission:
        return EMPTY.query(admission.admitted().query)


# What is sent, the place where it goes wrong, and what the message and its hint have to say.
HABITS = {
    # SQL
    "SELECT TOP 5 ?s { ?s ?p ?o }": (1, 8, "TOP", "LIMIT"),
    "SELECT ?s { ?s ?p ?o } LIMIT 10, 20": (1, 32, "LIMIT", "OFFSET 10 LIMIT 20"),
    "SELECT ?a, ?b { ?a ?p ?b }": (1, 10, "comma", "space"),
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s, ?p": (1, 35, "comma", "space"),
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s DESC": (1, 36, "DESC", "DESC(?s)"),
    "SELECT ?s { ?s ?p ?o FILTER(?o = 1 AND ?p = 2) }": (1, 36, "AND", "`&&`"),
    "SELECT ?s { ?s ?p ?o FILTER(?o = 1 or ?p = 2) }": (1, 36, "OR", "`||`"),
    "SELECT ?s { ?s ?p ?o FILTER(?o IS NOT NULL) }": (1, 32, "IS", "BOUND"),
    "SELECT ?s { ?s ?p ?o FILTER(?o LIKE '%a') }": (1, 32, "LIKE", "CONTAINS"),
    "SELECT ?s { ?s ?p ?o FILTER(NOT ?o) }": (1, 29, "NOT", "`!`"),
    "SELECT ?s WHERE ?s ?p ?o": (1, 17, "WHERE", "{"),
    "SELECT ?s { ?s ?p ?o };": (1, 23, "`;`", "Remove"),
    "SELECT ?s { ?s ?p ?o } -- all": (1, 24, "`--`", "#"),
    # Other languages
    "SELECT ?s { ?s ?p ?o FILTER(?o == 1) }": (1, 32, "`==`", "`=`"),
    "SELECT ?s { ?s ?p ?o FILTER(?o <> 1) }": (1, 32, "`<>`", "`!=`"),
    "SELECT ?s { ?s ?p ?o FILTER(?o => 1) }": (1, 32, "`=>`", "`>=`"),
    "SELECT ?s { ?s ?p ?o FILTER(?o = 1 & ?p = 2) }": (1, 36, "`&`", "`&&`"),
    "// all\nSELECT ?s { ?s ?p ?o }": (1, 1, "`//`", "#"),
    "@prefix ex: <http://example.org/> .\nSELECT ?s { ?s ?p ?o }": (1, 1, "Turtle", "PREFIX"),
    "PREFIX ex: <http://example.org/> .\nSELECT ?s { ?s ?p ?o }": (1, 34, "dot", "Remove"),
    "PREFIX ex <http://example.org/>\nSELECT ?s { ?s ?p ?o }": (1, 8, "colon", "PREFIX ex:"),
    # Other stores
    "SELECT count(*) { ?s ?p ?o }": (1, 8, "count", "(COUNT(…) AS ?name)"),
    "SELECT ?s AS ?t { ?s ?p ?o }": (1, 11, "brackets", "(expression AS ?name)"),
    "SELECT (COUNT(?s)) { ?s ?p ?o }": (1, 18, "no name", "AS ?name"),
    "SELECT (COUNT(?s) ?n) { ?s ?p ?o }": (1, 19, "AS is missing", "AS ?name"),
    "SELECT DISTINCT(?s) { ?s ?p ?o }": (1, 19, "no name", "no brackets"),
    "DEFINE input:inference 'x' SELECT ?s { ?s ?p ?o }": (1, 1, "pragma", "Remove"),
    "SELECT ?s { LET (?s := 1) }": (1, 13, "LET", "BIND"),
    "SELECT ?s { ?s ?p ?o FILTER ?o > 1 }": (1, 29, "FILTER", "FILTER(condition)"),
    "SELECT ?s { ?s ?p ?o BIND ?o AS ?x }": (1, 27, "BIND", "BIND(expression AS ?name)"),
    "SELECT ?s { ?s ?p ?o NOT EXISTS { ?o ?p ?s } }": (1, 22, "NOT", "FILTER"),
    "SELECT ?s { ?s ?p ?o FILTER(?o IN {1, 2}) }": (1, 35, "IN", "IN ("),
    "SELECT ?s { ?s ?p ?o FILTER EXISTS(?o ?p ?s) }": (1, 35, "EXISTS", "{"),
    # IRIs and prefixes
    'PREFIX ex: "http://example.org/" SELECT ?s { ?s ?p ?o }': (1, 12, "IRI", "<http://example.org/>"),
    'SELECT ?s FROM "http://example.org/g" { ?s ?p ?o }': (1, 16, "IRI", "<http://example.org/g>"),
    'SELECT ?s { ?s "http://example.org/p" ?o }': (1, 16, "IRI", "<http://example.org/p>"),
    "SELECT ?s { ?s <http://example.org/a b> ?o }": (1, 16, "IRI", "%20"),
    "SELECT ?s { ?s ex:p ?o }": (1, 16, "`ex:`", "PREFIX ex: <http://example.org/>"),
    "SELECT ?s { ?s exx:p ?o }": (1, 16, "`exx:`", "Did you mean `ex:`"),
    "SELECT ?s { ?s <p> ?o }": (1, 16, "relative", "whole IRI"),
    # Slips of the keyboard
    "SELCT ?s { ?s ?p ?o }": (1, 1, "SELCT", "SELECT"),
    "SELECT ?s { ?s ?p ?o FITLER(?o > 1) }": (1, 22, "FITLER", "FILTER"),
    "SELECT ?s { ?s ?p ?o } ODRER BY ?s": (1, 24, "ODRER", "ORDER"),
    "SELECT ?s { ?s ?p 'it's' }": (1, 24, "not closed", "\\'"),
    "SELECT ?s { ?s ?p ?o": (1, 11, "never closed", "Close"),
    "SELECT ?s { ?s ?p ?o } }": (1, 24, "closes nothing", "Remove"),
    "SELECT ?s { ?s ?p ?o FILTER(?o > 1 }": (1, 36, "stands where the `(`", "order"),
    "SELECT ?s { ?s ?p }": (1, 19, "could", "Check"),
    "SELECT ?s { ?s ?p ?o ?s ?p 1 }": (1, 22, "`.`", "dot"),
    "": (1, 1, "no query", "SELECT"),
}
# Characters that come along with a copied text, at each place between and in the tokens of a query.
UNSEEN = {
    "\u00a0": "U+00A0",
    "\u200b": "U+200B",
    "\u00ad": "U+00AD",
    "\u2060": "U+2060",
    "\u2003": "U+2003",
    "\u3000": "U+3000",
    "\u2028": "U+2028",
    "\u0000": "U+0000",
    "\u201c": "U+201C",
    "\u2019": "U+2019",
    "\u2013": "U+2013",
    "\u2026": "U+2026",
}
CONDITIONS = {
    "SELECT (SUM(COUNT(?o)) AS ?n) { ?s ?p ?o }": (1, 13, "COUNT stands in SUM", "sub-select"),
    "SELECT (1 AS ?x) { ?s ?p ?o } HAVING(MAX(1 + AVG(?o)) > 1)": (1, 46, "AVG stands in MAX", "sub-select"),
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s ORDER BY SUM(COUNT(?o))": (
        1,
        49,
        "COUNT stands in SUM",
        "sub-select",
    ),
    "SELECT (GROUP_CONCAT(IF(SAMPLE(?o), 1, 2)) AS ?n) { ?s ?p ?o }": (1, 25, "SAMPLE stands", "sub-select"),
    "SELECT * { { SELECT (MIN(MAX(?o)) AS ?n) { ?s ?p ?o } } }": (1, 26, "MAX stands in MIN", "sub-select"),
    "SELECT * { ?s ?p ?o FILTER(COUNT(?o) > 1) }": (1, 28, "FILTER", "HAVING"),
    "SELECT * { ?s ?p ?o BIND(COUNT(?o) AS ?n) }": (1, 26, "BIND", "sub-select"),
    "SELECT (1 AS ?n) { ?s ?p ?o } GROUP BY COUNT(?o)": (1, 40, "GROUP BY", "sub-select"),
    "SELECT ?n { ?s ?p ?o } GROUP BY (COUNT(?o) AS ?n)": (1, 34, "GROUP BY", "sub-select"),
    "SELECT * { FILTER EXISTS { ?s ?p ?x FILTER(COUNT(?x) > 1) } }": (1, 44, "FILTER", "HAVING"),
    "SELECT ?n { ?s ?p ?o } GROUP BY (1 AS ?n) (2 AS ?n)": (1, 49, "?n is given a value twice", "another"),
    "SELECT ?s { ?s ?p ?o } GROUP BY (1 AS ?s)": (1, 39, "?s is given a value twice", "another"),
    "SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s": (1, 11, "neither grouped", "SAMPLE"),
    "SELECT ?o (COUNT(*) AS ?n) { ?s ?p ?o }": (1, 8, "neither grouped", "GROUP BY"),
    "SELECT (?o + 1 AS ?x) { ?s ?p ?o } GROUP BY ?s": (1, 9, "neither grouped", "GROUP BY"),
    "SELECT ?s { ?s ?p ?o } HAVING(COUNT(*) > 1)": (1, 8, "neither grouped", "GROUP BY"),
    "SELECT * { ?s ?p ?o } GROUP BY ?s": (1, 8, "SELECT *", "GROUP BY"),
    "SELECT ?s ?s { ?s ?p ?o }": (1, 11, "?s twice", "Leave one out"),
    "SELECT (1 AS ?x) (2 AS ?x) {}": (1, 24, "?x twice", "another"),
    "SELECT (1 AS ?s) { ?s ?p ?o }": (1, 14, "?s is given a value twice", "another"),
    "SELECT * { ?s ?p ?o BIND(2 AS ?o) }": (1, 31, "?o is given a value twice", "another"),
    "SELECT ?x { VALUES (?x ?x) { (1 2) } }": (1, 24, "?x twice", "Leave one out"),
    "ASK { _:a ?p ?o . { _:a ?q ?r } }": (1, 21, "_:a stands in two groups", "variable"),
}


@pytest.mark.parametrize("text", [*HABITS, *CONDITIONS])
def test_cause_is_named_where_it_stands(text: str) -> None:
    line, column, said, remedy = (HABITS | CONDITIONS)[text]
    problem = problem_of(text)
    assert (problem.line, problem.column) == (line, column), str(problem)
    assert said in problem.detail
    assert remedy in problem.hint


BROKEN = "SELECT ?s\n{ ?s ?p ?o FILTER(?o > 1) }\nLIMIT 5"


@pytest.mark.parametrize("character", UNSEEN)
def test_character_that_is_not_seen_is_named_at_every_place(character: str) -> None:
    for at in range(len(BROKEN) + 1):
        problem = problem_of(BROKEN[:at] + character + BROKEN[at:])
        before = BROKEN[:at]
        assert UNSEEN[character] in problem.detail, (at, str(problem))
        assert problem.line == before.count("\n") + 1
        assert problem.column == at - before.rfind("\n")


@pytest.mark.parametrize("character", "\ufeff\u200c\u200d\uff08")
def test_character_of_names_that_is_not_seen_is_named_in_keywords(character: str) -> None:
    for word in ("SELECT", "FILTER", "LIMIT"):
        start = BROKEN.index(word)
        for at in range(start, start + len(word) + 1):
            problem = problem_of(BROKEN[:at] + character + BROKEN[at:])
            assert f"U+{ord(character):04X}" in problem.detail, (at, str(problem))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(?o) > 0) ORDER BY COUNT(?o)",
        "SELECT (SUM(?n) AS ?m) { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }",
        "SELECT (SUM(IF(EXISTS { SELECT (COUNT(*) AS ?k) { ?s ?p ?o } }, 1, 0)) AS ?n) { ?s ?p ?o }",
        "SELECT (COUNT(*) + SUM(?o) AS ?n) { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SELECT ?s { ?s ?p ?x } GROUP BY ?s HAVING(COUNT(?x) > 1) } }",
        "SELECT ?k { ?s ?p ?o } GROUP BY (STR(?o) AS ?k)",
        "ASK { ?\u00e9\u00b7 ?\u65e5 ?\u0e01\u0e34 }",
        "SELECT * { ?s ?p '\U0001f600' } # \U0001f600",
        "SELECT * { ?s ?p '\u00a0\u2003\ufeff\u201d;' } # \u00a0\ufeff\u201c",
    ],
)
def test_what_is_sparql_is_admitted(text: str) -> None:
    answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASK {\n ?\U0001f600 ?p ?o }",
        "PREFIX ex: <http://example.org/>\n ASK { ex:\U00020000 ?p ?o }",
        "ASK {\n\n _:a\U0001f600 ?p ?o }",
    ],
)
def test_name_that_the_engine_does_not_take_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(QueryRefused) as problem:
        answer(text)
    assert problem.value.place is not None
    assert problem.value.place.line == text.count("\n") + 1
    assert "U+FFFF" in problem.value.detail
