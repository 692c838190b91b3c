"""The report of the W3C suites that the package ships: whole, well-formed EARL, and made for this version."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

import calcigraph
import test_owl2rl_suite
import test_shacl_suite
import test_sparql11_suite
from calcigraph import conformance
from calcigraph.conformance import DOCUMENT, OUTCOMES
from earl import REMEDY, SUITES, Standing, document
from sparql_manifests import (
    DESCRIPTION_FOLDERS,
    FEDERATION_FOLDERS,
    PROTOCOL_FOLDERS,
    QUERY_FOLDERS,
    RESULTS_FOLDERS,
    STORE_MANIFESTS,
    UPDATE_FOLDERS,
    entries,
)
from suites import ROOT, needs
from suites import SUITES as FOLDER

SPARQL = (
    *(*QUERY_FOLDERS, *RESULTS_FOLDERS, *FEDERATION_FOLDERS, *UPDATE_FOLDERS),
    *(*PROTOCOL_FOLDERS, *DESCRIPTION_FOLDERS, *STORE_MANIFESTS),
)
DOAP = "http://usefulinc.com/ns/doap#"
EARL = "http://www.w3.org/ns/earl#"
REPORTED = {result.test: result for suite in conformance.suites() for result in suite.results}


@needs("sparql11")
@needs("shacl")
@needs("owl2rl")
def test_the_report_has_every_test_of_the_suites_and_no_other() -> None:
    tests = [entry.iri for entry in entries(*SPARQL)]
    assert test_shacl_suite.FOLDER is not None
    tests += [
        test_shacl_suite.TEST + test_shacl_suite.name_of(test)
        for test in test_shacl_suite.suite_tests(test_shacl_suite.FOLDER)
    ]
    tests += [f"{DOCUMENT}#{case}" for case in test_owl2rl_suite.CASES]
    assert len(tests) == len(set(tests)) > 800
    assert set(tests) == set(REPORTED), REMEDY


def test_every_assertion_is_complete_and_every_test_has_one() -> None:
    of: dict[object, dict[str, list[object]]] = {}
    for triple in conformance.triples():
        of.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assertions = [found for found in of.values() if ox.NamedNode(f"{EARL}Assertion") in found.get(kind, [])]
    tests = [node for node, found in of.items() if ox.NamedNode(f"{EARL}TestCase") in found.get(kind, [])]
    assert Counter(found[f"{EARL}test"][0] for found in assertions) == Counter(tests)
    for found in assertions:
        assert {name: len(values) for name, values in found.items()} == {
            kind: 1,
            **{EARL + name: 1 for name in ("assertedBy", "mode", "result", "subject", "test")},
        }
        result = of[found[f"{EARL}result"][0]]
        (outcome,) = result[f"{EARL}outcome"]
        assert isinstance(outcome, ox.NamedNode)
        assert outcome.value.removeprefix(EARL) in OUTCOMES
        (subject,) = found[f"{EARL}subject"]
        assert {ox.NamedNode(f"{DOAP}Project"), ox.NamedNode(f"{EARL}TestSubject")} <= set(of[subject][kind])


def test_what_has_not_passed_says_why() -> None:
    others = [result for suite in conformance.suites() for result in suite.others]
    assert others
    assert all(result.reason for result in others)


def test_the_report_is_of_this_version_and_of_no_time_and_place() -> None:
    revisions = {t.object for t in conformance.triples() if t.predicate.value == f"{DOAP}revision"}
    assert revisions == {ox.Literal(calcigraph.__version__)}, REMEDY
    text = conformance.FILE.read_text(encoding="utf-8")
    for word in (str(FOLDER), "/home/", "/tmp/", "file:", "dcterms:date"):
        assert word not in text


def test_the_standards_are_met_as_far_as_was_promised() -> None:
    count = {suite.key: Counter(result.outcome for result in suite.results) for suite in conformance.suites()}
    assert set(count) == set(SUITES)
    # The numbers that people quote; see sparql_manifests.py.
    evaluated, judged = (
        ("sparql11-query", "sparql11-results"),
        ("sparql11-query-syntax", "sparql11-update-syntax"),
    )
    # With terms compared as they are written; all 242 are right by value.
    assert sum(count[key]["passed"] for key in evaluated) + 7 == 222
    assert sum(count[key]["passed"] for key in judged) + 3 == 169
    assert count["sparql11-federation"] == Counter(passed=7 + 3)
    assert (count["sparql11-protocol"]["passed"], count["sparql11-service-description"]["passed"]) == (20, 3)
    assert count["owl2rl"] == Counter(passed=205)
    failed = {
        r.name: r.reason for suite in conformance.suites() for r in suite.others if r.outcome == "failed"
    }
    known = test_sparql11_suite.KNOWN_FAILURES
    assert failed.keys() - known.keys() == {"sparql/pre-binding/shapesGraph-001"}
    assert known.items() <= failed.items()


def test_the_same_outcomes_are_the_same_bytes_in_any_order() -> None:
    standings = [
        Standing("shacl", f"a/{n}", f"urn:test:{n}", "", "passed" if n % 2 else "failed", "why" * (n % 3))
        for n in range(20)
    ]
    shuffled = random.Random(1).sample(standings, len(standings))
    assert document(standings) == document(shuffled)


@pytest.mark.parametrize("suite", conformance.suites(), ids=lambda suite: suite.key)
def test_every_result_can_be_looked_up(suite: conformance.Suite) -> None:
    assert suite.title
    assert suite.source.startswith("https://")
    assert len({result.name for result in suite.results}) == len(suite.results)
    assert all(result.link.startswith("http") for result in suite.results)
    assert sum(suite.count(outcome) for outcome in OUTCOMES) == len(suite.results)


def test_several_processes_write_no_report(tmp_path: Path) -> None:
    """None of them would have every outcome."""
    file = tmp_path / "report.ttl"
    command = (sys.executable, "-m", "pytest", "-n", "2", "--earl", file, "--collect-only", __file__)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "leave out -n" in done.stderr
    assert not file.exists()
