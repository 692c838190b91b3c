"""An edition in, its asserted triples by predicate and by subject out, and the closed hierarchy of its
classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SKOS
from calcigraph.root import Root

TYPE: Final = RDF["type"]
SUB_CLASS_OF: Final = RDFS["subClassOf"]
CLASSES: Final = (OWL["Class"], RDFS["Class"], RDFS["Datatype"])
PROPERTIES: Final = (
    OWL["ObjectProperty"],
    OWL["DatatypeProperty"],
    OWL["AnnotationProperty"],
    OWL["OntologyProperty"],
    RDF["Property"],
)


class Statements:
    """What a root asserts, in the order of its files; `inferred` are further superclasses."""

    def __init__(self, root: Root, triples: Iterable[ox.Triple], inferred: Iterable[ox.Triple] = ()) -> None:
        self.root = root
        self.triples = tuple(dict.fromkeys(triples))
        self._inferred = inferred

    @classmethod
    def of(cls, edition: Edition) -> Statements:
        """The statements of an edition's root, with the superclasses that follow. Cost: a pass over them."""
        asserted = (triple for file in edition.root.sources for triple in file.triples)
        return cls(edition.root, asserted, edition.triples(None, SUB_CLASS_OF))

    @cached_property
    def by_predicate(self) -> Mapping[ox.NamedNode, list[ox.Triple]]:
        """The statements with each predicate."""
        found: dict[ox.NamedNode, list[ox.Triple]] = defaultdict(list)
        for triple in self.triples:
            found[triple.predicate].append(triple)
        return found

    @cached_property
    def by_subject(self) -> Mapping[Term, list[ox.Triple]]:
        """The statements about each node."""
        found: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in self.triples:
            found[triple.subject].append(triple)
        return found

    @cached_property
    def types(self) -> Mapping[Term, set[Term]]:
        """The asserted types of each node."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for triple in self.by_predicate.get(TYPE, ()):
            found[triple.subject].add(triple.object)
        return found

    @cached_property
    def supers(self) -> Mapping[Term, set[Term]]:
        """The superclasses of each class, asserted and inferred."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for triple in (*self.by_predicate.get(SUB_CLASS_OF, ()), *self._inferred):
            found[triple.subject].add(triple.object)
        return found

    def with_predicate(self, *predicates: ox.NamedNode) -> Iterator[ox.Triple]:
        """The statements with one of some predicates."""
        return (triple for predicate in predicates for triple in self.by_predicate.get(predicate, ()))

    def values(self, node: Term, predicate: ox.NamedNode) -> list[Term]:
        """What is asserted of a node by one predicate."""
        return [t.object for t in self.by_subject.get(node, ()) if t.predicate == predicate]

    def is_a(self, node: Term, kinds: Iterable[Term]) -> bool:
        """Whether a node is asserted to be of one of some kinds."""
        return not self.types.get(node, set()).isdisjoint(kinds)

    @cached_property
    def uses(self) -> Mapping[ox.NamedNode, ox.Triple]:
        """Each IRI with the first statement that has it as predicate, object or datatype."""
        found: dict[ox.NamedNode, ox.Triple] = {}
        for triple in self.triples:
            value = triple.object
            found.setdefault(triple.predicate, triple)
            if isinstance(value, ox.Literal):
                value = value.datatype
            if isinstance(value, ox.NamedNode):
                found.setdefault(value, triple)
        return found

    @cached_property
    def mentions(self) -> Mapping[ox.NamedNode, ox.Triple]:
        """Each IRI with the first statement that has it as subject, predicate, object or datatype."""
        found: dict[ox.NamedNode, ox.Triple] = {}
        for triple in self.triples:
            value = triple.object.datatype if isinstance(triple.object, ox.Literal) else triple.object
            for term in (triple.subject, triple.predicate, value):
                if isinstance(term, ox.NamedNode):
                    found.setdefault(term, triple)
        return found

    @cached_property
    def terms(self) -> tuple[ox.NamedNode, ...]:
        """The classes, properties and concepts that are declared, in order."""
        kinds = {*CLASSES, *PROPERTIES, SKOS["Concept"]}
        declared = (t.subject for t in self.by_predicate.get(TYPE, ()) if t.object in kinds)
        return tuple(dict.fromkeys(node for node in declared if isinstance(node, ox.NamedNode)))

    @cached_property
    def headers(self) -> tuple[ox.Triple, ...]:
        """The statements that something is an ontology."""
        return tuple(t for t in self.by_predicate.get(TYPE, ()) if t.object == OWL["Ontology"])

    @cached_property
    def missing_imports(self) -> bool:
        """Whether an ontology is imported that the root does not have, so that its terms are not known."""
        had: set[Term] = {header.subject for header in self.headers}
        had |= {t.object for t in self.with_predicate(OWL["versionIRI"])}
        return any(t.object not in had for t in self.with_predicate(OWL["imports"]))

    def list_of(self, head: Term) -> list[Term] | None:
        """The members of a list; None where it is none."""
        members: list[Term] = []
        seen: set[Term] = set()
        while head != RDF["nil"]:
            first, rest = self.values(head, RDF["first"]), self.values(head, RDF["rest"])
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            members += first
            (head,) = rest
        return members
