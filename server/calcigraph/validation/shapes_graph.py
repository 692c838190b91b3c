"""The triples of a shapes graph in, its shapes and what each consists of out (SHACL section 2.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.turtle import NIL
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SH

TARGETS: Final = tuple(
    SH[name] for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
)
# What takes one shape, and what takes a list of shapes (section 2.1).
SHAPE_EXPECTING: Final = tuple(SH[name] for name in ("property", "node", "not", "qualifiedValueShape"))
LIST_OF_SHAPES: Final = tuple(SH[name] for name in ("and", "or", "xone"))
_TYPE, _FIRST, _REST = RDF["type"], RDF["first"], RDF["rest"]
_SUBCLASS: Final = RDFS["subClassOf"]
# Beside blank nodes, what a shape consists of where it is named by an IRI.
_PARTS: Final = frozenset(
    {
        *SHAPE_EXPECTING,
        *(SH[n] for n in ("sparql", "prefixes", "declare", "parameter")),
        *(SH[n] for n in ("validator", "nodeValidator", "propertyValidator")),
        *(OWL["imports"], _REST),
        # A list may have a name too; its members do not belong to it, unless they are shapes (`references`).
        *(*LIST_OF_SHAPES, SH["in"], SH["languageIn"], SH["ignoredProperties"]),
    }
)


class ShapesGraph:
    """A shapes graph, by subject. Cost: that of reading its triples once."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples: list[ox.Triple] = [t for t in triples if not isinstance(t.object, ox.Triple)]
        about: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in self.triples:
            about[triple.subject].append(triple)
        self._about: Mapping[Term, list[ox.Triple]] = dict(about)
        self._parents: dict[Term, list[Term]] = defaultdict(list)
        for triple in self.triples:
            if triple.predicate in SHAPE_EXPECTING:
                self._parents[triple.object].append(triple.subject)
        self._classes = self._classes_of_classes()
        self.custom_parameters = self._custom_parameters()
        self.shapes: frozenset[Term] = frozenset(self._shapes())

    def about(self, node: Term) -> list[ox.Triple]:
        """What is said of a node."""
        return self._about.get(node, [])

    def objects(self, node: Term, *predicates: ox.NamedNode) -> list[Term]:
        """The values of a node for any of some predicates."""
        return [t.object for t in self.about(node) if t.predicate in predicates]

    def members(self, head: Term) -> list[Term] | None:
        """The members of a SHACL list; None where it is none (section 1.4)."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.objects(head, _FIRST), self.objects(head, _REST)
            if head in seen or len(first) != 1 or len(rest) != 1:
                return None
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    @property
    def roots(self) -> list[Term]:
        """The shapes that have a target of their own, in order of their text."""
        return sorted((shape for shape in self.shapes if self.has_target(shape)), key=str)

    def has_target(self, shape: Term) -> bool:
        """Whether a shape looks at anything by itself (section 2.1.3)."""
        return bool(self.objects(shape, *TARGETS)) or self.is_class(shape)

    def is_class(self, shape: Term) -> bool:
        """Whether a shape is also a class, whose instances it looks at (section 2.1.3.3)."""
        return isinstance(shape, ox.NamedNode) and any(
            kind in self._classes for kind in self.objects(shape, _TYPE)
        )

    def references(self, shape: Term) -> list[tuple[ox.NamedNode, Term]]:
        """The shapes that a shape refers to, each with the parameter by which it does."""
        found = [(t.predicate, t.object) for t in self.about(shape) if t.predicate in SHAPE_EXPECTING]
        for triple in self.about(shape):
            if triple.predicate in LIST_OF_SHAPES:
                found += [(triple.predicate, member) for member in self.members(triple.object) or ()]
        return found

    def parents(self, shape: Term) -> list[Term]:
        """The shapes that refer to a shape, but for those that list it."""
        return self._parents.get(shape, [])

    def parts(self, root: Term) -> frozenset[Term]:
        """All nodes that a shape consists of, those of the shapes that it refers to among them.

        With `sh:qualifiedValueShapesDisjoint`, the parents of a shape, as its siblings count (section 4.7.3).
        """
        found: set[Term] = set()
        pending = [root]
        while pending:
            node = pending.pop()
            if node in found:
                continue
            found.add(node)
            pending += [t.object for t in self.about(node) if self._is_part(t)]
            pending += [member for _, member in self.references(node)]
            if self.objects(node, SH["qualifiedValueShapesDisjoint"]):
                pending += self._parents[node]
        return frozenset(found)

    def by_property(self, shape: Term) -> frozenset[Term]:
        """A shape, and the shapes that it has by `sh:property`, at any depth."""
        found: set[Term] = set()
        pending = [shape]
        while pending:
            node = pending.pop()
            if node not in found:
                found.add(node)
                pending += self.objects(node, SH["property"])
        return frozenset(found)

    def ways(self, root: Term) -> int:
        """How often an engine looks at a shape for one focus node: itself, and each shape that it refers to
        in as many ways as lead there. One that leads back counts once, as if it ended there. Cost: linear in
        its parts."""
        counted: dict[Term, int] = {}
        begun: set[Term] = set()
        pending = [root]
        while pending:
            node = pending[-1]
            others = [other for _, other in self.references(node)]
            if node not in begun:
                begun.add(node)
                pending += [other for other in others if other not in begun]
            else:
                counted.setdefault(node, 1 + sum(counted.get(other, 1) for other in others))
                pending.pop()
        return counted[root]

    def recursive(self, root: Term) -> bool:
        """Whether a shape refers to itself by way of others (section 3.4.3). Cost: linear in its parts."""
        done: set[Term] = set()
        on_path: list[Term] = []
        inside: set[Term] = set()
        pending: list[tuple[Term, bool]] = [(root, False)]
        while pending:
            node, leaving = pending.pop()
            if leaving:
                inside.discard(on_path.pop())
                done.add(node)
            elif node in inside:
                return True
            elif node not in done:
                on_path.append(node)
                inside.add(node)
                pending.append((node, True))
                pending += [(other, False) for _, other in self.references(node)]
        return False

    @staticmethod
    def _is_part(triple: ox.Triple) -> bool:
        return isinstance(triple.object, ox.BlankNode) or triple.predicate in _PARTS

    def _classes_of_classes(self) -> frozenset[Term]:
        """rdfs:Class and what is stated to be below it; owl:Class is (OWL 2 RDF-Based Semantics, 5.2)."""
        below: dict[Term, list[Term]] = defaultdict(list)
        for triple in self.triples:
            if triple.predicate == _SUBCLASS:
                below[triple.object].append(triple.subject)
        found: set[Term] = set()
        pending: list[Term] = [RDFS["Class"], OWL["Class"]]
        while pending:
            node = pending.pop()
            if node not in found:
                found.add(node)
                pending += below[node]
        return frozenset(found)

    def _shapes(self) -> Iterator[Term]:
        for triple in self.triples:
            if triple.predicate in TARGETS or (
                triple.predicate == _TYPE and triple.object in (SH["NodeShape"], SH["PropertyShape"])
            ):
                yield triple.subject
            elif triple.predicate in SHAPE_EXPECTING:
                yield triple.subject
                if not isinstance(triple.object, ox.Literal | ox.Triple):
                    yield triple.object
            elif triple.predicate in LIST_OF_SHAPES:
                yield triple.subject
                for member in self.members(triple.object) or ():
                    if not isinstance(member, ox.Literal | ox.Triple):
                        yield member
            elif triple.predicate in PARAMETERS or triple.predicate in self.custom_parameters:
                yield triple.subject

    def _custom_parameters(self) -> frozenset[ox.NamedNode]:
        """The properties that are parameters of SPARQL-based constraint components (section 6.2.1)."""
        declared = {t.object for t in self.triples if t.predicate == SH["parameter"]}
        paths = {path for node in declared for path in self.objects(node, SH["path"])}
        return frozenset(path for path in paths if isinstance(path, ox.NamedNode))


# The parameters of the core constraint components (section 4), but for those above: their subject is a shape.
PARAMETERS: Final = frozenset(
    SH[name]
    for name in (
        *("class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive"),
        *("maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "languageIn", "uniqueLang"),
        *("equals", "disjoint", "lessThan", "lessThanOrEquals", "qualifiedMinCount", "qualifiedMaxCount"),
        *("closed", "hasValue", "in", "sparql"),
    )
)
