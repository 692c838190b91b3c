"""A triple in, the reason for it out: a proof whose every leaf stands beside its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Problem
from calcigraph.explanations.evidence import Proposition, propositions
from calcigraph.rdf.terms import show_term
from calcigraph.reasoning import Proof, Proofs, Statement

__all__ = [
    "MOST_PROOFS",
    "Explanation",
    "Explanations",
    "NothingToExplain",
    "Step",
    "explain",
    "explain_all",
    "explained",
]

ASSERTED = "asserted"
MOST_PROOFS = 20


class NothingToExplain(Problem):
    """The triple does not hold in the dataset."""

    title = "The triple does not hold"


@dataclass(frozen=True)
class Step:
    """A node of the proof: the triple, the rule and axioms that gave it, what it rests on.

    `graphs` are those that hold the triple, none for one that was only needed on the way;
    `propositions` are what the sources say about just this triple.
    """

    triple: Statement
    rule: str
    axioms: tuple[Statement, ...]
    premises: tuple[Step, ...]
    graphs: tuple[ox.NamedNode, ...]
    propositions: tuple[Proposition, ...]

    @property
    def is_asserted(self) -> bool:
        """Whether somebody wrote the triple, so that the proof ends here.

        A step without premises may have followed all the same: from axioms alone (scm-dom1), or from
        what is true of every literal (dt-type2).
        """
        return self.rule == ASSERTED

    def walk(self) -> Iterator[Step]:
        """This step and all below it, from the conclusion down."""
        yield self
        for premise in self.premises:
            yield from premise.walk()


@dataclass(frozen=True)
class Explanation:
    """A proof of one triple, from asserted triples by named rules, joined to its evidence."""

    dataset: Edition
    conclusion: Step

    @cached_property
    def leaves(self) -> tuple[Step, ...]:
        """The asserted triples in which the proof ends, each once; axioms stand in the steps."""
        return tuple({step.triple: step for step in self.conclusion.walk() if step.is_asserted}.values())


@dataclass(frozen=True)
class Explanations:
    """Several proofs of one triple; `complete` says whether these are all there are."""

    proofs: tuple[Explanation, ...]
    complete: bool


def explain(dataset: Edition, triple: ox.Triple) -> Explanation:
    """The shortest explanation of `triple`.

    Cost: a goal-directed search over the closure; nothing was stored when it was inferred.
    Raises: NothingToExplain where the triple does not hold.
    """
    return explained(dataset, triple, dataset.proofs(triple, 1)).proofs[0]


def explain_all(dataset: Edition, triple: ox.Triple, limit: int = MOST_PROOFS) -> Explanations:
    """The shortest explanation first, then other derivations, `limit` at most.

    Raises: NothingToExplain where the triple does not hold.
    """
    return explained(dataset, triple, dataset.proofs(triple, limit))


def explained(dataset: Edition, triple: ox.Triple, found: Proofs) -> Explanations:
    """Proofs of `triple` joined to the evidence for their leaves. Cost: some look-ups a step.

    Raises: NothingToExplain where there is none.
    """
    if not found.items:
        raise NothingToExplain(
            f"{show(dataset, triple)} is neither asserted nor follows from what is.",
            "Check the direction and the spelling of subject, predicate and object.",
        )
    distinct = dict.fromkeys(_step(dataset, proof, {}) for proof in found.items)
    return Explanations(tuple(Explanation(dataset, step) for step in distinct), found.complete)


def show(dataset: Edition, triple: Statement) -> str:
    """The triple in the root's prefixes, as Turtle without its full stop."""
    prefixes = dataset.root.prefixes
    return " ".join(show_term(node, prefixes) for node in (triple.subject, triple.predicate, triple.object))


def _step(dataset: Edition, proof: Proof, known: dict[int, Step]) -> Step:
    """The proof with its evidence; what stands in it several times (`known`, by identity) is made once."""
    if id(proof) not in known:
        known[id(proof)] = _made(dataset, proof, known)
    return known[id(proof)]


def _made(dataset: Edition, proof: Proof, known: dict[int, Step]) -> Step:
    triple = proof.triple
    # A generalized triple (one with a literal as subject) is a step only; no graph can hold it.
    graphs = dataset.graphs_of(triple) if isinstance(triple, ox.Triple) else ()
    said = propositions(dataset, triple) if isinstance(triple, ox.Triple) else ()
    premises = tuple(_step(dataset, premise, known) for premise in proof.premises)
    return Step(triple, proof.rule, proof.axioms, premises, graphs, said)
