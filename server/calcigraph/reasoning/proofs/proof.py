"""What a proof is: a triple, the rule that gives it, and proofs of what the rule needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, TypeVar

from calcigraph.errors import Problem
from calcigraph.reasoning.terms.statements import Statement


class Stepped(Protocol):
    """A step of a proof, in whichever form."""

    @property
    def premises(self) -> tuple[Self, ...]:
        """The steps that it rests on."""


T = TypeVar("T", bound=Stepped)


def leaves_first(top: T) -> Iterator[T]:
    """A step and all below it, each once (by identity), after those that it rests on.

    Proofs are as deep as a recursive rule makes them, and share steps: walking them by recursion would meet
    Python's bound, and as trees take forever. Cost: linear in the distinct steps.
    """
    seen: set[int] = set()
    waiting = [top]
    while waiting:
        step = waiting[-1]
        missing = [premise for premise in step.premises if id(premise) not in seen]
        if missing and id(step) not in seen:
            waiting += missing
            continue
        waiting.pop()
        if id(step) not in seen:
            seen.add(id(step))
            yield step


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
        """The steps on the longest way down to a leaf; 0 for a leaf. Cost: linear in the distinct steps."""
        found: dict[int, int] = {}
        for step in leaves_first(self):
            below = max((found[id(premise)] for premise in step.premises), default=0)
            found[id(step)] = 1 + below if step.premises else int(step.rule != "asserted")
        return found[id(self)]

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
        """The proof as an indented tree; what several steps rest on is told once."""
        lines, told, todo = [], set[int](), [(self, 0)]
        while todo:
            step, indent = todo.pop()
            again = " as above" if id(step) in told and step.premises else ""
            lines.append(f"{'  ' * indent}{step.triple} [{step.rule}]{again}")
            if not again:
                told.add(id(step))
                todo += [(premise, indent + 1) for premise in reversed(step.premises)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Proofs:
    """Several derivations of one triple; `complete` is False when a bound cut the search."""

    items: tuple[Proof, ...]
    complete: bool


class StepWrong(Problem):
    """A proof step that its rule does not allow."""

    title: ClassVar[str] = "A proof step does not follow"
