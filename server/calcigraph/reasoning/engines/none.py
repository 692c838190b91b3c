"""The engine of a root without an ontology: nothing follows."""

from __future__ import annotations

from calcigraph.reasoning.clashes import Violation
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.facts.relations import Relation
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.maintenance.difference import Outcome
from calcigraph.reasoning.terms.numbering import Terms


class NoEngine:
    """No ontology: nothing is inferred, and only base facts have a proof."""

    def __init__(self, terms: Terms, limits: Limits, progress: Progress) -> None:
        self._closure = Closure(terms, limits, progress)

    def close(self, base: Columns) -> None:
        """Take these as the base facts."""
        self._closure.base = Base(base)
        for key, column in base.items():
            self._closure.relations[key] = Relation(key, column)

    def change(self, add: Columns, remove: Columns) -> Outcome:
        """Add and remove base facts."""
        self._closure.relations.clear()
        self.close(self._closure.base.changed(add, remove).columns)
        return Outcome({}, {})

    def inferred(self) -> Columns:
        """Nothing."""
        return {}

    def violations(self) -> set[Violation]:
        """None."""
        return set()

    def state(self) -> Closure:
        """The base facts as relations."""
        return self._closure
