"""Both roots: every inferred and derived triple has a proof that checks, down to what the files say."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from calcigraph.edition import construct_rules
from calcigraph.reasoning import check_proof, infer
from calcigraph.root import Root

REPOSITORY = Path(__file__).resolve().parent.parent
ROOTS = [path for path in (REPOSITORY, REPOSITORY / "tests" / "toy") if (path / "ontology").is_dir()]


def test_both_roots_are_there():
    assert len(ROOTS) == 2


def are_proved(path: Path, count: int | None) -> None:
    root = Root.open(path)
    asserted = {triple for file in root.sources for triple in file.triples}
    rules = construct_rules(root)
    inference = infer(asserted, rules)
    assert inference.clashes == ()
    assert inference.findings == ()
    goals = sorted(inference.inferred | inference.derived, key=str)
    for triple in goals if count is None else Random(1).sample(goals, min(count, len(goals))):
        proof = inference.explain(triple)
        check_proof(proof, rules)
        assert {step.triple for step in proof.steps() if step.rule == "asserted"} <= asserted
        assert all(axiom in asserted for step in proof.steps() for axiom in step.axioms)


@pytest.mark.parametrize("path", ROOTS, ids=lambda path: path.name)
def test_inferred_triples_have_proofs_with_asserted_leaves(path: Path):
    are_proved(path, 100)


@pytest.mark.campaign
@pytest.mark.parametrize("path", ROOTS, ids=lambda path: path.name)
def test_every_inferred_triple_has_a_proof_with_asserted_leaves(path: Path):
    are_proved(path, None)


# owlrl states axioms about the datatypes and its own vocabulary that no rule of the tables gives.
VOCABULARIES = (
    "http://www.w3.org/2001/XMLSchema#",
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
)


def own(triples: frozenset[ox.Triple]) -> set[ox.Triple]:
    return {t for t in triples if not str(t.subject).lstrip("<").startswith(VOCABULARIES)}


def is_closed_as_by_owlrl(path: Path) -> None:
    root = Root.open(path)
    asserted = {triple for file in root.sources for triple in file.triples}
    rules = construct_rules(root)
    ours, theirs = infer(asserted, rules), infer(asserted, rules, engine="owlrl")
    assert own(ours.inferred)
    assert own(ours.inferred) == own(theirs.inferred)


def test_the_closure_of_the_toy_root_is_owlrls():
    is_closed_as_by_owlrl(REPOSITORY / "tests" / "toy")


@pytest.mark.campaign
def test_the_closure_of_the_shipped_root_is_owlrls():
    is_closed_as_by_owlrl(REPOSITORY)
