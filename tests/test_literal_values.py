"""When two literals certainly have different values (OWL 2 Syntax, section 4): dates, times and zeros."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from calcigraph.rdf.vocabulary import XSD
from calcigraph.reasoning import infer
from calcigraph.reasoning.terms.datatypes import different, value

NOON = "2020-02-29T12:00:00"
PAIRS = [
    ("dateTime", NOON, NOON, False),
    # Without a zone a time is one of many instants, up to 14 hours before and after.
    ("dateTime", NOON, NOON + "Z", False),
    ("dateTime", NOON + "+05:00", NOON, False),
    ("dateTime", "2020-03-09T12:00:00", NOON + "Z", False),
    # Two times without a zone are told apart by what they say.
    ("dateTime", NOON, "2020-02-29T12:00:01", True),
    # With zones, what counts is the instant.
    ("dateTime", NOON + "Z", "2020-02-29T14:00:00+02:00", False),
    ("dateTime", NOON + "Z", "2020-02-29T10:30:00-01:30", False),
    ("dateTime", "2020-02-29T23:30:00-01:00", "2020-03-01T00:30:00Z", False),
    ("dateTime", "2020-01-01T00:30:00+01:00", "2019-12-31T23:30:00Z", False),
    ("dateTime", "2020-02-29T24:00:00Z", "2020-03-01T00:00:00Z", False),
    ("dateTime", NOON + ".0Z", NOON + "Z", False),
    ("dateTime", NOON + "Z", NOON + "+02:00", True),
    ("dateTime", NOON + "Z", "2020-02-29T12:00:00.5Z", True),
    ("dateTime", NOON + "Z", "2020-03-01T12:00:00Z", True),
    ("double", "0", "-0", False),
    ("double", "NaN", "0", True),
    ("double", "1", "2", True),
    ("decimal", "1.0", "1.00", False),
    ("decimal", "1.0", "1.01", True),
]


def literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD[kind])


@pytest.mark.parametrize(("kind", "one", "other", "told"), PAIRS)
def test_two_values_are_different_where_no_reading_makes_them_equal(
    kind: str, one: str, other: str, told: bool
) -> None:
    first, second = value(literal(one, kind)), value(literal(other, kind))

    assert first is not None
    assert second is not None
    assert different(first, second) is told
    assert different(second, first) is told


@pytest.mark.parametrize(("kind", "one", "other", "told"), PAIRS)
def test_a_functional_property_takes_values_that_may_be_one(
    kind: str, one: str, other: str, told: bool
) -> None:
    node, prop = ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:p")
    functional = ox.NamedNode("http://www.w3.org/2002/07/owl#FunctionalProperty")
    kind_of = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

    inference = infer(
        [
            ox.Triple(prop, kind_of, functional),
            ox.Triple(node, prop, literal(one, kind)),
            ox.Triple(node, prop, literal(other, kind)),
        ]
    )

    # That a time without a zone is no xsd:dateTimeStamp is a clash of its own.
    assert any(clash.rule != "dt-not-type" for clash in inference.clashes) is told
