"""What a proof is: a triple, the rule that gives it, and proofs of what the rule needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from calcigraph.errors import Problem
from calcigraph.reasoning.terms.statements import Statement


@dataclass(frozen=True)
class Proof:
    """One step: `triple` follows by `rule` from the asserted `axioms` and from the `premises`.

    `rule` is the W3C's name, "asserted" for a leaf, or "construct:<slug>" for a triple that a
    CONSTRUCT rule of the root built. Schema triples and list cells that are asserted stand in
    `axioms`; an axiom that was itself inferred is a premise with a proof of its own.
    """

    triple: Statement
    rule: str
    axioms: tuple[Statement, ...] = ()
    premises: tuple[Proof, ...] = ()

    @property
    def depth(self) -> int:
        """The steps on the longest way down to a leaf; 0 for a leaf."""
        return 1 + max(p.depth for p in self.premises) if self.premises else int(self.rule != "asserted")

    def steps(self) -> Iterator[Proof]:
        """This step and all below it, each distinct triple once."""
        seen: set[Statement] = set()
        todo = [self]
        while todo:
            step = todo.pop()
            if step.triple not in seen:
                seen.add(step.triple)
                yield step
                todo += step.premises

    def __str__(self) -> str:
        return "\n".join(self._lines(0))

    def _lines(self, indent: int) -> Iterator[str]:
        yield f"{'  ' * indent}{self.triple} [{self.rule}]"
        for premise in self.premises:
            yield from premise._lines(indent + 1)


@dataclass(frozen=True)
class Proofs:
    """Several derivations of one triple; `complete` is False when a bound cut the search."""

    items: tuple[Proof, ...]
    complete: bool


class StepWrong(Problem):
    """A proof step that its rule does not allow."""

    title: ClassVar[str] = "A proof step does not follow"
