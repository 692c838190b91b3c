"""Expressions made by chance have the values that an evaluation written for this test has for them.

The evaluation follows SPARQL 1.1, section 17, and knows nothing of the engine: a value is a kind and what is
of it, None an error.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox
import pytest

from calcigraph.engine.replica import Replica

Value = tuple[str, object] | None
Solution = dict[str, Value]
Evaluation = Callable[[Solution], Value]
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = f"PREFIX xsd: <{XSD}> PREFIX : <http://e/>\n"
VALUES: dict[str, Value] = {
    "0": ("int", 0), "1": ("int", 1), "7": ("int", 7), "-3": ("int", -3), "true": ("bool", True),
    "false": ("bool", False), '""': ("str", ""), '" 7 "': ("str", " 7 "), '"abab"': ("str", "abab"),
    '"true "': ("str", "true "), '""@en': ("lang", ""), '"ab"@en': ("lang", "ab"),
    '"x"^^xsd:integer': ("bad", "x"), ":i": ("iri", "http://e/i"), "UNDEF": None,
}  # fmt: skip
REPLICA = Replica.load(b"")
UNARY: dict[str, Callable[[Value], Value]] = {}
BINARY: dict[str, Callable[[Value, Value], Value]] = {}


def truth(value: Value) -> bool | None:
    """Section 17.2.2."""
    if value is None or value[0] == "iri":
        return None
    kind, what = value
    return False if kind == "bad" else bool(what)


def of(value: bool | None) -> Value:
    return None if value is None else ("bool", value)


def negation(value: Value) -> Value:
    found = truth(value)
    return of(None if found is None else not found)


def conjunction(left: Value, right: Value) -> Value:
    """Section 17.2, the table of truth values."""
    found = [truth(left), truth(right)]
    return of(False) if False in found else of(None if None in found else True)


def disjunction(left: Value, right: Value) -> Value:
    found = [truth(left), truth(right)]
    return of(True) if True in found else of(None if None in found else False)


def less(left: Value, right: Value) -> Value:
    if left is None or right is None or left[0] != right[0]:
        return None
    if left[0] in ("iri", "bad"):
        # More than section 17.3 has: see docs/sparql-differences.md.
        return of(False) if left == right else None
    return of(left[1] < right[1])  # type: ignore[operator]


def at_most(left: Value, right: Value) -> Value:
    turned = less(right, left)
    return None if turned is None else of(not turned[1])


def integer(value: Value) -> Value:
    if value is None or value[0] not in ("int", "bool", "str"):
        return None
    try:
        return "int", int(str(value[1]).strip()) if value[0] == "str" else int(value[1])  # type: ignore[call-overload]
    except ValueError:
        return None


def boolean(value: Value) -> Value:
    if value is None or value[0] not in ("int", "bool", "str"):
        return None
    if value[0] != "str":
        return of(bool(value[1]))
    return of({"true": True, "1": True, "false": False, "0": False}.get(str(value[1]).strip()))


def string(value: Value) -> Value:
    if value is None:
        return None
    return "str", str(value[1]).lower() if value[0] == "bool" else str(value[1])


def length(value: Value) -> Value:
    return ("int", len(str(value[1]))) if value is not None and value[0] in ("str", "lang") else None


def cut(text: Value, start: Value) -> Value:
    """fn:substring: an integer or a decimal; places are counted from 1."""
    if text is None or start is None or text[0] not in ("str", "lang") or start[0] not in ("int", "dec"):
        return None
    first = math.floor(Decimal(str(start[1])) + Decimal("0.5"))
    return text[0], str(text[1])[max(first, 1) - 1 :]


def doubled(value: Value) -> Value:
    """REPLACE(x, "(a)b", "$1$1c")"""
    if value is None or value[0] not in ("str", "lang"):
        return None
    return value[0], str(value[1]).replace("ab", "aac")


def repeats(value: Value) -> Value:
    """REGEX(x, "^(..)\\1$")"""
    if value is None or value[0] not in ("str", "lang"):
        return None
    text = str(value[1])
    return of(len(text) == 4 and text[:2] == text[2:])


UNARY |= {
    "!({})": negation, "xsd:integer({})": integer, "xsd:boolean({})": boolean, "xsd:string({})": string,
    "STRLEN({})": length, 'REPLACE({}, "(a)b", "$1$1c")': doubled, 'REGEX({}, "^(..)\\\\1$")': repeats,
    "SUBSTR({}, 1.5)": lambda value: cut(value, ("dec", "1.5")), "({})": lambda value: value,
}  # fmt: skip
BINARY |= {
    "({}) && ({})": conjunction, "({}) || ({})": disjunction, "({}) < ({})": less, "({}) <= ({})": at_most,
    "({}) > ({})": lambda left, right: less(right, left), "SUBSTR({}, {})": cut,
    "({}) >= ({})": lambda left, right: at_most(right, left),
    "COALESCE({}, {})": lambda left, right: right if left is None else left,
}  # fmt: skip


def made(chance: random.Random, depth: int, used: Counter[str]) -> tuple[str, Evaluation]:
    """An expression and its evaluation."""
    if depth == 0 or chance.random() < 0.15:
        name = chance.choice("abc")
        return f"?{name}", lambda solution: solution[name]
    choice = chance.random()
    if choice < 0.4:
        form, one = chance.choice(list(UNARY.items()))
        text, inner = made(chance, depth - 1, used)
        used[form] += 1
        return form.format(text), lambda solution: one(inner(solution))
    parts = [made(chance, depth - 1, used) for _ in range(3)]
    (first, f), (second, g), (third, h) = parts
    if choice < 0.85:
        form, two = chance.choice(list(BINARY.items()))
        used[form] += 1
        return form.format(first, second), lambda solution: two(f(solution), g(solution))
    used["IF"] += 1

    def chosen(solution: Solution) -> Value:
        found = truth(f(solution))
        return None if found is None else (g if found else h)(solution)

    return f"IF({first}, {second}, {third})", chosen


def value_of(term: object) -> Value:
    """What is answered, as a value of this test."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return "iri", term.value
    assert isinstance(term, ox.Literal)
    if term.language:
        return "lang", term.value
    if term.datatype.value == XSD + "boolean":
        return "bool", term.value == "true"
    if term.datatype.value == XSD + "integer":
        return ("int", int(term.value)) if term.value.lstrip("-").isdigit() else ("bad", term.value)
    return "str", term.value


PLACES = [
    "SELECT ({0} AS ?r) {{ {1} }} ORDER BY ?i",
    "SELECT ?r {{ {1} BIND({0} AS ?r) }} ORDER BY ?i",
    "SELECT ?r {{ {{ SELECT ?i ({0} AS ?r) {{ {1} }} }} }} ORDER BY ?i",
    "SELECT ?r {{ {1} }} GROUP BY ?i ({0} AS ?r) ORDER BY ?i",
    "SELECT (SAMPLE({0}) AS ?r) {{ {1} }} GROUP BY ?i ORDER BY ?i",
]
CONDITIONS = [
    "SELECT ?i {{ {1} FILTER({0}) }} ORDER BY ?i",
    "SELECT ?i {{ {1} FILTER EXISTS {{ FILTER({0}) }} }} ORDER BY ?i",
    "SELECT ?i {{ {1} }} GROUP BY ?i ?a ?b ?c HAVING ({0}) ORDER BY ?i",
    "SELECT ?i {{ {1} OPTIONAL {{ BIND(1 AS ?found) FILTER({0}) }} FILTER(BOUND(?found)) }} ORDER BY ?i",
]


def asked(query: str) -> list[object]:
    solutions = REPLICA.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [solution[0] for solution in solutions]


def compare(seeds: range, rows: int) -> Counter[str]:
    used: Counter[str] = Counter()
    for seed in seeds:
        chance = random.Random(seed)
        text, evaluation = made(chance, 3, used)
        terms = [[chance.choice(list(VALUES)) for _ in "abc"] for _ in range(rows)]
        table = " ".join(f"({i} {' '.join(row)})" for i, row in enumerate(terms))
        data = f"VALUES (?i ?a ?b ?c) {{ {table} }}"
        expected = [evaluation(dict(zip("abc", map(VALUES.get, row), strict=True))) for row in terms]
        place, condition = chance.choice(PLACES), chance.choice(CONDITIONS)
        assert [value_of(term) for term in asked(place.format(text, data))] == expected, (text, terms)
        kept = [("int", i) for i, value in enumerate(expected) if truth(value)]
        assert [value_of(term) for term in asked(condition.format(text, data))] == kept, (text, terms)
        used["value"] += sum(value is not None for value in expected)
        used["error"] += sum(value is None for value in expected)
        used["kept"] += len(kept)
    return used


def test_values_are_those_of_an_evaluation_of_its_own() -> None:
    used = compare(range(400), 12)
    assert all(used[form] > 15 for form in (*UNARY, *BINARY, "IF")), used
    assert min(used["value"], used["error"], used["kept"]) > 700, used


@pytest.mark.campaign
def test_values_are_those_of_an_evaluation_of_its_own_for_long() -> None:
    compare(range(1000, 21_000), 20)
