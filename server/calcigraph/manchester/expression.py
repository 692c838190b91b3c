"""An expression as words of the Manchester syntax and terms, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from calcigraph.rdf.terms import Term

Piece: TypeAlias = str | Term
"""Words and signs of the syntax with the spaces around them, or a term that has a name."""
CUT = "…"
LEFT_OUT: Final[tuple[Piece, ...]] = (CUT,)
"""In place of items of a list."""


class Binding(IntEnum):
    """How tightly the outermost words of an expression bind (Manchester Syntax, section 2.4)."""

    OR = 0
    AND = 1
    NOT = 2
    RESTRICTION = 3
    ATOM = 4


@dataclass(frozen=True)
class Expression:
    """What a node says. `faults` are what keeps it from being an expression of OWL, in plain words; what is
    malformed stands among the pieces as what it is, property by property. `is_cut` is whether `CUT` stands in
    place of what is too deep or too much.

    `is_construct` says whether OWL or RDF gives the node a form (a class expression, an axiom, a reified
        and it is no thing of its own; `is_exact`, whether any other node with the same pieces says the same.
    """

    pieces: tuple[Piece, ...]
    binding: Binding = Binding.ATOM
    faults: tuple[str, ...] = ()
    is_construct: bool = True
    is_cut: bool = False
    is_exact: bool = True

    @classmethod
    def of(cls, *pieces: Piece, binding: Binding = Binding.ATOM) -> Expression:
        """A well-formed expression of these pieces."""
        return cls(pieces, binding)

    def within(self, least: Binding) -> tuple[Piece, ...]:
        """The pieces, between parentheses where they bind less tightly than `least`."""
        return self.pieces if self.binding >= least else ("(", *self.pieces, ")")


def joined(parts: Sequence[tuple[Piece, ...]], between: str) -> tuple[Piece, ...]:
    """The pieces of all parts, with a word between each two."""
    return tuple(_joined(parts, between))


def _joined(parts: Sequence[tuple[Piece, ...]], between: str) -> Iterator[Piece]:
    for place, part in enumerate(parts):
        if place:
            yield between
        yield from part
