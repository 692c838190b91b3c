"""Who closes: the calls that every engine answers, so that nobody asks which one there is."""

from __future__ import annotations

from typing import Protocol

from calcigraph.reasoning.clashes import Violation
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.maintenance.difference import Outcome
from calcigraph.settings import ReasonerName

EngineName = ReasonerName


class Engine(Protocol):
    """What closes the base facts."""

    def close(self, base: Columns) -> None:
        """Start anew from these base facts."""

    def change(self, add: Columns, remove: Columns) -> Outcome:
        """Add and remove base facts."""

    def inferred(self) -> Columns:
        """What follows beyond the base."""

    def violations(self) -> set[Violation]:
        """The clashes."""

    def state(self) -> Closure:
        """The closed relations, for proofs."""
