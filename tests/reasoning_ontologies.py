"""Hypothesis strategies: small ontologies with data that touch every rule of OWL 2 RL."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import strategies as st

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"


def iri(curie: str) -> ox.NamedNode:
    prefix, _, name = curie.partition(":")
    return ox.NamedNode(
        {"rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD, "": "http://example.org/"}[prefix] + name
    )


TYPE, NIL = iri("rdf:type"), iri("rdf:nil")
CLASSES = [iri(f":C{i}") for i in range(6)]
PROPERTIES = [iri(f":p{i}") for i in range(5)]
RESTRICTIONS = [iri(f":R{i}") for i in range(4)]
INDIVIDUALS = [iri(f":i{i}") for i in range(7)]
NUMBERS = [ox.Literal(n, datatype=iri("xsd:nonNegativeInteger")) for n in "01"]

classes = st.sampled_from(CLASSES + RESTRICTIONS)
properties = st.sampled_from(PROPERTIES)
individuals = st.sampled_from(INDIVIDUALS)
values = individuals | st.sampled_from([ox.Literal("a"), ox.Literal("b")])
restrictions = st.sampled_from(RESTRICTIONS)

Group = tuple[ox.Triple, ...]


def one(subject: st.SearchStrategy, predicate: str, obj: st.SearchStrategy) -> st.SearchStrategy[Group]:
    return st.builds(lambda s, o: (ox.Triple(s, iri(predicate), o),), subject, obj)


def listed(head: str, items: list[ox.NamedNode]) -> tuple[ox.NamedNode, Group]:
    """A list with cells that are named after its content, so that equal lists share them."""
    cells = [iri(f":l-{head}-{i}") for i in range(len(items))]
    rests = [*cells[1:], NIL]
    links = [
        triple
        for cell, item, rest in zip(cells, items, rests, strict=True)
        for triple in (ox.Triple(cell, iri("rdf:first"), item), ox.Triple(cell, iri("rdf:rest"), rest))
    ]
    return cells[0], tuple(links)


def over_list(
    predicate: str, subject: st.SearchStrategy, item: st.SearchStrategy
) -> st.SearchStrategy[Group]:
    def build(node: ox.NamedNode, items: list[ox.NamedNode]) -> Group:
        name = "-".join([node.value[-2:], predicate[4:], *(i.value[-2:] for i in items)])
        head, cells = listed(name, items)
        return (ox.Triple(node, iri(predicate), head), *cells)

    return st.builds(build, subject, st.lists(item, min_size=1, max_size=3))


def pairwise(kind: str, predicate: str, item: st.SearchStrategy) -> st.SearchStrategy[Group]:
    def build(items: list[ox.NamedNode]) -> Group:
        name = "-".join([kind[4:], predicate[4:], *(i.value[-2:] for i in items)])
        node = iri(f":n-{name}")
        head, cells = listed(name, items)
        return (ox.Triple(node, TYPE, iri(kind)), ox.Triple(node, iri(predicate), head), *cells)

    return st.builds(build, st.lists(item, min_size=2, max_size=3, unique=True))


def restriction(
    predicate: str, filler: st.SearchStrategy, *more: tuple[str, st.SearchStrategy]
) -> st.SearchStrategy[Group]:
    def build(node: ox.NamedNode, prop: ox.NamedNode, *fillers: ox.NamedNode) -> Group:
        names = (predicate, *(name for name, _ in more))
        pairs = zip(names, fillers, strict=True)
        return (
            ox.Triple(node, iri("owl:onProperty"), prop),
            *(ox.Triple(node, iri(name), value) for name, value in pairs),
        )

    return st.builds(build, restrictions, properties, filler, *(strategy for _, strategy in more))


def characteristic(name: str) -> st.SearchStrategy[Group]:
    return st.builds(lambda p: (ox.Triple(p, TYPE, iri(name)),), properties)


schema = st.one_of(
    one(classes, "rdfs:subClassOf", classes),
    one(classes, "rdfs:subClassOf", classes),
    one(properties, "rdfs:subPropertyOf", properties),
    one(properties, "rdfs:domain", classes),
    one(properties, "rdfs:range", classes),
    one(classes, "owl:equivalentClass", classes),
    one(properties, "owl:equivalentProperty", properties),
    one(properties, "owl:inverseOf", properties),
    characteristic("owl:SymmetricProperty"),
    characteristic("owl:TransitiveProperty"),
    characteristic("owl:FunctionalProperty"),
    characteristic("owl:InverseFunctionalProperty"),
    over_list("owl:propertyChainAxiom", properties, properties),
    over_list("owl:intersectionOf", classes, classes),
    over_list("owl:unionOf", classes, classes),
    over_list("owl:oneOf", classes, individuals),
    over_list("owl:hasKey", classes, properties),
    restriction("owl:someValuesFrom", classes | st.just(iri("owl:Thing"))),
    restriction("owl:allValuesFrom", classes),
    restriction("owl:hasValue", values),
    restriction("owl:maxCardinality", st.just(NUMBERS[1])),
    restriction(
        "owl:maxQualifiedCardinality",
        st.just(NUMBERS[1]),
        ("owl:onClass", classes | st.just(iri("owl:Thing"))),
    ),
)
contradictions = st.one_of(
    one(classes, "owl:disjointWith", classes),
    one(classes, "owl:complementOf", classes),
    one(properties, "owl:propertyDisjointWith", properties),
    one(individuals, "owl:differentFrom", individuals),
    characteristic("owl:IrreflexiveProperty"),
    characteristic("owl:AsymmetricProperty"),
    pairwise("owl:AllDisjointClasses", "owl:members", classes),
    pairwise("owl:AllDisjointProperties", "owl:members", properties),
    pairwise("owl:AllDifferent", "owl:members", individuals),
    pairwise("owl:AllDifferent", "owl:distinctMembers", individuals),
    restriction("owl:maxCardinality", st.just(NUMBERS[0])),
    restriction("owl:maxQualifiedCardinality", st.just(NUMBERS[0]), ("owl:onClass", classes)),
)
data = st.one_of(
    one(individuals, "rdf:type", classes),
    one(individuals, "rdf:type", classes),
    *(st.builds(lambda s, p, o: (ox.Triple(s, p, o),), individuals, properties, values) for _ in range(4)),
)
same = one(individuals, "owl:sameAs", individuals)
meta = st.one_of(
    one(classes, "owl:sameAs", classes),
    one(properties, "owl:sameAs", properties),
    one(classes, "rdf:type", st.just(iri("owl:Class"))),
    one(properties, "rdf:type", st.just(iri("owl:ObjectProperty"))),
    one(st.just(iri("owl:Thing")), "rdfs:subClassOf", classes),
    one(properties, "owl:inverseOf", st.just(TYPE)),
    one(properties, "rdfs:subPropertyOf", st.just(iri("rdfs:subClassOf"))),
    one(properties, "rdfs:subPropertyOf", st.just(TYPE)),
)

groups = st.one_of(schema, schema, data, data, data, same)
everything = st.one_of(schema, schema, contradictions, data, data, data, same, meta)


def flat(parts: list[Group]) -> set[ox.Triple]:
    return {triple for part in parts for triple in part}
