"""Shapes in, the order, grouping and names of properties on a page out (SHACL section 2.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SH

_LAST = 1e9


@dataclass(frozen=True)
class Field:
    """How one property is shown: incoming links where `inverse`."""

    predicate: ox.NamedNode
    inverse: bool
    name: ox.Literal | None
    order: float
    group: Subject | None


@dataclass(frozen=True)
class GroupHeading:
    """An `sh:PropertyGroup` with its label and `sh:order`."""

    name: ox.Literal
    order: float


class Presentation:
    """What the shapes of a root say about showing the instances of each class.

    Cost: one pass over the shapes when built; a dictionary look-up a type afterwards.
    """

    def __init__(self, shapes: Iterable[ox.Triple]) -> None:
        self.values: dict[tuple[Term, ox.NamedNode], list[Term]] = {}
        """The objects of each subject and predicate of the shapes."""
        shapes_with_fields: dict[Term, None] = {}
        for triple in shapes:
            self.values.setdefault((triple.subject, triple.predicate), []).append(triple.object)
            if triple.predicate == SH["property"]:
                shapes_with_fields[triple.subject] = None
        self._fields: dict[Term, list[Field]] = {}
        for shape in shapes_with_fields:
            fields = [field for p in self._all(shape, SH["property"]) for field in self._field(p)]
            for target in self._targets(shape):
                self._fields.setdefault(target, []).extend(fields)
        # There are few combinations of types, and fewer groups.
        self.fields = cache(self._fields_of)
        """The fields for a resource of these types, by property and direction.

        Where several shapes show one property, the one with the lowest order is taken.
        """
        self.group = cache(self._head)
        """The head of a group; None where it has no label."""

    def _fields_of(self, types: tuple[ox.NamedNode, ...]) -> Mapping[tuple[ox.NamedNode, bool], Field]:
        found: dict[tuple[ox.NamedNode, bool], Field] = {}
        for kind in types:
            for field in self._fields.get(kind, ()):
                known = found.get((field.predicate, field.inverse))
                if known is None or field.order < known.order:
                    found[field.predicate, field.inverse] = field
        return found

    def _head(self, node: Subject) -> GroupHeading | None:
        name = self._text(node, RDFS["label"])
        return GroupHeading(name, self._number(node, SH["order"])) if name else None

    def _targets(self, shape: Term) -> list[Term]:
        implicit = {RDFS["Class"], OWL["Class"]} & set(self._all(shape, RDF["type"]))
        return self._all(shape, SH["targetClass"]) + ([shape] if implicit else [])

    def _field(self, shape: Term) -> Iterable[Field]:
        for path in self._all(shape, SH["path"]):
            inverse = self._all(path, SH["inversePath"])
            predicate = inverse[0] if inverse else path
            if isinstance(predicate, ox.NamedNode):
                groups = self._all(shape, SH["group"])
                group = groups[0] if groups and isinstance(groups[0], ox.NamedNode | ox.BlankNode) else None
                yield Field(
                    predicate,
                    bool(inverse),
                    self._text(shape, SH["name"]),
                    self._number(shape, SH["order"]),
                    group,
                )

    def _all(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        return self.values.get((subject, predicate), [])

    def _text(self, subject: Term, predicate: ox.NamedNode) -> ox.Literal | None:
        texts = [value for value in self._all(subject, predicate) if isinstance(value, ox.Literal)]
        return min(texts, key=lambda t: (t.language != "en", t.language or "", t.value), default=None)

    def _number(self, subject: Term, predicate: ox.NamedNode) -> float:
        for value in self._all(subject, predicate):
            if isinstance(value, ox.Literal):
                try:
                    return float(value.value)
                except ValueError:
                    continue
        return _LAST
