"""A resource in, what is said of its triples out: annotations of axioms, reified statements, reifiers.

OWL 2 Mapping to RDF Graphs, section 2.2; RDF Schema, section 5.3; RDF 1.2 Concepts, section 1.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

import pyoxigraph as ox

from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.values import Fact, Standing
from calcigraph.edition import Edition
from calcigraph.manchester import STATEMENT_PARTS, Piece
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF

_MOST: Final = 500
_SOURCES: Final = tuple(dict.fromkeys(parts[0] for parts in STATEMENT_PARTS.values()))
_Target: TypeAlias = Term | tuple[Piece, ...]


@dataclass(frozen=True)
class Annotation:
    """A blank node that speaks about a triple, and all that it says."""

    node: ox.BlankNode
    facts: tuple[Fact, ...]


class Annotations:
    """What is said of the triples of one resource."""

    def __init__(self, edition: Edition, descriptions: BoundedDescriptions, subject: Subject) -> None:
        self._edition = edition
        self._descriptions = descriptions
        self._found: dict[tuple[Term, _Target], list[Annotation]] = {}
        self._shown: set[ox.BlankNode] = set()
        self.nodes: frozenset[ox.BlankNode] = frozenset(self._read(subject))
        """The nodes that speak about triples with this subject, 500 at most."""
        self._reifies = any(edition.stated(None, RDF["reifies"]))

    def of(self, fact: Fact) -> list[Annotation]:
        """What is said of a fact; it counts as shown then."""
        triple = fact.triple
        found = (
            [*self._found.get((triple.predicate, self._target(triple.predicate, triple.object)), ())]
            if self._found
            else []
        )
        if self._reifies:
            reifiers = self._edition.stated(None, RDF["reifies"], triple)
            found += (self._annotation(node) for node in _blank(reifiers))
        self._shown.update(annotation.node for annotation in found)
        return found

    def left(self) -> list[Annotation]:
        """What is said of triples that nobody has asked for, as they do not hold."""
        every = (annotation for found in self._found.values() for annotation in found)
        return [annotation for annotation in every if annotation.node not in self._shown]

    def facts(self) -> Iterator[Fact]:
        """All that is said by reified statements and annotated axioms."""
        return (fact for found in self._found.values() for annotation in found for fact in annotation.facts)

    def _read(self, subject: Subject) -> Iterator[ox.BlankNode]:
        for source in _SOURCES:
            for node in _blank(islice(self._edition.stated(None, source, subject), _MOST)):
                annotation = self._annotation(node)
                place = _place(annotation, source)
                if place is not None:
                    predicate, target = place
                    key = predicate, self._target(predicate, target)
                    self._found.setdefault(key, []).append(annotation)
                    yield node

    def _annotation(self, node: ox.BlankNode) -> Annotation:
        return Annotation(node, tuple(self._descriptions.outgoing(node)))

    def _target(self, predicate: Term, term: Term) -> _Target:
        """Two expressions that read alike are one: the OWL API writes that of an annotated axiom twice. Any
        other two nodes without a name are two."""
        if not isinstance(term, ox.BlankNode):
            return term
        reader = self._edition.expressions
        found = reader.list(predicate, term) if isinstance(predicate, ox.NamedNode) else None
        found = found or reader.read(term)
        return found.pieces if found.is_construct and found.is_exact else term


def _place(annotation: Annotation, source: ox.NamedNode) -> tuple[Term, Term] | None:
    """The predicate and the object of the triple that a node speaks about; None where it names no one."""
    parts = next(parts for parts in STATEMENT_PARTS.values() if parts[0] == source)
    said: dict[ox.NamedNode, set[Term]] = {part: set() for part in parts}
    for fact in annotation.facts:
        triple = fact.triple
        is_own = triple.subject == annotation.node and fact.standing is not Standing.INFERRED
        if is_own and triple.predicate in said:
            said[triple.predicate].add(triple.object)
    if any(len(values) != 1 for values in said.values()):
        return None
    _, predicate, target = ((*values,)[0] for values in said.values())
    return predicate, target


def _blank(quads: Iterable[ox.Quad]) -> Iterator[ox.BlankNode]:
    nodes = dict.fromkeys(quad.subject for quad in quads)
    return (node for node in nodes if isinstance(node, ox.BlankNode))
