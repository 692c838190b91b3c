"""What the reasoner holds between two changes: base facts, closed relations, equal terms, program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.facts.copies import Copies
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.relations import Relations
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.rules.program import Program
from calcigraph.reasoning.terms.numbering import TermNumbers

Progress = Callable[[str, int], None]
"""Called with what is being done and how many facts there are so far."""


def quiet(_stage: str, _facts: int) -> None:
    """Report nothing."""


@dataclass
class State:
    """The closed relations over some base facts.

    `base` is over the terms as they were written, but for `copies`, which it has once; `relations` and
    `given` are over representatives of equal terms. `given` are facts that no rule derives and nobody
    asserted: what literals are. `things` says that a rule asks who is in owl:Thing, or that owl:Nothing has
    members.
    """

    terms: TermNumbers
    limits: Limits = field(default_factory=Limits)
    progress: Progress = quiet
    base: Base = field(default_factory=Base)
    given: Columns = field(default_factory=dict)
    relations: Relations = field(default_factory=Relations)
    equality: Equality = field(default_factory=Equality)
    program: Program = field(default_factory=Program)
    things: bool = False
    copies: Copies = field(default_factory=Copies)
    made: Columns | None = None
    """While all is closed anew: the pairs of transitive relations that came of earlier pairs of theirs."""

    @property
    def written(self) -> Base:
        """The base facts as they were written."""
        return self.copies.written or self.base
