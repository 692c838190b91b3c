"""One version of the closure and of what CONSTRUCT rules built in; proofs of triples of either kind out.

A proof of an inferred triple ends in base facts. Those among them that a rule of the root built are
proved in turn by its premises, none of which leans on the triple itself.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.constructs.derivation import Derivation
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.proofs.constructed import Constructed
from calcigraph.reasoning.proofs.instances import list_rules_of
from calcigraph.reasoning.proofs.proof import Proof, Proofs
from calcigraph.reasoning.proofs.search import Prover
from calcigraph.reasoning.terms.numbering import Ground
from calcigraph.reasoning.terms.statements import Statement


class Explainer:
    """Proofs over one version, which is only read. One instance belongs to one thread at a time."""

    def __init__(self, state: State, derivation: Derivation, asserted: Base) -> None:
        self._state, self._derivation, self._asserted = state, derivation, asserted
        self._lists = list_rules_of(state)

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self._state, self._leaf, self._lists)

    def explain(self, triple: Statement) -> Proof | None:
        """A proof of least depth, or None; see `Inference.explain`."""
        goal = self._state.terms.known(triple)
        if isinstance(triple, ox.Triple) and triple in self._derivation.after:
            return self._constructed.proof(triple)
        return None if goal is None else self._prover.prove(goal)

    def proofs(self, triple: Statement, limit: int) -> Proofs:
        """At most `limit` derivations that differ in their last step; see `Inference.proofs`."""
        goal = self._state.terms.known(triple)
        if isinstance(triple, ox.Triple) and self._is_built(triple):
            found = list(islice(self._constructed.proofs(triple), limit + 1))
            return Proofs(tuple(found[:limit]), complete=len(found) <= limit)
        return Proofs((), complete=True) if goal is None else self._prover.derivations(goal, limit)

    def _is_built(self, triple: ox.Triple) -> bool:
        return triple in self._derivation.before or triple in self._derivation.after

    def _leaf(self, goal: Ground) -> Proof | None:
        triple = self._state.terms.statement(*goal)
        if not self._derivation.before or not isinstance(triple, ox.Triple) or self._asserted.holds(goal):
            return Proof(triple, "asserted")
        return self._constructed.proof(triple)

    @cached_property
    def _constructed(self) -> Constructed:
        return Constructed(self._derivation, self._outside)

    def _outside(self, triple: ox.Triple) -> Proof | None:
        """A proof of what no CONSTRUCT rule built."""
        goal = self._state.terms.known(triple)
        if goal is None:
            return None
        return Proof(triple, "asserted") if self._asserted.holds(goal) else self._prover.prove(goal)
