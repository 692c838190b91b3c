"""Who proves what an edition says: the call, so that nobody asks in which process it is done."""

from __future__ import annotations

from typing import Protocol

import pyoxigraph as ox

from calcigraph.reasoning import Proofs


class EditionProver(Protocol):
    """Finds proofs in editions, by their number."""

    def proofs(self, number: int, triple: ox.Triple, limit: int) -> Proofs:
        """The flattest proof of a triple, then those that differ from it in their last step, `limit` at most;
        none where it does not hold. Raises: EditionPassed."""
