"""The engine of this package: stratified semi-naive evaluation, kept up to date by maintenance."""

from __future__ import annotations

from typing import Self

from calcigraph.reasoning.clashes import Violation, updated, violations
from calcigraph.reasoning.closure.expansion import inferred
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.maintenance.change import changed
from calcigraph.reasoning.maintenance.difference import ClosureChange
from calcigraph.reasoning.terms.numbering import Ground, TermNumbers


class Builtin:
    """The engine of this package."""

    def __init__(self, closure: Closure, found: frozenset[Violation]) -> None:
        self._closure, self._violations = closure, found

    @classmethod
    def closed(cls, base: Columns, terms: TermNumbers, limits: Limits, progress: Progress) -> Self:
        """The engine over some base facts. Cost: closing them. Raises LimitMet."""
        closure = Closure(terms, limits, progress)
        closure.close(base)
        return cls(closure, violations(closure))

    def after(self, add: Columns, remove: Columns) -> tuple[Self, ClosureChange]:
        """The engine with base facts added and removed; see `maintenance.change`."""
        closure, outcome = changed(self._closure, add, remove)
        found = violations(closure) if outcome.anew else updated(closure, self._violations, outcome)
        return type(self)(closure, found), outcome

    def inferred(self) -> Columns:
        """What follows beyond the base."""
        return inferred(self._closure)

    def violations(self) -> frozenset[Violation]:
        """The clashes, with axioms and facts as they were written where they are."""
        copies = self._closure.copies
        if not copies:
            return self._violations

        def written(fact: Ground) -> Ground:
            return copies.as_written(fact, self._closure.equality)

        return frozenset(
            (rule, tuple(map(written, axioms)), tuple(map(written, facts)))
            for rule, axioms, facts in self._violations
        )

    def state(self) -> Closure:
        """The closed relations."""
        return self._closure
