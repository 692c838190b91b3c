"""A class is said to be without members where that follows, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.lints import literals
from calcigraph.lints.emptiness_of_classes import unsatisfiable
from calcigraph.rdf.lexical_spaces import sign
from calcigraph.rdf.vocabulary import XSD
from test_lint_costs import OWN, statements

# What has :p is in :D, which shares no member with :E.
DISJOINT = """@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:D owl:disjointWith :E . :p rdfs:domain :D . :C a owl:Class ; rdfs:subClassOf :E ,
[ owl:onProperty :p ; %s ] ."""


@pytest.mark.parametrize(
    ("restriction", "is_empty"),
    [
        ('owl:minCardinality "1"^^xsd:nonNegativeInteger', True),
        ('owl:minCardinality "+1"^^xsd:nonNegativeInteger', True),
        ('owl:minCardinality "-0"^^xsd:nonNegativeInteger', False),
        ('owl:minCardinality "00"^^xsd:nonNegativeInteger', False),
        ('owl:maxCardinality "1"^^xsd:nonNegativeInteger', False),
        ('owl:minCardinality "many"', False),
        ("owl:hasSelf true", True),
        ("owl:hasSelf false", False),
        ("owl:allValuesFrom :D", False),
        ("owl:someValuesFrom :F", True),
    ],
)
def test_what_a_restriction_asks_for_is_what_its_members_have(
    restriction: str, is_empty: bool, tmp_path: Path
) -> None:
    found = statements(tmp_path, DISJOINT % restriction)

    assert len(list(unsatisfiable(found, OWN))) == is_empty
    assert [hit for hit in literals.cardinalities(found, OWN) if "many" not in str(hit.value)] == []


def test_two_values_may_be_in_disjoint_classes_and_one_may_not(tmp_path: Path) -> None:
    two = ":D owl:disjointWith :E . :C a owl:Class ; rdfs:subClassOf [ owl:onProperty :q ;"
    assert not list(unsatisfiable(statements(tmp_path, f"{two} owl:someValuesFrom :D , :E ] ."), OWN))
    one = f":q rdfs:range :D . {two} owl:someValuesFrom :E ] ."
    assert [str(hit.node) for hit in unsatisfiable(statements(tmp_path, one), OWN)] == [
        "<https://example.org/works/C>"
    ]


@pytest.mark.parametrize(
    ("text", "datatype", "found"),
    [
        ("-0", "nonNegativeInteger", 0),
        ("+1", "integer", 1),
        ("-01", "integer", -1),
        ("-1", "nonNegativeInteger", None),
        (" 2 ", "nonNegativeInteger", None),
        ("9" * 5000, "integer", 1),
        ("2.0", "decimal", 1),
        ("2.5", "decimal", None),
        ("2", "double", None),
        ("2", "string", None),
    ],
)
def test_the_sign_of_a_whole_number_is_that_of_its_value(text: str, datatype: str, found: int | None) -> None:
    assert sign(ox.Literal(text, datatype=XSD[datatype])) == found
