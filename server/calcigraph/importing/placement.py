"""The statements of a file in, each with the folder of a root that it belongs into out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SH, SKOS

Room = Literal["ontology", "data", "shapes"]
_TYPE: Final = RDF["type"]
_CLASSES: Final = {OWL["Class"], RDFS["Class"]}
# Who has such a type is part of a vocabulary.
_TERM_KINDS: Final = {
    *_CLASSES,
    *(RDFS["Datatype"], RDF["Property"], SKOS["Concept"], SKOS["ConceptScheme"], SKOS["Collection"]),
    *(OWL[name] for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    *(OWL[name] for name in ("DeprecatedClass", "DeprecatedProperty", "FunctionalProperty")),
    *(OWL[name] for name in ("TransitiveProperty", "SymmetricProperty", "InverseFunctionalProperty")),
}
_HEADER: Final = OWL["Ontology"]
_SHAPES: Final = {SH["NodeShape"], SH["PropertyShape"], SH["Shape"]}
# A prefix table, which many ontologies have, is no shape.
_DECLARING: Final = {SH[name].value for name in ("declare", "prefix", "namespace", "shapesGraph")}


@dataclass(frozen=True)
class Placement:
    """The triples of each folder; `repeated` is the number of those that stand in `shapes` and in another
    one, because a shape that is a class has it for its target only where the shapes say that it is one
    (SHACL, section 2.1.3.3)."""

    rooms: Mapping[Room, frozenset[ox.Triple]]
    repeated: int = 0


def placed(triples: Iterable[ox.Triple]) -> Placement:
    """Shapes apart from all else, which is of `ontology` where it has a header or more terms of a vocabulary
    than individuals, and of `data` where not.

    A class or a property that is a shape as well is parted: what SHACL says of it, and its blank nodes, is of
    the shapes. Where there are no terms, and more is said of shapes than of all else, all is of the shapes.
    Cost: linear.
    """
    graph = _Graph(triples)
    shapes = graph.of_shapes()
    rest = graph.triples - shapes
    if len(shapes) > len(rest) and not any(t.subject in graph.terms for t in rest):
        return Placement({"shapes": frozenset(graph.triples)})
    targets = {
        ox.Triple(node, _TYPE, kind)
        for node in graph.shapes & graph.terms
        if isinstance(node, ox.NamedNode)
        for kind in graph.types[node] & _CLASSES
    }
    rooms: dict[Room, frozenset[ox.Triple]] = {_main_room(graph): frozenset(rest)}
    if shapes:
        rooms["shapes"] = frozenset(shapes | targets)
    return Placement(rooms, len(targets))


class _Graph:
    """A graph, and what its nodes are."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = set(triples)
        self.types: dict[Term, set[Term]] = defaultdict(set)
        self.predicates: dict[Term, set[str]] = defaultdict(set)
        for triple in self.triples:
            self.predicates[triple.subject].add(triple.predicate.value)
            if triple.predicate == _TYPE:
                self.types[triple.subject].add(triple.object)
        self.terms = {node for node, types in self.types.items() if types & _TERM_KINDS}
        self.headers = {node for node, types in self.types.items() if _HEADER in types}
        self.shapes = {node for node in self.predicates if self._is_shape(node)}

    def _is_shape(self, node: Term) -> bool:
        """Whether SHACL takes it for a shape (section 2.1), or for a part of one."""
        if self.types[node] & _SHAPES:
            return True
        said = {name for name in self.predicates[node] if name.startswith(SH.iri)} - _DECLARING
        return bool(said) and node not in self.headers

    def of_shapes(self) -> set[ox.Triple]:
        """What is said of shapes, with the blank nodes that hang together with this."""
        if not self.shapes:
            return set()
        found = {t for t in self.triples if self._says_shape(t)}
        links = _links(self.triples)
        pending = [node for triple in found for node in _blank_nodes(triple)]
        inside: set[ox.BlankNode] = set()
        while pending:
            node = pending.pop()
            if node not in inside:
                inside.add(node)
                found.update(links[node])
                pending += [other for triple in links[node] for other in _blank_nodes(triple)]
        return found

    def _says_shape(self, triple: ox.Triple) -> bool:
        subject, value = triple.subject, triple.object
        if subject in self.shapes and subject not in self.terms:
            return True
        if triple.predicate == _TYPE and isinstance(value, ox.NamedNode):
            return value.value.startswith(SH.iri)
        return triple.predicate.value.startswith(SH.iri)


def _main_room(graph: _Graph) -> Room:
    if graph.headers:
        return "ontology"
    named = {node for node in graph.predicates if isinstance(node, ox.NamedNode)} - graph.shapes
    terms = {node for node in graph.terms if isinstance(node, ox.NamedNode)}
    return "ontology" if terms and 2 * len(terms) >= len(named) else "data"


def _links(triples: Iterable[ox.Triple]) -> Mapping[ox.BlankNode, list[ox.Triple]]:
    """The triples in which each blank node stands."""
    found: dict[ox.BlankNode, list[ox.Triple]] = defaultdict(list)
    for triple in triples:
        for node in _blank_nodes(triple):
            found[node].append(triple)
    return found


def _blank_nodes(triple: ox.Triple) -> list[ox.BlankNode]:
    return [term for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)]
