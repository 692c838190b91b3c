"""Who proves what an edition says: the calls, so that nobody asks in which process it is done."""

from __future__ import annotations

from typing import Protocol

import pyoxigraph as ox

from calcigraph.reasoning import Proof, Proofs


class Prover(Protocol):
    """Finds proofs in editions, by their number."""

    def explain(self, number: int, triple: ox.Triple) -> Proof | None:
        """A proof of least depth; None where the triple does not hold. Raises: EditionPassed."""

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> Proofs:
        """The derivations of a triple, `limit` at most. Raises: EditionPassed."""
