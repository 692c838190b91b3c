"""Who closes: base columns in, inferred columns and clashes out, for the builtin engine, owlrl, or none.

All three answer the same calls, so that `Inference` does not ask which one it has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from calcigraph.reasoning.clashes import Violation, updated, violations
from calcigraph.reasoning.closure import Closure
from calcigraph.reasoning.columns import Columns, decode, encode, minus, plus, visible
from calcigraph.reasoning.expansion import inferred
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.maintain import Outcome, change
from calcigraph.reasoning.relations import Relation
from calcigraph.reasoning.state import Progress
from calcigraph.reasoning.terms import Terms

EngineName = Literal["builtin", "owlrl", "none"]


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


class NoEngine:
    """No ontology: nothing is inferred, and only base facts have a proof."""

    def __init__(self, terms: Terms, limits: Limits, progress: Progress) -> None:
        self._closure = Closure(terms, limits, progress)

    def close(self, base: Columns) -> None:
        """Take these as the base facts."""
        self._closure.base = base
        for key, column in base.items():
            self._closure.relations[key] = Relation(key, column)

    def change(self, add: Columns, remove: Columns) -> Outcome:
        """Add and remove base facts."""
        self._closure.relations.clear()
        self.close(plus(minus(self._closure.base, remove), add))
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


class Owlrl:
    """owlrl closes; proofs and clashes come from the builtin engine, closed when first asked for."""

    def __init__(self, terms: Terms, limits: Limits, progress: Progress) -> None:
        self._terms, self._limits, self._progress = terms, limits, progress
        self._base: Columns = {}
        self._inferred: Columns = {}
        self._builtin: Builtin | None = None

    def close(self, base: Columns) -> None:
        """Start anew. Cost: minutes for 100,000 triples."""
        self._base, self._builtin = base, None
        # Needs rdflib, which nobody else waits for.
        from calcigraph.reasoning import owlrl

        self._progress("owlrl", 0)
        closed = minus(encode(self._terms, owlrl.close(decode(self._terms, base))), base)
        shown = {key: visible(self._terms, key, column) for key, column in closed.items()}
        self._inferred = {key: column for key, column in shown.items() if len(column)}

    def change(self, add: Columns, remove: Columns) -> Outcome:
        """Close anew and compare."""
        old = self._inferred
        self.close(plus(minus(self._base, remove), add))
        return Outcome(minus(self._inferred, old), minus(old, self._inferred), anew=True)

    def inferred(self) -> Columns:
        """What owlrl found beyond the base, trivial triples left out."""
        return self._inferred

    def violations(self) -> set[Violation]:
        """The clashes that the builtin engine finds."""
        return self._index().violations()

    def state(self) -> Closure:
        """The builtin engine's closed relations."""
        return self._index().state()

    def _index(self) -> Builtin:
        if self._builtin is None:
            self._builtin = Builtin(self._terms, self._limits, self._progress)
            self._builtin.close(self._base)
        return self._builtin


_ENGINES: dict[EngineName, Callable[[Terms, Limits, Progress], Engine]] = {
    "builtin": Builtin,
    "owlrl": Owlrl,
    "none": NoEngine,
}


def engine(name: EngineName, terms: Terms, limits: Limits, progress: Progress) -> Engine:
    """The engine of that name, with nothing closed yet."""
    return _ENGINES[name](terms, limits, progress)
