"""The bounds of the reasoner, as the settings hold them, and the Problem that names a bound that was met."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from calcigraph.errors import Place, Problem
from calcigraph.settings import ReasonerLimits as Limits

__all__ = ["LimitMet", "Limits"]

_MOST_SHOWN = 3


class LimitMet(Problem):
    """A closure that would be larger than a bound of `Limits`.

    `axioms` are the triples that it came of and `hub` the term that most of it would be about, both as the
    numbers that the reasoner has for terms, until `named` says them. `statement` is then an axiom as a line
    of N-Triples, for whoever knows the files.
    """

    title: ClassVar[str] = "The closure is larger than a bound allows"

    def __init__(
        self,
        detail: str,
        remedy: str,
        place: Place | None = None,
        axioms: Iterable[tuple[int, int, int]] = (),
        hub: int | None = None,
    ) -> None:
        super().__init__(detail, remedy, place)
        self.axioms, self.hub = tuple(axioms), hub
        self.statement = ""
        self.node = ""

    def named(self, term: Callable[[int], object]) -> LimitMet:
        """The same in words, with `term` to say what a number stands for."""
        said = [" ".join(str(term(index)) for index in axiom) for axiom in self.axioms]
        other = self.again()
        other.axioms, other.hub = (), None
        if said:
            more = f" and {len(said) - _MOST_SHOWN} more" if len(said) > _MOST_SHOWN else ""
            other.detail += f" It comes of {' . '.join(said[:_MOST_SHOWN])}{more}."
            other.statement = f"{said[0]} ."
        if self.hub is not None:
            other.node = str(term(self.hub))
            other.detail += f" Most of it would be about {other.node}."
        return other
