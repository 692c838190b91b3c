"""The W3C-style test cases of OWL 2 RL/RDF (M. Schneider, K. Mainzer): entailments and contradictions."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

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

    def slot(term: object) -> str:
        return f"?{term.value}" if isinstance(term, ox.BlankNode) else str(term)

    patterns = " . ".join(" ".join(slot(term) for term in triple) for triple in conclusion)
    return bool(store.query(f"ASK {{ {patterns} }}"))


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
