"""What shapes judge: what was asserted and derived, with the inferred classes and no other inference."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.checks import check

HEAD = """
@prefix : <https://example.org/x/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
SHAPE = ":shape sh:targetClass :Pump ; sh:property [ sh:path :name ; sh:minCount 1 ; sh:maxCount 1 ] ."


def shape_findings(folder: Path, data: str, shape: str = SHAPE) -> list[str]:
    """The nodes that the shapes complain of."""
    for name, text in {"data/a.ttl": data, "shapes/a.ttl": shape}.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(HEAD + text, encoding="utf-8")
    findings = check(folder)
    assert {finding.check for finding in findings} <= {"shapes"}
    return [finding.node for finding in findings]


@pytest.mark.parametrize(
    "axiom",
    [
        ":feeds rdfs:domain :Pump .",
        "[] owl:onProperty :feeds ; owl:someValuesFrom owl:Thing ; rdfs:subClassOf :Pump .",
        ":Feeder owl:equivalentClass :Pump .",
    ],
)
def test_a_shape_meets_what_inference_alone_puts_into_its_class(axiom: str, tmp_path: Path) -> None:
    """None of these is a chain of rdfs:subClassOf, which SHACL itself follows."""
    found = shape_findings(tmp_path, f"{axiom} :a a :Feeder ; :feeds :b .")

    assert found == [":a"]


def test_a_value_that_nobody_wrote_is_none_to_count(tmp_path: Path) -> None:
    """:a has the names of both by owl:sameAs, and one of them in its file."""
    data = ':a a :Pump ; :name "a" ; owl:sameAs :b . :b a :Pump ; :name "b" .'

    assert shape_findings(tmp_path, data) == []


def test_a_value_that_is_inferred_alone_is_missed(tmp_path: Path) -> None:
    data = ':title rdfs:subPropertyOf :name . :a a :Pump ; :title "a" .'

    assert shape_findings(tmp_path, data) == [":a"]
