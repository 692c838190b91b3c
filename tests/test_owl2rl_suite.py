"""The W3C-style test cases of OWL 2 RL/RDF (M. Schneider, K. Mainzer): entailments and contradictions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from calcigraph.cli.verbs.infer import infer as infer_verb
from calcigraph.conformance import DOCUMENT
from calcigraph.reasoning import Inference, check_proof, infer
from earl import w3c
from suites import needs, suite

FOLDER = suite("owl2rl")
CASES = sorted(path.parent.name for path in FOLDER.glob("*/*.metadata.properties")) if FOLDER else []

pytestmark = needs("owl2rl")


def triples(path: Path) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]


def holds(conclusion: list[ox.Triple], inference: Inference, asserted: list[ox.Triple]) -> bool:
    """Simple entailment: blank nodes of the conclusion are variables."""
    store = ox.Store()
    store.extend(ox.Quad(*t) for t in {*asserted, *inference.inferred, *inference.trivial})

    return bool(store.query(f"ASK {{ {pattern(conclusion)} }}"))


def pattern(conclusion: list[ox.Triple]) -> str:
    """The triples as a basic graph pattern."""

    def slot(term: object) -> str:
        return f"?{term.value}" if isinstance(term, ox.BlankNode) else str(term)

    return " . ".join(" ".join(slot(term) for term in triple) for triple in conclusion)


def test_suite_is_the_one_that_was_counted():
    assert len(CASES) == 205


# The cases have names and no IRIs.
@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case, marks=w3c("owl2rl", case, f"{DOCUMENT}#{case}")) for case in CASES]
)
def test_case_is_decided_as_the_suite_says(case: str):
    folder = FOLDER / case
    contradiction = folder / f"{case}.graph.ttl"
    if contradiction.exists():
        inference = infer(triples(contradiction))
        assert inference.clashes
        assert all(len(clash.proofs) == len(clash.facts) for clash in inference.clashes)
        return
    asserted = triples(folder / f"{case}.premisegraph.ttl")
    inference = infer(asserted)
    assert holds(triples(folder / f"{case}.conclusiongraph.ttl"), inference, asserted)
    assert inference.clashes == ()
    for triple in inference.inferred:
        check_proof(inference.explain(triple))


def printed(case: str, kind: str, *options: str) -> Result:
    """What `calcigraph infer` does with a file of a case."""
    return CliRunner().invoke(infer_verb, [str(FOLDER / case / f"{case}.{kind}.ttl"), *options])


def closed(case: str, *options: str) -> bool:
    """Whether the conclusion of a case stands in what the command line prints of its premise, and nowhere
    else."""
    done = printed(case, "premisegraph", *options)
    assert done.exit_code == 0, done.output
    store = ox.Store()
    store.load(done.stdout.encode(), format=ox.RdfFormat.N_TRIPLES)
    conclusion = triples(FOLDER / case / f"{case}.conclusiongraph.ttl")
    return bool(store.query(f"ASK {{ {pattern(conclusion)} }}"))


@pytest.mark.parametrize("case", CASES)
def test_the_command_line_prints_what_a_case_expects(case: str):
    if not (FOLDER / case / f"{case}.premisegraph.ttl").exists():
        assert printed(case, "graph").exit_code == 1
        return
    assert closed(case, "--axiomatic")


def test_axiomatic_triples_are_printed_on_request_only():
    case = "rdfbased-sem-class-nothing-type"
    assert not closed(case)
    assert closed(case, "--axiomatic")
    whole, rest = (printed(case, "premisegraph", *options).stdout for options in (["--axiomatic"], []))
    assert set(rest.splitlines()) < set(whole.splitlines())
    # Python and the command line agree also where the program is a process of its own.
    file = FOLDER / case / f"{case}.premisegraph.ttl"
    done = subprocess.run(
        [sys.executable, "-m", "calcigraph", "infer", "--axiomatic", file], capture_output=True, check=True
    )
    assert sorted(done.stdout.decode().splitlines()) == sorted(whole.splitlines())
