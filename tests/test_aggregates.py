"""Aggregates are those of SPARQL 1.1, sections 11 and 18.5.1."""

from __future__ import annotations

from itertools import permutations

import pyoxigraph as ox
import pytest

from calcigraph.engine.replica import Replica

PREFIXES = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX : <http://e/> "
DATA = b"".join(b'<http://e/s%d> <http://e/p> "%d" .\n' % (i, i % 3) for i in range(6))


def rows(query: str) -> list[tuple[str | None, ...]]:
    solutions = Replica.load(DATA).query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(None if term is None else term.value for term in solution) for solution in solutions]


def aggregate(call: str, values: str) -> str | None:
    ((found,),) = rows(f"SELECT ({call} AS ?r) {{ VALUES ?x {{ {values} }} }}")
    return found


# Section 18.5.1.2: errors are not counted.
@pytest.mark.parametrize(
    ("call", "values", "expected"),
    [
        ("COUNT(xsd:integer(?x))", '"1" "b" "2" "1"', "3"),
        ("COUNT(DISTINCT xsd:integer(?x))", '"1" "b" "2" "1"', "2"),
        ("COUNT(DISTINCT xsd:integer(?x))", '"1" "2" "1"', "2"),
        ("COUNT(DISTINCT xsd:integer(?x))", '"a" "b"', "0"),
        ("COUNT(DISTINCT xsd:integer(?x))", "", "0"),
        ("COUNT(xsd:integer(?x))", "", "0"),
        ("COUNT(1/0)", "1 2", "0"),
        ("COUNT(DISTINCT 1/0)", "1 2", "0"),
        ("COUNT(1/?x)", "0 1 2", "2"),
        ("COUNT(STRLEN(?x))", '"a" :b "c"@en', "2"),
        ("COUNT(?x)", "1 UNDEF 1", "2"),
        ("COUNT((?x))", "1 UNDEF 1", "2"),
        ("COUNT(DISTINCT ?x)", "1 UNDEF 1", "1"),
        ("COUNT(*)", "1 UNDEF 1", "3"),
        ("COUNT(DISTINCT *)", "1 UNDEF 1", "2"),
        ("COUNT(?x + 1) + COUNT(DISTINCT ?x + 1)", '1 2 2 "a"', "5"),
        ("COUNT(DISTINCT RAND())", "1 2 3", "3"),
        ("COUNT(1)", "1 2 3", "3"),
        ("SUM(?x)", '1 "a"', None),
        ("SUM(?x)", "", "0"),
        ("AVG(?x)", "", "0"),
        ("AVG(?x)", "1 2", "1.5"),
        ("MIN(?x)", "", None),
        ("MAX(?x)", "10 9 2.5", "10"),
        ("SAMPLE(?x)", "1 1", "1"),
    ],
)
def test_aggregate_leaves_out_what_the_specification_leaves_out(
    call: str, values: str, expected: str | None
) -> None:
    assert aggregate(call, values) == expected


# Section 18.5.1.7: a simple literal of the texts of all terms.
@pytest.mark.parametrize(
    ("arguments", "values", "expected"),
    [
        ("?x", "1 2", "1 2"),
        ("?x", ":a :b", "http://e/a http://e/b"),
        ("?x", '"a"@en "b"@en', "a b"),
        ("?x", '"a"@en "a"', "a a"),
        ("?x", "true 1.5", "true 1.5"),
        ("?x", '"x"^^:d', "x"),
        ("?x", "", ""),
        ('?x ; SEPARATOR=", "', "1 2", "1, 2"),
        ("DISTINCT ?x", "1 2 1", "1 2"),
        ("DISTINCT ?x", '"a"@en "a" "a"@en "a"@de', "a a a"),
        ("DISTINCT ?x", "1 1.0 true", "1 1 true"),
        ("DISTINCT ?x", "", ""),
        ('DISTINCT ?x ; separator="\\n\\u00e9"', "1 :b", "1\n\u00e9http://e/b"),
        ("DISTINCT ?x ; separator=''", "1 2", "12"),
        ("DISTINCT STR(?x)", '"a"@en "a"', "a"),
        ("DISTINCT xsd:string(?x)", '"a"@en "a"', "a"),
        ('STR(?x) ; separator=")"', "1 2", "1)2"),
        ("IF(?x = 1, ?x, UCASE('b'))", "1 2", "1 B"),
        ("BNODE()", "1", None),
        ("DISTINCT BNODE()", "1", None),
    ],
)
def test_concatenation_takes_every_term(arguments: str, values: str, expected: str | None) -> None:
    assert aggregate(f"GROUP_CONCAT({arguments})", values) == expected


def test_concatenation_has_no_language() -> None:
    for distinct in ("", "DISTINCT "):
        query = f'SELECT (LANG(GROUP_CONCAT({distinct}?x)) AS ?r) {{ VALUES ?x {{ "a"@en "b"@en }} }}'
        assert rows(query) == [("",)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?k (COUNT(DISTINCT xsd:integer(?v)) AS ?n) { ?s :p ?v BIND(?v AS ?k) } "
        "GROUP BY ?k ORDER BY ?k",
        "SELECT ?k ?n { { SELECT ?k (COUNT(DISTINCT ?v + 0) + 1 AS ?n) { ?s :p ?k "
        "BIND(xsd:integer(?k) AS ?v) } GROUP BY ?k } } ORDER BY ?k",
    ],
)
def test_count_of_an_expression_works_in_groups_and_sub_selects(query: str) -> None:
    assert [each[0] for each in rows(query)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "clause",
    [
        "HAVING (COUNT(DISTINCT xsd:integer(?v)) = 3)",
        "HAVING (COUNT(1/?v) = 0)",
        'HAVING (GROUP_CONCAT(DISTINCT ?v ; SEPARATOR="") IN ("012", "021", "102", "120", "201", "210"))',
        "HAVING (STRLEN(GROUP_CONCAT(?s)) > 60) ORDER BY DESC(GROUP_CONCAT(DISTINCT ?v)) COUNT(1/?v)",
    ],
)
def test_aggregates_of_expressions_work_behind_the_group(clause: str) -> None:
    assert rows(f"SELECT (COUNT(*) AS ?n) {{ ?s :p ?v }} {clause}") == [("6",)]


# Sections 18.5.1.4 and 18.5.1.5: in the order of ORDER BY, in whichever order the terms come.
@pytest.mark.parametrize(
    ("values", "least", "greatest"),
    [
        ('9 10 "5"', "9", "5"),
        ('9 "5" 10 "x"@en', "9", "x"),
        ("9 10 2.5", "2.5", "10"),
        ('"b" "a"', "a", "b"),
        ('9 10 :i "5"', "http://e/i", "5"),
        ("9 10 :i", "http://e/i", "10"),
        (":i :j", "http://e/i", "http://e/j"),
        ('"NaN"^^xsd:double 3', "3", "NaN"),
        ('"NaN"^^xsd:double "x"', "NaN", "x"),
        ("true false 3", "3", "true"),
        ("1 UNDEF", None, None),
        ("", None, None),
    ],
)
def test_least_and_greatest_are_those_of_the_order(
    values: str, least: str | None, greatest: str | None
) -> None:
    for terms in set(permutations(values.split())):
        for argument in ("?x", "DISTINCT ?x", "COALESCE(?x, 1/0)"):
            assert aggregate(f"MIN({argument})", " ".join(terms)) == least
            assert aggregate(f"MAX({argument})", " ".join(terms)) == greatest


@pytest.mark.parametrize("key", ["?v", "(?v)", "COALESCE(?v)"])
def test_variable_has_a_further_name_as_a_key_of_groups(key: str) -> None:
    query = f"SELECT ?k (COUNT(*) AS ?n) {{ ?s :p ?v }} GROUP BY ({key} AS ?k) ORDER BY ?k"
    assert rows(query) == [("0", "2"), ("1", "2"), ("2", "2")]
    query = (
        f"SELECT ?k (COUNT(*) AS ?n) {{ VALUES ?v {{ 1 UNDEF UNDEF }} }} GROUP BY ({key} AS ?k) ORDER BY ?k"
    )
    assert rows(query) == [(None, "2"), ("1", "1")]


def test_name_of_the_distinct_concatenation_is_no_function_of_others() -> None:
    for name in ("distinct-concatenation:0", "distinct-concatenation:ff", "nothing"):
        with pytest.raises(RuntimeError, match="not supported"):
            rows(f"SELECT (<urn:x-calcigraph:{name}>(1) AS ?r) {{}}")
