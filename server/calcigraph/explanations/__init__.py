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
from calcigraph.reasoning import Proof, Statement

__all__ = ["Explanation", "Explanations", "NothingToExplain", "Step", "explain", "explain_all"]

ASSERTED = "asserted"
METADATA = "metadata"
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
    """A proof of one triple, from asserted triples by named rules, joined to its evidence.

    The conclusion is the triple that was `asked` for, or where that is not in the data one that is, with
    another spelling of the same value: as queries answer values, and proofs are about what is written.
    """

    dataset: Edition
    asked: ox.Triple
    conclusion: Step

    @cached_property
    def spellings(self) -> tuple[ox.Triple, ...]:
        """The triples of the data that a query answers as one with the conclusion, and the conclusion."""
        triple = self.conclusion.triple
        return self.dataset.spelled(triple) if isinstance(triple, ox.Triple) else ()

    @cached_property
    def leaves(self) -> tuple[Step, ...]:
        """The asserted triples in which the proof ends, each once; axioms stand in the steps."""
        return tuple({step.triple: step for step in self.conclusion.walk() if step.is_asserted}.values())


@dataclass(frozen=True)
class Explanations:
    """Several proofs of one triple; `complete` says whether these are all there are."""

    proofs: tuple[Explanation, ...]
    complete: bool


def explain(dataset: Edition, asked: ox.Triple) -> Explanation:
    """The shortest explanation of what is `asked` for, in the spelling that `Edition.written` finds.

    Cost: a goal-directed search over the closure; nothing was stored when it was inferred.
    What describes the data is no conclusion from them: its one step says in which graph it stands.
    Raises: NothingToExplain where the triple does not hold.
    """
    triple = dataset.written(asked) or asked
    proof = dataset.explain(triple)
    if proof is None and (graphs := dataset.graphs_of(triple)):
        return Explanation(dataset, asked, Step(triple, METADATA, (), (), graphs, ()))
    if proof is None:
        raise NothingToExplain(
            f"{show(dataset, asked)} is neither asserted nor follows from what is.",
            "Check the direction and the spelling of subject, predicate and object.",
        )
    return Explanation(dataset, asked, _step(dataset, proof, {}))


def explain_all(dataset: Edition, asked: ox.Triple, limit: int = MOST_PROOFS) -> Explanations:
    """The shortest explanation first, then other derivations, `limit` at most.

    Raises: NothingToExplain where the triple does not hold.
    """
    shortest = explain(dataset, asked).conclusion
    others = dataset.proofs(dataset.written(asked) or asked, limit)
    distinct = dict.fromkeys((shortest, *(_step(dataset, proof, {}) for proof in others.items)))
    found = tuple(Explanation(dataset, asked, conclusion) for conclusion in distinct)
    return Explanations(found[:limit], others.complete)


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
