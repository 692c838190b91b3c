"""Proofs in, lists of their steps out, and back: to pickle a deep proof would recur."""

from __future__ import annotations

from collections.abc import Sequence

from calcigraph.reasoning import Proof, Statement, leaves_first

# A triple, its rule and axioms, and where in the list its premises are.
Step = tuple[Statement, str, tuple[Statement, ...], tuple[int, ...]]


def steps_of(proof: Proof | None) -> Sequence[Step] | None:
    """A proof as a list, each step after those it rests on, as deep as it may be."""
    if proof is None:
        return None
    places: dict[int, int] = {}
    steps: list[Step] = []
    for step in leaves_first(proof):
        places[id(step)] = len(steps)
        below = tuple(places[id(premise)] for premise in step.premises)
        steps.append((step.triple, step.rule, step.axioms, below))
    return steps


def proof_of(steps: Sequence[Step] | None) -> Proof | None:
    """The proof that `steps` lists."""
    if steps is None:
        return None
    made: list[Proof] = []
    for triple, rule, axioms, below in steps:
        made.append(Proof(triple, rule, axioms, tuple(made[place] for place in below)))
    return made[-1]
