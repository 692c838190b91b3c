"""An edition in, its triples as queries answer them out: literals of one value are one.

What describes the data counts these, so that its numbers are those that COUNT gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from calcigraph.edition.edition import Edition
from calcigraph.edition.spellings import value, values
from calcigraph.rdf.terms import Subject, Term


def answered_triple(triple: ox.Triple) -> ox.Triple:
    """A triple as a query answers it."""
    return ox.Triple(triple.subject, triple.predicate, value(triple.object))


def answered_triples(triples: list[ox.Triple]) -> set[ox.Triple]:
    """Many of them, each once. Cost: some microseconds a triple."""
    literals = (triple.object for triple in triples if isinstance(triple.object, ox.Literal))
    answers: dict[Term, Term] = dict(values(literals))
    return {ox.Triple(t.subject, t.predicate, answers.get(t.object, t.object)) for t in triples}


class AnsweredTriples:
    """The triples of an edition, to be looked up as queries answer them; the metadata are not among them."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def triples(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term | None, /
    ) -> Iterable[ox.Triple]:
        """Those that match in all that is given; all of them where nothing is.

        Cost: a look-up, and another for each way in which a literal that is given may be written.
        """
        if object_ is not None:
            return self._of_object(subject, predicate, object_)
        if subject is not None:
            return self._of_subject(subject, predicate)
        return answered_triples(list(self._edition.triples(None, predicate)))

    def _of_subject(self, subject: Subject, predicate: ox.NamedNode | None) -> Iterator[ox.Triple]:
        """One after the other: often it is only asked whether there is any."""
        seen: set[ox.Triple] = set()
        for triple in map(answered_triple, self._edition.triples(subject, predicate)):
            if triple not in seen:
                seen.add(triple)
                yield triple

    def _of_object(
        self, subject: Subject | None, predicate: ox.NamedNode | None, object_: Term
    ) -> Iterator[ox.Triple]:
        if value(object_) != object_:
            return
        for spelled in self._edition.spellings(object_):
            for triple in self._edition.triples(subject, predicate, spelled):
                yield ox.Triple(triple.subject, triple.predicate, object_)
