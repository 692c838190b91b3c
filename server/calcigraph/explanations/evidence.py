"""A triple or a proposition in, what is said about it out: who says so, and what was decided.

It knows the server vocabulary (`https://w3id.org/calcigraph/server#`) alone; a root's own
properties are found because they are subproperties of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import DCTERMS, RDF, SRV


def server(name: str) -> ox.NamedNode:
    """A term of the server vocabulary."""
    return SRV[name]


@dataclass(frozen=True)
class Named:
    """A resource with what a reader calls it: its identifier where it has one, and its label."""

    node: Subject
    label: str
    identifier: str = ""

    def __str__(self) -> str:
        if not self.identifier or self.label.startswith(self.identifier):
            return self.label
        return f"{self.identifier} ({self.label})"


@dataclass(frozen=True)
class Source:
    """Where something was said: a passage or publication, the larger source that it is part of,
    the position in it (0: not stated), and whether it was retracted."""

    named: Named
    part_of: Named | None
    position: int
    retracted: bool


@dataclass(frozen=True)
class Line:
    """One line of evidence on a proposition: its stance, the evidence, its sources and grade."""

    node: Subject
    stance: Named
    evidence: tuple[Named, ...]
    sources: tuple[Source, ...]
    grades: tuple[Named, ...]


@dataclass(frozen=True)
class Decision:
    """What a curator decided about a proposition, why, on what, and how good that is."""

    named: Named
    verdict: Named
    reasons: tuple[str, ...]
    basis: tuple[Named, ...]
    grades: tuple[Named, ...]


@dataclass(frozen=True)
class Proposition:
    """Something that is said of the triple, with all evidence on it, whichever way it points."""

    named: Named
    conditions: tuple[str, ...]
    contexts: tuple[Named, ...]
    contested: bool
    decisions: tuple[Decision, ...]
    lines: tuple[Line, ...]


def propositions(dataset: Edition, triple: ox.Triple) -> tuple[Proposition, ...]:
    """The propositions with the subject, relation and object of `triple`, in order of IRI.

    Cost: one look-up for each proposition about the subject, then for each of its lines.
    """
    about = [
        node
        for node in dataset.subjects(server("subject"), triple.subject)
        if triple.predicate in dataset.objects(node, server("relation"))
        and triple.object in dataset.objects(node, server("object"))
    ]
    return tuple(_proposition(dataset, node) for node in about)


def proposition(dataset: Edition, node: Subject) -> Proposition | None:
    """What is known of the proposition `node`; None where it is no `srv:Proposition`, even by inference.

    Cost: one look-up, then some for each line of evidence.
    """
    is_one = any(dataset.triples(node, RDF["type"], server("Proposition")))
    return _proposition(dataset, node) if is_one else None


def _proposition(dataset: Edition, node: Subject) -> Proposition:
    return Proposition(
        named(dataset, node),
        tuple(_texts(dataset, node, "condition")),
        tuple(_all(dataset, node, "context")),
        _true(dataset, node, "contested"),
        tuple(_decision(dataset, n) for n in dataset.subjects(server("decides"), node)),
        tuple(line for n in dataset.subjects(server("proposition"), node) for line in _lines(dataset, n)),
    )


def _decision(dataset: Edition, node: Subject) -> Decision:
    verdicts = list(_all(dataset, node, "verdict")) or [Named(node, "")]
    return Decision(
        named(dataset, node),
        verdicts[0],
        tuple(_texts(dataset, node, "reason")),
        tuple(_all(dataset, node, "basis")),
        tuple(_all(dataset, node, "grade")),
    )


def _lines(dataset: Edition, node: Subject) -> Iterator[Line]:
    evidence = tuple(_all(dataset, node, "evidence"))
    sources = tuple(s for e in evidence for s in dataset.objects(e.node, server("source")))
    grades = [g for holder in (node, *(e.node for e in evidence)) for g in _all(dataset, holder, "grade")]
    for stance in _all(dataset, node, "stance"):
        yield Line(
            node,
            stance,
            evidence,
            tuple(_source(dataset, s) for s in sources if isinstance(s, Subject)),
            tuple(dict.fromkeys(grades)),
        )


def _source(dataset: Edition, node: Subject) -> Source:
    parents = list(_all(dataset, node, "partOf"))
    positions = [int(t) for t in _texts(dataset, node, "position") if t.isdigit()]
    return Source(
        named(dataset, node),
        parents[0] if parents else None,
        positions[0] if positions else 0,
        _true(dataset, node, "retracted"),
    )


def named(dataset: Edition, node: Subject) -> Named:
    """A resource by its label and identifier. Cost: a few look-ups."""
    identifiers = [o.value for o in dataset.objects(node, DCTERMS["identifier"]) if isinstance(o, ox.Literal)]
    return Named(node, dataset.label(node), identifiers[0] if identifiers else "")


def _all(dataset: Edition, node: Subject, name: str) -> Iterator[Named]:
    for value in dataset.objects(node, server(name)):
        if isinstance(value, Subject):
            yield named(dataset, value)


def _texts(dataset: Edition, node: Subject, name: str) -> Iterator[str]:
    values: list[Term] = dataset.objects(node, server(name))
    return (value.value for value in values if isinstance(value, ox.Literal))


def _true(dataset: Edition, node: Subject, name: str) -> bool:
    return any(text in {"true", "1"} for text in _texts(dataset, node, name))
