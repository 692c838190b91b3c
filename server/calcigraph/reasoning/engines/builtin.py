"""The engine of this package: stratified semi-naive evaluation, kept up to date by maintenance."""

from __future__ import annotations

from calcigraph.reasoning.clashes import Violation, updated, violations
from calcigraph.reasoning.closure.expansion import inferred
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.maintenance.change import change
from calcigraph.reasoning.maintenance.difference import Outcome
from calcigraph.reasoning.terms.numbering import Terms


class Builtin:
    """The engine of this package."""

    def __init__(self, terms: Terms, limits: Limits, progress: Progress) -> None:
        self._closure = Closure(terms, limits, progress)
        self._violations: set[Violation] = set()

    def close(self, base: Columns) -> None:
        """Start anew from these base facts."""
        self._closure.close(base)
        self._violations = violations(self._closure)

    def change(self, add: Columns, remove: Columns) -> Outcome:
        """Add and remove base facts; see `maintain.change`."""
        outcome = change(self._closure, add, remove)
        if outcome.anew:
            self._violations = violations(self._closure)
        else:
            self._violations = updated(self._closure, self._violations, outcome)
        return outcome

    def inferred(self) -> Columns:
        """What follows beyond the base."""
        return inferred(self._closure)

    def violations(self) -> set[Violation]:
        """The clashes."""
        return self._violations

    def state(self) -> Closure:
        """The closed relations."""
        return self._closure
