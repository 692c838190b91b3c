"""What a triple says of the variables of a pattern in which it takes part, a path among them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import URIRef, Variable
from rdflib.paths import Path

from calcigraph.reasoning.constructs.reach import bindings

A, B, P, Q, R = (URIRef(f"urn:{name}") for name in "abpqr")
START, END = Variable("s"), Variable("o")


def said(
    subject: object, predicate: URIRef | Path | Variable, obj: object, by: URIRef
) -> list[dict[str, str]]:
    """The bindings that the triple `a by b` gives, each term by its IRI."""
    triple = ox.Triple(*(ox.NamedNode(str(term)) for term in (A, by, B)))
    found = bindings((subject, predicate, obj), triple, lambda term: term)
    return [{name: term.value for name, term in binding.items()} for binding in found]


@pytest.mark.parametrize(
    ("path", "by", "expected"),
    [
        (P, P, [{"s": "urn:a", "o": "urn:b"}]),
        (P, Q, []),
        (~P, P, [{"s": "urn:b", "o": "urn:a"}]),
        (P | ~P, P, [{"s": "urn:a", "o": "urn:b"}, {"s": "urn:b", "o": "urn:a"}]),
        # Of a sequence, a step says where the path begins or ends only if it is the first or the last.
        (P / Q / R, P, [{"s": "urn:a"}]),
        (P / Q / R, Q, [{}]),
        (P / Q / R, R, [{"o": "urn:b"}]),
        (P / P, P, [{"s": "urn:a"}, {"o": "urn:b"}]),
        (~P / Q, P, [{"s": "urn:b"}]),
        (P / (Q | R), R, [{"o": "urn:b"}]),
        (P * "+", P, [{}]),
        (P / Q * "*", Q, [{}]),
    ],
)
def test_a_step_of_a_path_says_what_it_knows_of_the_ends(
    path: URIRef | Path, by: URIRef, expected: list[dict[str, str]]
) -> None:
    assert said(START, path, END, by) == expected


def test_a_triple_that_contradicts_a_constant_takes_part_in_nothing() -> None:
    assert said(A, P / Q, END, P) == [{}]
    assert said(B, P / Q, END, P) == []
    assert said(START, P, START, P) == []
    assert said(START, Variable("p"), END, P) == [{"s": "urn:a", "p": "urn:p", "o": "urn:b"}]
