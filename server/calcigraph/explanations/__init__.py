"""A triple in, the reason for it out: a proof whose every leaf stands beside its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Problem
from calcigraph.explanations.evidence import Proposition, propositions
from calcigraph.manchester import show_node
from calcigraph.reasoning import Proof, Proofs, Statement, leaves_first

__all__ = [
    "MOST_PROOFS",
    "Explanation",
    "Explanations",
    "NothingToExplain",
    "ProofTooLarge",
    "Step",
    "explain",
    "explain_all",
    "explained",
]

ASSERTED = "asserted"
METADATA = "metadata"
MOST_PROOFS = 20
_DEEPEST = 120
_MOST_NODES = 20_000


class NothingToExplain(Problem):
    """The triple does not hold in the dataset."""

    title = "The triple does not hold"


class ProofTooLarge(Problem):
    """A proof that nobody could read as a tree."""

    title = "The proof is too large to be shown"


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
        """This step and all below it, from the conclusion down, each once (by identity)."""
        seen: set[int] = set()
        todo = [self]
        while todo:
            step = todo.pop()
            if id(step) not in seen:
                seen.add(id(step))
                yield step
                todo += reversed(step.premises)


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
    def tree(self) -> Step:
        """The conclusion, for whoever shows all below it as a tree.

        Raises: ProofTooLarge where that would be deeper, or have more nodes, than anybody can read.
        """
        depth: dict[int, int] = {}
        nodes: dict[int, int] = {}
        for step in leaves_first(self.conclusion):
            depth[id(step)] = 1 + max((depth[id(p)] for p in step.premises), default=0)
            nodes[id(step)] = 1 + sum(nodes[id(p)] for p in step.premises)
        deepest, most = depth[id(self.conclusion)], nodes[id(self.conclusion)]
        if deepest > _DEEPEST or most > _MOST_NODES:
            raise ProofTooLarge(
                f"The proof is {deepest} steps deep, and as a tree has {most} of them.",
                "Ask for `format=proof`, which tells each step once.",
            )
        return self.conclusion

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
    return explained(dataset, asked, dataset.proofs(dataset.written(asked) or asked, 1)).proofs[0]


def explain_all(dataset: Edition, asked: ox.Triple, limit: int = MOST_PROOFS) -> Explanations:
    """The shortest explanation first, then other derivations, `limit` at most.

    Raises: NothingToExplain where the triple does not hold.
    """
    return explained(dataset, asked, dataset.proofs(dataset.written(asked) or asked, limit))


def explained(dataset: Edition, asked: ox.Triple, found: Proofs) -> Explanations:
    """Proofs of what is meant by `asked`, joined to the evidence for their leaves. What only describes the
    data has no proof, and says where it stands. Cost: some look-ups a step.

    Raises: NothingToExplain where it does not hold.
    """
    steps = [_step(dataset, proof) for proof in found.items] or _described(dataset, asked)
    if not steps:
        raise NothingToExplain(
            f"{show(dataset, asked)} is neither asserted nor follows from what is.",
            "Check the direction and the spelling of subject, predicate and object.",
        )
    return Explanations(tuple(Explanation(dataset, asked, step) for step in steps), found.complete)


def _described(dataset: Edition, asked: ox.Triple) -> list[Step]:
    """The one step that says that a triple is among the metadata, if it is.

    Raises: NothingToExplain where it was derived or inferred, and how was not found.
    """
    triple = dataset.written(asked) or asked
    graphs = dataset.graphs_of(triple)
    if not {dataset.derived_graph, dataset.inferred_graph}.isdisjoint(graphs):
        raise NothingToExplain(
            f"{show(dataset, asked)} follows from the data, and no proof of it was found.",
            "Report it, with the rule of the root or the axioms that it comes from.",
        )
    return [Step(triple, METADATA, (), (), graphs, ())] if graphs else []


def show(dataset: Edition, triple: Statement) -> str:
    """The triple in the root's prefixes, as Turtle without its full stop; an expression as one."""
    prefixes, terms = dataset.root.prefixes, (triple.subject, triple.predicate, triple.object)
    return " ".join(show_node(dataset.expressions, term, prefixes) for term in terms)


def _step(dataset: Edition, proof: Proof) -> Step:
    """The proof with its evidence; what stands in it several times is made once."""
    known: dict[int, Step] = {}
    for part in leaves_first(proof):
        triple = part.triple
        # A generalized triple (one with a literal as subject) is a step only; no graph can hold it.
        graphs = dataset.graphs_of(triple) if isinstance(triple, ox.Triple) else ()
        said = propositions(dataset, triple) if isinstance(triple, ox.Triple) else ()
        premises = tuple(known[id(premise)] for premise in part.premises)
        known[id(part)] = Step(triple, part.rule, part.axioms, premises, graphs, said)
    return known[id(proof)]
