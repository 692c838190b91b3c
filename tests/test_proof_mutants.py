"""Proof files with one thing changed: none whose claim no longer follows is accepted, as others judge.

How many of the files are really wrong is counted for each kind of change, and has to be enough.
"""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from calcigraph.edition import Edition
from calcigraph.explanations import explain
from calcigraph.explanations.proof_file import as_proof_file
from calcigraph.proof_checker import DumpFile, ProofFile, Refused
from conftest import ROOTS
from datasets import dataset_of, entailed, nquads_of
from proof_mutants import KINDS, is_entailed, is_step_by_step, mutant, read, written

# Of a hundred files of each kind so many at least claim what does not follow from their premises any more
# (by the reasoner's closure), and so many at least have a step that is none (by its step checker).
UNENTAILED = {"a premise dropped": 60, "a term changed": 40, "two steps in a circle": 45}
BROKEN = {
    "a step dropped": 90,
    "a premise dropped": 80,
    "a term changed": 80,
    "a rule renamed": 90,
    "two steps in a circle": 80,
}
INVENTED = 80


def proofs(name: str, most: int) -> list[dict[str, Any]]:
    """The proof files of some inferred and derived triples."""
    dataset = dataset_of(name)
    goals = sorted(
        entailed(dataset),
        key=str,
    )
    chosen = Random(11).sample(goals, min(most, len(goals)))
    return [json.loads(as_proof_file(explain(dataset, triple))) for triple in chosen]


def accepts(file: dict[str, Any], dump: DumpFile | None = None) -> bool:
    try:
        ProofFile(written(file), dump).check()
    except Refused:
        return False
    return True


def are_refused(name: str, most: int, each: int) -> None:
    files = proofs(name, most)
    dump, asserted = DumpFile(nquads_of(dataset_of(name))), asserted_in(dataset_of(name))
    counts: Counter[tuple[str, str]] = Counter()
    for kind in KINDS:
        random = Random(f"{name} {kind}")
        for _ in range(each):
            changed = mutant(random.choice(files), kind, random)
            is_accepted, steps_hold, follows = (
                accepts(changed),
                is_step_by_step(changed),
                is_entailed(changed),
            )
            counts[kind, "accepted"] += is_accepted
            counts[kind, "broken"] += not steps_hold
            counts[kind, "unentailed"] += not follows
            assert not is_accepted or (steps_hold and follows), (kind, changed)
            is_invented = any(not says(asserted, entry) for entry in changed["premises"])
            counts[kind, "invented"] += is_invented
            assert not (is_invented and accepts(changed, dump)), (kind, changed)
    report = {kind: {c: n for (k, c), n in sorted(counts.items()) if k == kind} for kind in KINDS}
    print(name, each, json.dumps(report, indent=1))
    for kind, least in UNENTAILED.items():
        assert counts[kind, "unentailed"] * 100 >= least * each, (kind, report[kind])
    for kind, least in BROKEN.items():
        assert counts[kind, "broken"] * 100 >= least * each, (kind, report[kind])
    assert counts["a premise invented", "invented"] * 100 >= INVENTED * each, report
    assert counts["a premise invented", "accepted"] * 100 >= 50 * each, (
        "none is a proof from what nobody wrote"
    )


def asserted_in(dataset: Edition) -> set[tuple[str, str]]:
    computed = {dataset.derived_graph, dataset.inferred_graph}
    return {(str(q.triple), f"{q.graph_name}") for q in dataset.quads() if q.graph_name not in computed}


def says(asserted: set[tuple[str, str]], premise: dict[str, Any]) -> bool:
    triple = str(read(premise["triple"]))
    return all((triple, f"<{graph}>") in asserted for graph in premise["graphs"])


def test_the_judges_hold_what_was_not_changed() -> None:
    for file in proofs("toy", 30):
        assert accepts(file)
        assert is_step_by_step(file)
        assert is_entailed(file)


def test_a_proof_with_one_thing_wrong_is_refused() -> None:
    are_refused("toy", 30, 60)


@pytest.mark.campaign
@pytest.mark.parametrize("name", ROOTS)
def test_thousands_of_proofs_with_one_thing_wrong_are_refused(name: str) -> None:
    are_refused(name, 400, 850)
