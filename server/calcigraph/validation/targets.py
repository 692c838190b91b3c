"""Data in, the focus nodes of each shape out (SHACL section 2.1.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SH
from calcigraph.validation.shapes_graph import ShapesGraph

_TYPE: Final = RDF["type"]
_SUBCLASS: Final = RDFS["subClassOf"]
_CLASSES: Final = (RDFS["Class"], OWL["Class"])
_PROPERTIES: Final = (
    RDF["Property"],
    *(OWL[f"{kind}Property"] for kind in ("Object", "Datatype", "Annotation")),
)


class Targets:
    """What there is to be looked at in some data. Cost: that of going through the data once."""

    def __init__(self, data: Iterable[ox.Triple], shapes: ShapesGraph) -> None:
        asked = {t.object for t in shapes.triples if t.predicate in _BY_PREDICATE}
        self._instances: dict[Term, set[Term]] = defaultdict(set)
        self._below: dict[Term, set[Term]] = defaultdict(set)
        self._subjects: dict[Term, set[Term]] = defaultdict(set)
        self._objects: dict[Term, set[Term]] = defaultdict(set)
        self.classes: set[Term] = set()
        self.properties: set[Term] = set()
        self.nodes: set[Term] = set()
        wanted = {t.object for t in shapes.triples if t.predicate in _BY_NODE}
        for triple in data:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            self.properties.add(predicate)
            if predicate == _TYPE:
                self._instances[value].add(subject)
            elif predicate == _SUBCLASS:
                self._below[value].add(subject)
                self.classes.add(subject)
            if predicate in asked:
                self._subjects[predicate].add(subject)
                self._objects[predicate].add(value)
            self.nodes.update(node for node in (subject, value) if node in wanted)
        self.classes.update(self._instances)
        self.classes.update(self._below)
        # What an ontology declares it knows, though there be none.
        self.classes.update(*(self._instances.get(kind, ()) for kind in _CLASSES))
        self.properties.update(*(self._instances.get(kind, ()) for kind in _PROPERTIES))

    def focus_nodes(self, shapes: ShapesGraph, shape: Term) -> set[Term]:
        """The focus nodes of a shape."""
        found: set[Term] = set(shapes.objects(shape, SH["targetNode"]))
        classes = shapes.objects(shape, SH["targetClass"]) + [shape] * shapes.is_class(shape)
        for named in classes:
            for one in self._with_those_below(named):
                found |= self._instances.get(one, set())
        for predicate in shapes.objects(shape, SH["targetSubjectsOf"]):
            found |= self._subjects.get(predicate, set())
        for predicate in shapes.objects(shape, SH["targetObjectsOf"]):
            found |= self._objects.get(predicate, set())
        return found

    def _with_those_below(self, named: Term) -> set[Term]:
        found: set[Term] = set()
        pending = [named]
        while pending:
            one = pending.pop()
            if one not in found:
                found.add(one)
                pending += self._below.get(one, ())
        return found


_BY_PREDICATE: Final = frozenset({SH["targetSubjectsOf"], SH["targetObjectsOf"]})
_BY_NODE: Final = frozenset(
    {SH["targetNode"], SH["targetClass"], SH["targetSubjectsOf"], SH["targetObjectsOf"]}
)
