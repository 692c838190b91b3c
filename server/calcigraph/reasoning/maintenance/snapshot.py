"""A closure in; the closure as it was out, to read from or to go back to."""

from __future__ import annotations

from calcigraph.reasoning.closure.fixpoint import Closure


class Snapshot:
    """The closure as it was: sets of facts are never changed in place, so this copies look-ups only."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self.equality = closure.equality
        self._fields = vars(closure) | {"relations": closure.relations.copy()}

    def restore(self) -> None:
        """Put everything back after a failure."""
        vars(self.closure).update(self._fields | {"relations": self._fields["relations"].copy()})

    def state(self) -> Closure:
        """The earlier closure, to read from."""
        old = Closure(self.closure.terms, self.closure.limits)
        vars(old).update(self._fields)
        return old
