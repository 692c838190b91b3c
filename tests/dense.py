"""Small ontologies in which nearly everything meets: for random tests of what a removal takes back.

Three or four individuals share two or three properties and two classes, so that equalities arise, support
one another and fall apart. Each part is drawn by name, so that a test can say what it drew.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pyoxigraph as ox

from reasoning_ontologies import NIL, TYPE, XSD, iri

SAME_AS = iri("owl:sameAs")
INDIVIDUALS = [iri(f":i{i}") for i in range(4)]
PROPERTIES = [iri(f":p{i}") for i in range(3)]
CLASSES = [iri(f":C{i}") for i in range(2)]
RESTRICTIONS = [iri(f":R{i}") for i in range(2)]
LITERALS = [
    ox.Literal("1", datatype=ox.NamedNode(XSD + "integer")),
    ox.Literal("01", datatype=ox.NamedNode(XSD + "integer")),
    ox.Literal("1.0", datatype=ox.NamedNode(XSD + "decimal")),
    ox.Literal("a"),
]
ONE = ox.Literal("1", datatype=ox.NamedNode(XSD + "nonNegativeInteger"))

Part = tuple[ox.Triple, ...]
Maker = Callable[[Random], Part]


def _listed(rng: Random, subject: ox.NamedNode, predicate: str, items: list[ox.NamedNode]) -> Part:
    cells = [iri(f":l{rng.randrange(10**6)}") for _ in items]
    rests = [*cells[1:], NIL]
    links = [
        triple
        for cell, item, rest in zip(cells, items, rests, strict=True)
        for triple in (ox.Triple(cell, iri("rdf:first"), item), ox.Triple(cell, iri("rdf:rest"), rest))
    ]
    return (ox.Triple(subject, iri(predicate), cells[0]), *links)


def _individual(rng: Random) -> ox.NamedNode:
    """One of the individuals, most often one of the first two."""
    return rng.choices(INDIVIDUALS, (3, 3, 2, 1))[0]


def _property(rng: Random, same: float = 0.1) -> ox.NamedNode:
    """A property, now and then owl:sameAs itself."""
    return SAME_AS if rng.random() < same else rng.choice(PROPERTIES)


def _class(rng: Random) -> ox.NamedNode:
    return rng.choice(CLASSES + RESTRICTIONS)


def _kind(name: str) -> Maker:
    return lambda rng: (ox.Triple(rng.choice(PROPERTIES), TYPE, iri(name)),)


def _between_properties(name: str, same: float) -> Maker:
    return lambda rng: (ox.Triple(_property(rng, same), iri(name), _property(rng, same)),)


def _chain(rng: Random) -> Part:
    steps = [_property(rng) for _ in range(rng.choice((1, 2, 2)))]
    return _listed(rng, _property(rng, 0.3), "owl:propertyChainAxiom", steps)


def _key(rng: Random) -> Part:
    return _listed(
        rng, _class(rng), "owl:hasKey", [rng.choice(PROPERTIES) for _ in range(rng.choice((1, 1, 2)))]
    )


def _over_classes(name: str) -> Maker:
    return lambda rng: _listed(rng, _class(rng), name, [_class(rng) for _ in range(2)])


def _one_of(rng: Random) -> Part:
    return _listed(rng, _class(rng), "owl:oneOf", rng.sample(INDIVIDUALS, 2))


def _restriction(name: str, filler: Maker | None = None, *more: Maker, same: float = 0.0) -> Maker:
    """A restriction on a property, with a class that is below it, or somebody who is in it."""

    def make(rng: Random) -> Part:
        node = rng.choice(RESTRICTIONS)
        inside = (
            ox.Triple(rng.choice(CLASSES), iri("rdfs:subClassOf"), node)
            if rng.random() < 0.5
            else ox.Triple(_individual(rng), TYPE, node)
        )
        values = filler(rng) if filler else (ox.Triple(node, iri(name), ONE),)
        found = [ox.Triple(node, iri("owl:onProperty"), _property(rng, same)), inside]
        return (*found, *(ox.Triple(node, v.predicate, v.object) for v in values))

    return make


def _fills(name: str, draw: Callable[[Random], ox.NamedNode | ox.Literal]) -> Maker:
    return lambda rng: (ox.Triple(NIL, iri(name), draw(rng)),)


def _qualified(rng: Random) -> Part:
    over = _class(rng) if rng.random() < 0.7 else iri("owl:Thing")
    return (
        ox.Triple(NIL, iri("owl:maxQualifiedCardinality"), ONE),
        ox.Triple(NIL, iri("owl:onClass"), over),
    )


def _value(rng: Random) -> ox.NamedNode | ox.Literal:
    return rng.choice(LITERALS) if rng.random() < 0.12 else _individual(rng)


def _of_classes(name: str) -> Maker:
    return lambda rng: (ox.Triple(_class(rng), iri(name), _class(rng)),)


def _to_class(name: str) -> Maker:
    kinds = [*CLASSES, *RESTRICTIONS, iri("xsd:integer")]
    return lambda rng: (ox.Triple(_property(rng), iri(name), rng.choice(kinds)),)


def _different(rng: Random) -> Part:
    return (ox.Triple(_individual(rng), iri("owl:differentFrom"), _individual(rng)),)


def _of_vocabulary(rng: Random) -> Part:
    """Terms of the vocabulary made equal to others, and to one another."""
    terms = [iri(n) for n in ("rdf:type", "owl:sameAs", "rdfs:subClassOf", "rdf:first", "owl:Thing")]
    return (ox.Triple(rng.choice(terms + PROPERTIES), SAME_AS, rng.choice(terms)),)


EQUALITIES: dict[str, Maker] = {
    "functional": _kind("owl:FunctionalProperty"),
    "inverse functional": _kind("owl:InverseFunctionalProperty"),
    "at most one": _restriction("owl:maxCardinality"),
    "at most one of a class": _restriction("owl:maxQualifiedCardinality", _qualified),
    "below sameAs": lambda rng: (ox.Triple(rng.choice(PROPERTIES), iri("rdfs:subPropertyOf"), SAME_AS),),
    "key": _key,
    "value of sameAs": _restriction("owl:hasValue", _fills("owl:hasValue", _value), same=0.7),
    "chain": _chain,
}
"""The axioms by which terms become equal."""

OTHERS: dict[str, Maker] = {
    "value": _restriction("owl:hasValue", _fills("owl:hasValue", _value)),
    "some": _restriction("owl:someValuesFrom", _fills("owl:someValuesFrom", _class)),
    "all": _restriction("owl:allValuesFrom", _fills("owl:allValuesFrom", _class)),
    "inverse": _between_properties("owl:inverseOf", 0.1),
    "subproperty": _between_properties("rdfs:subPropertyOf", 0.1),
    "symmetric": _kind("owl:SymmetricProperty"),
    "transitive": _kind("owl:TransitiveProperty"),
    "subclass": _of_classes("rdfs:subClassOf"),
    "disjoint": _of_classes("owl:disjointWith"),
    "domain": _to_class("rdfs:domain"),
    "range": _to_class("rdfs:range"),
    "union": _over_classes("owl:unionOf"),
    "intersection": _over_classes("owl:intersectionOf"),
    "one of": _one_of,
    "different": _different,
    "equal classes": lambda rng: (ox.Triple(rng.choice(CLASSES), SAME_AS, _class(rng)),),
    "equal properties": lambda rng: (ox.Triple(rng.choice(PROPERTIES), SAME_AS, _property(rng)),),
    "vocabulary": _of_vocabulary,
}


def schema(rng: Random) -> list[ox.Triple]:
    """One to three axioms by which terms become equal, and up to two others."""
    makers = [rng.choice(list(EQUALITIES.values())) for _ in range(rng.randint(1, 3))]
    makers += [rng.choice(list(OTHERS.values())) for _ in range(rng.randint(0, 2))]
    return [triple for make in makers for triple in make(rng)]


def fact(rng: Random) -> ox.Triple:
    """A fact about one of the individuals, most often one that joins it to another."""
    drawn = rng.random()
    if drawn < 0.12:
        return ox.Triple(_individual(rng), TYPE, _class(rng))
    if drawn < 0.22:
        return ox.Triple(_individual(rng), SAME_AS, _value(rng))
    return ox.Triple(_individual(rng), rng.choice(PROPERTIES), _value(rng))


def facts(rng: Random) -> list[ox.Triple]:
    """Six to ten facts, one class membership among them at least."""
    return [
        ox.Triple(_individual(rng), TYPE, _class(rng)),
        *(fact(rng) for _ in range(rng.randint(5, 9))),
    ]
