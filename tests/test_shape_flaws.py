"""Shapes that do not mean what they say: each fault is told of at its line, with the remedy, and the rest is
judged."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.checks import check
from calcigraph.errors import Finding, Place, Severity
from calcigraph.evaluating import Evaluation, Step, watched_by
from calcigraph.validation.validate import validate

HEAD = """
@prefix : <https://example.org/x/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = HEAD + ':Pump a owl:Class . :Tissue a owl:Class . :a a :Pump ; :name "a" , "b" .'
# Each line that has a comment has a fault; the comment is the severity, then a part of what is said.
SHAPES = (
    HEAD
    + """
:Sound a sh:NodeShape ; sh:targetClass :Pump ; sh:property [ sh:path :name ; sh:maxCount 1 ] .
:S01 sh:targetClas :Pump ;  # violation: Did you mean sh:targetClass
  sh:nodeKind sh:IRI .
:S02 a sh:NodeShape ; sh:targetClass :Pump ;
  sh:property [ sh:path :name ;
    sh:maxCont 1 ] .  # violation: Did you mean sh:maxCount
:S03 sh:targetClass :Tisue ;  # violation: Did you mean <https://example.org/x/Tissue>
  sh:nodeKind sh:IRI .
:S04 sh:targetClass :Pump ;
  sh:deactivated "yes" ;  # violation: true or false
  sh:nodeKind sh:IRI .
:S05 sh:targetClass "Pump" ;  # violation: has to be an IRI
  sh:nodeKind sh:IRI .
:S06 sh:targetClass :Pump ; sh:property [ sh:path :name ;
    sh:minCount "a" ] .  # violation: a whole number
:S07 sh:targetClass :Pump ; sh:property [ sh:path :name ;
    sh:minCount 1.0 ] .  # violation: a whole number
:S08 sh:targetClass :Pump ;
  sh:property :Nowhere .  # violation: the shapes say nothing
:S09 sh:targetClass :Pump ;
  sh:node :Nowhere .  # violation: the shapes say nothing
:S10 sh:targetClass :Pump ;
  sh:sparql [ sh:select "SELECT ?x WHERE { ?x a <https://example.org/x/Pump> }" ] .  # violation: no $this
:S11 sh:targetClass :Pump ;
  sh:sparql [ sh:select "SELECT $this WHERE { $this ex:p ?o }" ] .  # violation: "ex:", not declared
:S12 sh:targetClass :Pump ;
  sh:sparql [ sh:message "m" ] .  # violation: no sh:select
:S13 sh:targetClass :Pump .  # warning: no constraint
:S14 a sh:NodeShape ; sh:nodeKind sh:IRI .  # warning: looks at nothing
:S15 sh:targetClass :Pump ; sh:property [ sh:path ( :name :name :Pump ) ; sh:datatype xsd:string ] ;
  sh:property [ sh:path [ sh:inverse :name ] ; sh:minCount 1 ] .  # violation: no term sh:inverse
:S16 sh:targetSubjectsOf :nmae ;  # violation: Did you mean <https://example.org/x/name>
  sh:nodeKind sh:IRI .
:S17 sh:targetNode :nobody ;  # warning: looks at nothing
  sh:nodeKind sh:IRI .
:S18 sh:targetClass :Pump ;
  sh:nodeKind sh:Iri .  # violation: no term sh:Iri
:S19 sh:targetClass :Pump ; sh:property [ sh:path :name ;
    sh:pattern "[a-" ] .  # violation: malformed
:S20 sh:targetClass :Pump ;
  sh:in :Pump .  # violation: has to be a list
:S21 sh:targetClass :Pump ;
  sh:or ( ) .  # warning: is empty
:S22 sh:targetClass :Pump ;
  sh:minCount 1 .  # violation: without sh:path
:S23 sh:targetClass :Pump ; sh:property [ sh:path :name ;
    sh:datatype xsd:string , xsd:date ] .  # violation: 2 values
:S24 sh:targetClass :Pump ;
  sh:closed "1"^^xsd:boolean .  # warning: switches nothing on
:S25 sh:targetClass :Pump ;
  sh:rule [ ] .  # warning: no part of SHACL Core
:S26 sh:targetClass :Pump ; sh:nodeKind sh:IRI ;
  sh:severity "Warning" .  # violation: has to be an IRI
:S27 sh:targetClass :Pump ; sh:nodeKind sh:IRI ;
  sh:message 7 .  # violation: has to be a text
:S28 sh:targetClass :Pump ; sh:property [ sh:path :name ;
    sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ] .  # warning: asks nothing
:S29 a sh:PropertyShape ; sh:targetClass :Pump ; sh:minLength 1 .  # violation: without sh:path
:S30 sh:targetClass :Pump ;
  sh:node [ sh:path :name ; sh:minCount 1 ] .  # violation: it is a property shape
:S31 sh:targetClass :Pump ;
  sh:sparql [ sh:select "SELECT ?x WHERE { $this ?p ?x }" ] .  # violation: does not select $this
:S32 sh:targetClass :Pump ;
  sh:sparql [ sh:select "ASK { $this ?p 1 }" ] .  # violation: is no SELECT
:long a sh:ConstraintComponent ; sh:parameter [ sh:path :atMost ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $atMost) }" ] .
:S33 sh:targetClass :Pump ;
  :atMost 20 , 30 .  # violation: several values
:wide sh:parameter [ sh:path :width ] ;  # violation: no sh:ConstraintComponent
  sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value < $width) }" ] .
:tall a sh:ConstraintComponent ; sh:parameter [ sh:path :height ] ;
  sh:validator [ sh:ask "SELECT $value { }" ] .  # violation: is no ASK
:S34 sh:targetClass :Pump ;
  :height 1 .  # violation: cannot be run
"""
)


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    folder = tmp_path_factory.mktemp("root")
    for name, text in {"data/a.ttl": DATA, "shapes/a.ttl": SHAPES}.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    return check(folder)


def faults() -> list[tuple[int, str, str]]:
    found = []
    for number, line in enumerate(SHAPES.splitlines(), 1):
        if match := re.search(r"# (violation|warning): (.+)$", line):
            found.append((number, match[1], match[2]))
    return found


@pytest.mark.parametrize(("line", "severity", "words"), faults(), ids=lambda value: str(value))
def test_fault_is_told_of_at_its_line(line: int, severity: str, words: str, findings: list[Finding]) -> None:
    there = [finding for finding in findings if finding.place.line == line]
    assert any(words in f"{f.message} {f.remedy}" and f.severity is Severity(severity) for f in there), (
        [str(finding) for finding in findings if words in f"{finding.message} {finding.remedy}"],
        [str(finding) for finding in there],
    )
    assert all(finding.remedy and finding.place.file == "shapes/a.ttl" for finding in there)


def test_no_line_without_a_fault_is_told_of(findings: list[Finding]) -> None:
    lines = {line for line, _, _ in faults()}
    assert len(lines) == 36
    other = [f for f in findings if f.place.file == "shapes/a.ttl" and f.place.line not in lines]
    assert [str(finding) for finding in other if "no path" not in finding.message] == []


def test_the_rest_is_judged(findings: list[Finding]) -> None:
    judged = [finding for finding in findings if finding.place.file == "data/a.ttl"]
    assert any("Max count" in finding.message for finding in judged)


def test_shapes_that_lead_to_others_in_too_many_ways_are_told_of_and_the_rest_is_judged(
    tmp_path: Path,
) -> None:
    steps = "".join(f"_:s{i} a sh:NodeShape ; sh:and ( _:s{i + 1} _:s{i + 1} ) .\n" for i in range(40))
    head = f"{HEAD}\n:Many a sh:NodeShape ; sh:targetClass :Pump ; sh:node _:s0 ."
    many = f"{head}\n{steps}_:s40 sh:nodeKind sh:IRI ."
    few = "\n:Few a sh:NodeShape ; sh:targetClass :Pump ; sh:property [ sh:path :name ; sh:maxCount 1 ] ."
    for folder, text in (("ontology", DATA), ("shapes", many + few)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.ttl").write_text(text, encoding="utf-8")
    found = [finding for finding in check(tmp_path) if finding.check == "shapes"]
    (told,) = [finding for finding in found if "ways" in finding.message]
    line = next(n for n, text in enumerate(many.splitlines(), 1) if text.startswith(":Many"))
    assert (str(told.place), told.severity) == (f"shapes/a.ttl:{line}", Severity.VIOLATION)
    assert "sh:xone" in told.remedy
    assert [finding.message for finding in found if finding is not told] == ["Max count of :name is not met."]


def test_shapes_that_lead_back_to_themselves_in_too_many_ways_are_told_of() -> None:
    steps = "".join(
        f"_:s{i} sh:and ( _:s{i + 1} [ sh:node _:s{i + 1} ] ) ; sh:node _:s{i + 1} ; sh:not _:s{i + 1} .\n"
        for i in range(9)
    )
    back = "_:s9 sh:property [ sh:path :next ; sh:node _:s0 ] ."
    shapes = f"{HEAD} :Many a sh:NodeShape ; sh:targetClass :Pump ; sh:node _:s0 . {steps} {back}"
    (flaw,) = validate(triples(DATA), triples(shapes)).flaws
    # Four ways a step, and what is between: 4 + 16 + ... + 4^9 and more.
    assert "ways" in flaw.message
    assert flaw.breaks


def test_whoever_watches_is_told_that_shapes_of_core_are_judged() -> None:
    steps: list[Step] = []
    shape = f"{HEAD} :S a sh:NodeShape ; sh:targetClass :Pump ; sh:nodeKind sh:IRI ."
    with watched_by(steps.append):
        validate(triples(DATA), triples(shape))
    assert Evaluation("shapes", Place("shapes"), "1 shapes of SHACL Core") in steps


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
