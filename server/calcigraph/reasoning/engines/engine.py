"""Who closes: the calls that every engine answers, so that nobody asks which one there is."""

from __future__ import annotations

from typing import Protocol, Self

from calcigraph.reasoning.clashes import Violation
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.maintenance.difference import ClosureChange
from calcigraph.settings import ReasonerName

EngineName = ReasonerName


class ClosureEngine(Protocol):
    """What closes the base facts. Once it is made it is never changed: `after` makes another one."""

    def after(self, add: Columns, remove: Columns) -> tuple[Self, ClosureChange]:
        """The engine with base facts added and removed, and what that changed."""

    def inferred(self) -> Columns:
        """What follows beyond the base."""

    def violations(self) -> frozenset[Violation]:
        """The clashes."""

    def state(self) -> Closure:
        """The closed relations, for proofs."""
