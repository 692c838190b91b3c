"""The engine of a root without an ontology: nothing follows."""

from __future__ import annotations

from typing import Self

from calcigraph.reasoning.clashes import Violation
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.state import Progress
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.maintenance.difference import ClosureChange
from calcigraph.reasoning.terms.numbering import TermNumbers


class NoEngine:
    """No ontology: nothing is inferred, and only base facts have a proof."""

    def __init__(self, closure: Closure) -> None:
        self._closure = closure

    @classmethod
    def closed(cls, base: Columns, terms: TermNumbers, limits: Limits, progress: Progress) -> Self:
        """The engine over some base facts."""
        closure = Closure(terms, limits, progress, base=Base(base))
        closure.relations.commit(base)
        return cls(closure)

    def after(self, add: Columns, remove: Columns) -> tuple[Self, ClosureChange]:
        """The engine with base facts added and removed."""
        closure = self._closure.fork()
        closure.base = closure.base.changed(add, remove)
        for key, column in remove.items():
            closure.relations[key] = closure.relations[key].minus(column)
        closure.relations.commit(add)
        return type(self)(closure), ClosureChange({}, {})

    def inferred(self) -> Columns:
        """Nothing."""
        return {}

    def violations(self) -> frozenset[Violation]:
        """None."""
        return frozenset()

    def state(self) -> Closure:
        """The base facts as relations."""
        return self._closure
