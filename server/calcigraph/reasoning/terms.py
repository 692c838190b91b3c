"""RDF terms in, small integers out, and back; every column of the reasoner holds these integers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from calcigraph.reasoning.vocabulary import VOCABULARY

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Ids = npt.NDArray[np.int64]
SHIFT = np.int64(32)
MASK = np.int64(0xFFFFFFFF)


class GeneralizedTriple(NamedTuple):
    """A triple of generalized RDF (RDF 1.1 Concepts, section 7), such as one whose subject is a literal.

    It occurs as a step inside a proof only, never in a result.
    """

    subject: Node
    predicate: Node
    object: Node

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"


Statement = ox.Triple | GeneralizedTriple


def statement(subject: Node, predicate: Node, obj: Node) -> Statement:
    """The triple of three terms, generalized where RDF 1.1 would not allow it."""
    if isinstance(predicate, ox.NamedNode) and isinstance(subject, ox.NamedNode | ox.BlankNode):
        return ox.Triple(subject, predicate, obj)
    return GeneralizedTriple(subject, predicate, obj)


class Terms(dict[Node, int]):
    """A dictionary of terms that numbers a new term when it is first asked for.

    The terms of `vocabulary` have the lowest ids, the same in every instance. Ids stay below 2^31,
    so that two of them fit one signed 64-bit column. Cost: one hash per look-up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[Node] = []
        self.literals: list[int] = []
        self.blanks: list[int] = []
        for term in VOCABULARY:
            self[term]

    def __missing__(self, term: Node) -> int:
        index = len(self.terms)
        self.terms.append(term)
        self[term] = index
        if type(term) is ox.Literal:
            self.literals.append(index)
        elif type(term) is ox.BlankNode:
            self.blanks.append(index)
        return index

    def statement(self, subject: int, predicate: int, obj: int) -> Statement:
        """The triple that three ids stand for."""
        return statement(self.terms[subject], self.terms[predicate], self.terms[obj])

    def encode(self, triple: Statement) -> tuple[int, int, int]:
        """The three ids of a triple; new terms are numbered."""
        return self[triple.subject], self[triple.predicate], self[triple.object]

    def known(self, triple: Statement) -> tuple[int, int, int] | None:
        """The three ids of a triple, or None when one of its terms was never seen."""
        ids = self.get(triple.subject), self.get(triple.predicate), self.get(triple.object)
        return None if None in ids else ids  # type: ignore[return-value]

    def is_literal(self, index: int) -> bool:
        """Whether this id stands for a literal."""
        return type(self.terms[index]) is ox.Literal


def pack(subjects: Iterable[int], objects: Iterable[int]) -> Ids:
    """Pairs as one column, subject in the high half."""
    left, right = np.fromiter(subjects, np.int64), np.fromiter(objects, np.int64)
    return (left << SHIFT) | right
