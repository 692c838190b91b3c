"""The numbers of docs/sparql-refusals.md are those of the program, and its examples are refused."""

from __future__ import annotations

import re

import pytest

from calcigraph.sparql import limits
from calcigraph.sparql.conditions import KNOWN_TO_ENGINE, UNKNOWN_TO_ENGINE, first_broken
from calcigraph.sparql.join_work import MOST_JOIN_WORK
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import MOST_NESTED
from suites import ROOT

PAGE = (ROOT / "docs" / "sparql-refusals.md").read_text(encoding="utf-8")
CLAUSES = {
    "SUM": "SELECT ({} AS ?n) {{ ?s ?p ?x }}",
    "FILTER": "SELECT * {{ ?s ?p ?x {} }}",
    "BIND": "SELECT * {{ ?s ?p ?x {} }}",
    "GROUP": "SELECT (1 AS ?n) {{ ?s ?p ?x }} {}",
    "{": "ASK {{ {} }}",
}


def test_limits_of_the_page_are_those_of_the_program() -> None:
    rows = re.findall(
        r"^\| [^|]+ \| ([\d,]+)(?: \||, or their cubes over all groups ([\d,]+) \|)$", PAGE, re.M
    )
    told = [int(number.replace(",", "")) for row in rows for number in row if number]
    assert told == [
        MOST_NESTED,
        round(MOST_JOIN_WORK ** (1 / 3)),
        MOST_JOIN_WORK,
        limits.MOST_FILTERS,
        limits.MOST_GROUPS,
        limits.MOST_BINDINGS,
        limits.MOST_OPERATORS,
        limits.MOST_NEGATIONS,
        limits.MOST_CLOSURES,
    ]


@pytest.mark.parametrize(
    "example",
    [
        each
        for row in re.findall(r"^\| an? [^|]+ \| (`[^|]+`) \|", PAGE, re.M)
        for each in re.findall("`([^`]+)`", row)
    ],
)
def test_examples_of_the_page_break_a_condition(example: str) -> None:
    first = re.match(r"\w+|\{", example)
    assert first is not None
    text = CLAUSES.get(first[0], "{}").format(example)
    if first[0] == "{" and "GROUP" in example:
        text = f"SELECT * {example}"
    assert first_broken(ParsedQuery.of(text), (*UNKNOWN_TO_ENGINE, *KNOWN_TO_ENGINE)) is not None
