"""RDF terms in, small integers out, and back; every column of the reasoner holds these integers."""

from __future__ import annotations

from threading import Lock

import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from calcigraph.reasoning.terms.statements import Node, Statement, statement
from calcigraph.reasoning.terms.vocabulary import VOCABULARY

Ids = npt.NDArray[np.int64]
Ground = tuple[int, int, int]
"""A triple of ids."""
SHIFT = np.int64(32)
MASK = np.int64(0xFFFFFFFF)


class TermNumbers(dict[Node, int]):
    """A dictionary of terms that numbers a new term when it is first asked for.

    The terms of `vocabulary` have the lowest ids, the same in every instance. Ids stay below 2^31,
    so that two of them fit one signed 64-bit column. Cost: one hash per look-up. Versions of an inference
    share one numbering, which only grows: who looks up what may be new holds `growing`, others need not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.growing = Lock()
        self.terms: list[Node] = []
        self.literals: list[int] = []
        for term in VOCABULARY:
            self[term]

    def __missing__(self, term: Node) -> int:
        # In this order: who finds a number finds its term, and the number of a literal is below len(terms).
        index = len(self.terms)
        self.terms.append(term)
        if type(term) is ox.Literal:
            self.literals.append(index)
        self[term] = index
        return index

    def statement(self, subject: int, predicate: int, obj: int) -> Statement:
        """The triple that three ids stand for."""
        return statement(self.terms[subject], self.terms[predicate], self.terms[obj])

    def known(self, triple: Statement) -> Ground | None:
        """The three ids of a triple, or None when one of its terms was never seen."""
        ids = self.get(triple.subject), self.get(triple.predicate), self.get(triple.object)
        return None if None in ids else ids  # type: ignore[return-value]

    def is_literal(self, index: int) -> bool:
        """Whether this id stands for a literal."""
        return type(self.terms[index]) is ox.Literal
