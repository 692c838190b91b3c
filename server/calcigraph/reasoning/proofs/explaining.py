"""One version of the closure and of what CONSTRUCT rules built in; proofs of triples of either kind out.

A proof of an inferred triple ends in base facts. Those among them that a rule of the root built are
proved in turn by its premises, none of which leans on the triple itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import pyoxigraph as ox

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.constructs.derivation import Derivation
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.proofs.instances import ListRules, list_rules_of
from calcigraph.reasoning.proofs.proof import Proof, Proofs
from calcigraph.reasoning.proofs.search import Prover
from calcigraph.reasoning.terms.numbering import Ground
from calcigraph.reasoning.terms.statements import Statement


class Explainer:
    """Proofs over one version, which is only read. One instance belongs to one thread at a time."""

    def __init__(
        self,
        state: State,
        derivation: Derivation,
        asserted: Base,
        lists: ListRules | None = None,
        above: frozenset[ox.Triple] = frozenset(),
    ) -> None:
        """`above` are the built triples that a proof may not lean on, because it is part of theirs."""
        self._state, self._derivation, self._asserted, self._above = state, derivation, asserted, above
        self._lists = list_rules_of(state) if lists is None else lists

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self._state, self._leaf, self._lists)

    def explain(self, triple: Statement) -> Proof | None:
        """A proof of least depth, or None; see `Inference.explain`."""
        goal = self._state.terms.known(triple)
        if isinstance(triple, ox.Triple) and triple in self._derivation.after:
            return next(self._constructions(triple), None)
        return None if goal is None else self._prover.prove(goal)

    def proofs(self, triple: Statement, limit: int) -> Proofs:
        """At most `limit` derivations that differ in their last step; see `Inference.proofs`."""
        goal = self._state.terms.known(triple)
        if isinstance(triple, ox.Triple) and self._is_built(triple):
            found = [proof for proof, _ in zip(self._constructions(triple), range(limit + 1), strict=False)]
            return Proofs(tuple(found[:limit]), complete=len(found) <= limit)
        return Proofs((), complete=True) if goal is None else self._prover.derivations(goal, limit)

    def _is_built(self, triple: ox.Triple) -> bool:
        return triple in self._derivation.before or triple in self._derivation.after

    def _leaf(self, goal: Ground) -> Proof | None:
        triple = self._state.terms.statement(*goal)
        if not self._derivation.before or not isinstance(triple, ox.Triple) or self._asserted.holds(goal):
            return Proof(triple, "asserted")
        return next(self._constructions(triple), None)

    def _constructions(self, triple: ox.Triple) -> Iterator[Proof]:
        """The ways in which a CONSTRUCT rule builds a triple, none of them leaning on the triple itself."""
        above = self._above | {triple}
        inner = Explainer(self._state, self._derivation, self._asserted, self._lists, above)
        for slug, premises in self._derivation.origins(triple):
            if not above.intersection(premises):
                proofs = [inner.explain(premise) for premise in premises]
                if all(proofs):
                    yield Proof(triple, f"construct:{slug}", (), tuple(p for p in proofs if p))
