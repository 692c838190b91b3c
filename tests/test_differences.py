"""docs/sparql-differences.md: what it says is answered is what is answered."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.differences import differences
from calcigraph.engine.engine_problems import CorrectionRefused
from calcigraph.engine.replica import Replica

PAGE = (Path(__file__).parent.parent / "docs" / "sparql-differences.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)`[^|]* \| `(.+?)` \|$", PAGE, re.MULTILINE)
PREFIXES = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX : <http://e/>\n"
REPLICA = Replica.load(b"")


def values(expression: str) -> list[object]:
    solutions = REPLICA.query(f"{PREFIXES}SELECT ({expression} AS ?r) {{}}")
    assert isinstance(solutions, ox.QuerySolutions)
    return [solution[0] for solution in solutions]


def test_every_row_of_the_tables_is_read() -> None:
    lines = [
        line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith(("|--", "| exp"))
    ]
    assert len(ROWS) == len(lines) > 30
    assert sum(expected != answered for _, expected, answered in ROWS) > 25


def test_the_page_about_conformance_has_the_rows_of_the_documentation() -> None:
    found = [(row.expression, row.by_letter, row.answered) for row in differences()]
    assert found == ROWS
    headings = re.findall("^## (.+)$", PAGE, re.MULTILINE)
    assert list(dict.fromkeys(row.topic for row in differences())) == headings


@pytest.mark.parametrize(("expression", "_expected", "answered"), ROWS)
def test_what_the_page_says_is_answered(expression: str, _expected: str, answered: str) -> None:
    if answered == "refused":
        with pytest.raises(CorrectionRefused):
            values(expression)
    elif answered == "error":
        assert values(expression) == [None]
    else:
        # A term of the page stands in VALUES, where nothing is calculated.
        terms = REPLICA.query(f"{PREFIXES}SELECT ?r {{ VALUES ?r {{ {answered} }} }}")
        assert isinstance(terms, ox.QuerySolutions)
        assert values(expression) == [next(terms)[0]]


def test_values_that_are_too_large_are_found_as_the_page_says() -> None:
    query = (
        f"{PREFIXES}SELECT ?x {{ VALUES ?x {{ 5 18446744073709551616 2.5 :a }} "
        "FILTER(DATATYPE(?x) = xsd:integer && !isNumeric(?x)) }"
    )
    assert query.partition("FILTER")[2][:-2] in PAGE
    solutions = REPLICA.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [solution[0].value for solution in solutions] == ["18446744073709551616"]


def test_numbers_that_are_too_large_are_counted_and_stand_behind_the_others() -> None:
    large = "9223372036854775808"
    solutions = REPLICA.query(f"SELECT ?x {{ VALUES ?x {{ {large} 7 9.5 }} }} ORDER BY ?x")
    assert isinstance(solutions, ox.QuerySolutions)
    assert [solution[0].value for solution in solutions] == ["7", "9.5", large]
    solutions = REPLICA.query(f"SELECT (COUNT(?x) AS ?n) (SUM(?x) AS ?sum) {{ VALUES ?x {{ {large} 7 }} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    (counted,) = solutions
    assert [counted["n"].value, counted["sum"]] == ["2", None]


def test_casts_that_section_17_5_does_not_name_are_refused() -> None:
    with pytest.raises(RuntimeError, match="not supported"):
        values('xsd:int("5")')
