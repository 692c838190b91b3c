"""Small ontologies that write one anonymous restriction several times, in every place where one may stand."""

from __future__ import annotations

from itertools import count
from random import Random

import pyoxigraph as ox

from reasoning_ontologies import NIL, TYPE, iri

CLASSES = [iri(f":C{i}") for i in range(3)]
PROPERTIES = [iri(f":p{i}") for i in range(2)]
INDIVIDUALS = [iri(f":i{i}") for i in range(3)]
Triples = set[ox.Triple]


class Ontology:
    """One random ontology: its axioms, and facts that come and go."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._names = rng, count()
        self.schema: Triples = set()
        declared = [(c, "owl:Class") for c in CLASSES] + [(p, "owl:ObjectProperty") for p in PROPERTIES]
        self._say(*((term, TYPE, iri(kind)) for term, kind in declared if rng.random() < 0.8))
        if rng.random() < 0.5:
            self._say((PROPERTIES[0], iri("rdfs:subPropertyOf"), PROPERTIES[1]))
        for _ in range(rng.randint(3, 6)):
            self.expressions = self.expression()
        if rng.random() < 0.3:
            self._odd()
        self.facts = {self.fact() for _ in range(5)}

    def _say(self, *triples: tuple[object, ox.NamedNode, object]) -> None:
        self.schema |= {ox.Triple(*triple) for triple in triples}  # type: ignore[arg-type]

    def _blank(self) -> ox.BlankNode:
        return ox.BlankNode(f"e{next(self._names)}")

    def expression(self) -> list[ox.BlankNode]:
        """Two or three copies of one restriction, each used somewhere."""
        rng = self._rng
        said = (rng.choice(PROPERTIES), rng.choice(("some", "some", "all", "value")), rng.choice(CLASSES))
        depth = rng.choice((0, 0, 1))
        return [self._used(self._restriction(said, depth)) for _ in range(rng.randint(2, 3))]

    def _restriction(self, said: tuple[ox.NamedNode, str, ox.NamedNode], depth: int) -> ox.BlankNode:
        prop, kind, filler = said
        node = self._blank()
        inner = self._restriction(said, depth - 1) if depth and kind != "value" else filler
        named = {"some": "owl:someValuesFrom", "all": "owl:allValuesFrom", "value": "owl:hasValue"}[kind]
        self._say((node, iri("owl:onProperty"), prop))
        self._say((node, iri(named), INDIVIDUALS[0] if kind == "value" else inner))
        if self._rng.random() < 0.5:
            self._say((node, TYPE, iri("owl:Restriction")))
        return node

    def _used(self, node: ox.BlankNode) -> ox.BlankNode:
        rng = self._rng
        above, below = (
            (rng.choice(CLASSES), iri("rdfs:subClassOf"), node),
            (node, iri("rdfs:subClassOf"), rng.choice(CLASSES)),
        )
        use = rng.randrange(8)
        if use < 3:
            self._say(above)
        elif use == 3:
            self._say(below)
        elif use == 4:
            self._say((rng.choice(CLASSES), iri("owl:equivalentClass"), node))
        elif use == 5:
            self._say((rng.choice(PROPERTIES), iri(rng.choice(("rdfs:domain", "rdfs:range"))), node))
        elif use == 6:
            self._listed(rng.choice(CLASSES), rng.choice(("owl:intersectionOf", "owl:unionOf")), node)
        else:
            self._say((rng.choice(CLASSES), iri(rng.choice(("owl:disjointWith", "owl:complementOf"))), node))
        return node

    def _listed(self, owner: ox.NamedNode, predicate: str, node: ox.BlankNode) -> None:
        one, two = self._blank(), self._blank()
        self._say((owner, iri(predicate), one), (one, iri("rdf:first"), self._rng.choice(CLASSES)))
        self._say((one, iri("rdf:rest"), two), (two, iri("rdf:first"), node), (two, iri("rdf:rest"), NIL))

    def _odd(self) -> None:
        """What makes data of structure, so that nothing may be merged."""
        node = self._rng.choice(self.expressions)
        self._say(
            self._rng.choice(
                (
                    (iri("rdf:first"), iri("rdfs:subPropertyOf"), PROPERTIES[0]),
                    (iri("owl:onProperty"), iri("rdfs:range"), CLASSES[0]),
                    (INDIVIDUALS[0], iri("owl:sameAs"), node),
                    (INDIVIDUALS[1], PROPERTIES[0], node),
                    (iri("owl:Class"), iri("rdfs:subClassOf"), CLASSES[0]),
                    (node, TYPE, iri("owl:Class")),
                    (node, iri("owl:maxCardinality"), ox.Literal(1)),
                )
            )
        )

    def fact(self) -> ox.Triple:
        """A membership, most often of a copy, or a fact that a restriction speaks of."""
        rng = self._rng
        if rng.random() < 0.5:
            of = rng.choice(self.expressions) if rng.random() < 0.7 else rng.choice(CLASSES)
            return ox.Triple(rng.choice(INDIVIDUALS), TYPE, of)
        return ox.Triple(rng.choice(INDIVIDUALS), rng.choice(PROPERTIES), rng.choice(INDIVIDUALS))
