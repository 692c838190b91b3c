"""ORDER BY sorts terms of many kinds: the numbers as numbers, and never without end or order."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise

import pyoxigraph as ox
import pytest

from calcigraph.engine.replica import Replica

PREFIXES = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX : <http://e/> "
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMERIC = {f"{XSD}integer", f"{XSD}decimal", f"{XSD}double"}


def sorted_values(values: list[str], order: str = "?x", form: str = "SELECT ?x") -> list:
    query = f"{PREFIXES}{form} {{ VALUES ?x {{ {' '.join(values)} }} }} ORDER BY {order}"
    solutions = Replica.load(b"").query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [solution[0] for solution in solutions]


def mixed(seed: int, size: int) -> list[str]:
    """Terms of which pairs of different kinds compare as texts in the engine."""
    chance = random.Random(seed)
    makers = [
        lambda: str(chance.randint(-20, 120)),
        lambda: f"{chance.uniform(-9, 99):.1f}",
        lambda: f"{chance.randint(1, 99)}e0",
        lambda: f'"{chance.randint(-20, 120)}"',
        lambda: f'"{chance.randint(0, 99)}"@en',
        lambda: f'"20{chance.randint(10, 99)}-01-01"^^xsd:date',
        lambda: f'"{chance.randint(1, 9)}-01-01T00:00:00Z"^^xsd:dateTime',
        lambda: "true",
        lambda: '"NaN"^^xsd:double',
        lambda: f'"{chance.randint(0, 99)}"^^:d',
        lambda: f":x{chance.randint(0, 9)}",
        lambda: "UNDEF",
    ]
    return [chance.choice(makers)() for _ in range(size)]


@pytest.mark.parametrize("order", ["?x", "DESC(?x)", "(?x)", "COALESCE(?x, 1)", "DESC(COALESCE(?x, 1))"])
def test_numbers_among_other_terms_are_in_their_order(order: str) -> None:
    compared = 0
    for seed in range(40):
        found = sorted_values(mixed(seed, 60), order)
        numbers = [Decimal(term.value) for term in found if is_number(term)]
        compared += len(numbers)
        assert numbers == sorted(numbers, reverse="DESC" in order)
        assert len(found) == 60
    assert compared > 300, "there are too few numbers among the terms"


def is_number(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value in NUMERIC and term.value != "NaN"


def test_unbound_is_before_blank_nodes_before_iris_before_literals() -> None:
    query = (
        "SELECT ?x { { BIND(5 AS ?x) } UNION { BIND(BNODE() AS ?x) } UNION { BIND(:a AS ?x) } UNION {} "
        'UNION { BIND("a" AS ?x) } }'
    )
    for direction, expected in (("ASC", "NoneType BlankNode NamedNode Literal Literal"),
                                ("DESC", "Literal Literal NamedNode BlankNode NoneType")):  # fmt: skip
        solutions = Replica.load(b"").query(f"{PREFIXES}{query} ORDER BY {direction}(?x)")
        assert isinstance(solutions, ox.QuerySolutions)
        assert [type(solution[0]).__name__ for solution in solutions] == expected.split()


def test_durations_are_in_their_order_and_none_breaks_the_sorting_off() -> None:
    right = ["-P1Y", "-PT1S", "PT0S", "PT1.5S", "P1D", "PT36H", "P27D", "P1M", "P32D", "P13M", "P2Y"]
    for seed in range(10):
        shuffled = random.Random(seed).sample(right, len(right))
        found = sorted_values([f'"{duration}"^^xsd:duration' for duration in shuffled])
        assert [term.value for term in found] == [
            {"PT36H": "P1DT12H", "P13M": "P1Y1M"}.get(d, d) for d in right
        ]
    chance = random.Random(2)
    durations = [
        f"P{chance.randint(0, 24)}M{chance.randint(0, 800)}DT{chance.randint(0, 23)}H" for _ in range(300)
    ]
    assert len(sorted_values([f'"{duration}"^^xsd:duration' for duration in durations])) == 300


def test_numbers_that_the_engine_does_not_have_stand_behind_those_that_it_has() -> None:
    large = ["18446744073709551616", "0.0000000000000000001", "9223372036854775808"]
    for order in ("?x", "COALESCE(?x, 1)"):
        for seed in range(10):
            values = [*large, *(str(random.Random(seed).randint(-99, 99)) for _ in range(30))]
            found = [term.value for term in sorted_values(random.Random(seed).sample(values, 33), order)]
            assert found[-3:] == sorted(large)
            assert found[:-3] == sorted(found[:-3], key=int)


def test_texts_with_and_without_a_language_stand_among_each_other() -> None:
    found = sorted_values(['"d"', '"c"@en', '"b"', '"a"@fr'])
    assert [term.value for term in found] == ["a", "b", "c", "d"]


MOMENTS = [
    '"-0044-03-15T00:00:00Z"', '"1999-12-31T23:59:59.5Z"', '"2000-01-01T00:00:00+01:00"',
    '"1999-12-31T23:30:00"', '"2000-01-01T00:00:00Z"', '"2000-01-01T00:00:00.25"', '"12000-01-01T00:00:00Z"',
]  # fmt: skip


def test_moments_with_and_without_a_zone_are_in_the_order_of_utc() -> None:
    right = [0, 2, 3, 1, 4, 5, 6]
    expected = [MOMENTS[i].strip('"') for i in right]
    for seed in range(10):
        shuffled = random.Random(seed).sample(MOMENTS, len(MOMENTS))
        found = sorted_values([f"{moment}^^xsd:dateTime" for moment in shuffled])
        assert [term.value for term in found] == expected


def test_days_and_times_are_in_their_order() -> None:
    days = ["2020-02-29", "2020-03-01", "2020-03-01-05:00"]
    found = sorted_values([f'"{day}"^^xsd:date' for day in reversed(days)])
    assert [term.value for term in found] == days
    times = ["09:00:00+02:00", "08:00:00Z", "08:30:00"]
    found = sorted_values([f'"{time}"^^xsd:time' for time in reversed(times)])
    assert [term.value for term in found] == times


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { SELECT ?x { VALUES ?x { 10 9 '5' } } ORDER BY ?x }",
        "SELECT DISTINCT ?x { VALUES ?x { 10 9 '5' 9 } } ORDER BY ?x",
        "SELECT ?x { VALUES ?x { 10 9 '5' } } GROUP BY ?x ORDER BY ?x",
        "SELECT ?x { VALUES ?x { 10 9 '5' } } GROUP BY ?x ORDER BY MIN(?x)",
        "SELECT ?x (MAX(?x) AS ?m) { VALUES ?x { 10 9 '5' } } GROUP BY ?x ORDER BY ?m",
        "SELECT ?x { { SELECT (COUNT(*) AS ?x) { VALUES ?y { 1 2 3 4 5 6 7 8 9 } } } UNION "
        "{ VALUES ?x { 10 '5' } } } ORDER BY ?x",
        "SELECT ?x { VALUES ?x { 10 9 '5' } } ORDER BY (1/0) ?x LIMIT 3 OFFSET 0",
    ],
)
def test_order_holds_wherever_terms_are_sorted(query: str) -> None:
    solutions = Replica.load(b"").query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    assert [solution["x"].value for solution in solutions] == ["9", "10", "5"]


def test_numbers_stay_in_order_in_a_thousand_texts() -> None:
    found = sorted_values(mixed(7, 1000))
    numbers = [Decimal(term.value) for term in found if is_number(term)]
    assert len(numbers) > 150
    assert all(left <= right for left, right in pairwise(numbers))
