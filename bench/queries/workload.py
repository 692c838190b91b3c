"""A number of triples in, N-Quads and fifteen queries of different shape out; the same for every peer.

The data is a small trade world (products, offers, people, regions), generated without chance, so
that two runs ask the same of the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

EX = "http://example.org/bench/"
PREFIXES = f"PREFIX : <{EX}>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_PER_PRODUCT = 10
_GRAPHS = 8

# Every query has one answer, whatever the order in which an engine finds it.
QUERIES = {
    "point": "SELECT ?p ?o { :product7 ?p ?o }",
    "inverse point": "SELECT ?s ?p { ?s ?p :person7 }",
    "star": "SELECT ?l ?m ?w { ?x a :Product ; rdfs:label ?l ; :maker :person5 ; :maker ?m ; :weight ?w }",
    "two hops": "SELECT ?r { :product9 :maker ?m . ?m :livesIn ?r }",
    "chain": "SELECT ?a ?b { ?a :maker ?m . ?m :livesIn :region3 . ?m :knows ?k . ?k :livesIn ?b }",
    "optional": "SELECT ?x ?k { ?x :maker :person11 OPTIONAL { ?x :replaces ?k } }",
    "union": "SELECT ?x { { ?x :maker :person3 } UNION { ?x :reviewedBy :person3 } }",
    "filter": 'SELECT ?x { ?x rdfs:label ?l . FILTER(CONTAINS(?l, "roduct 77")) }',
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "group": (
        "SELECT ?r (COUNT(?x) AS ?n) (AVG(?w) AS ?a) { ?x :maker ?m ; :weight ?w . ?m :livesIn ?r } "
        "GROUP BY ?r"
    ),
    "top ten": "SELECT ?x ?w { ?x :weight ?w } ORDER BY DESC(?w) ?x LIMIT 10",
    "path": "SELECT ?x { ?x (:replaces|:extends)+ :product100 }",
    "absence": "SELECT (COUNT(?x) AS ?n) { ?x a :Product FILTER NOT EXISTS { ?x :replaces ?y } }",
    "construct": "CONSTRUCT { ?x :from ?r } { ?x :maker ?m . ?m :livesIn ?r . ?r :partOf :region1 }",
    "export": "SELECT ?x ?l { ?x a :Product ; rdfs:label ?l }",
}


# What answers within a millisecond or so at any size.
SMALL = ("point", "inverse point", "star", "two hops", "optional", "union")


def query(name: str) -> str:
    """The text of one query, ready to be asked."""
    return PREFIXES + QUERIES[name]


def fresh(text: str, number: int) -> str:
    """The same query as nobody has asked it yet: another text, and so in nobody's cache."""
    return f"# {number}\n{text}"


def point(product: int) -> str:
    """The point query about another product."""
    return query("point").replace(":product7 ", f":product{product} ")


def products(triples: int) -> int:
    """How many products stand among so many triples."""
    return (triples - 2 * _people(triples) - 20) // _PER_PRODUCT


def write(triples: int, file: Path) -> None:
    """The N-Quads into `file`. Cost: 3 s for a million."""
    with file.open("wb") as out:
        out.writelines(nquads(triples))


def nquads(triples: int) -> Iterator[bytes]:
    """About `triples` quads in pieces; no triple stands in two graphs."""
    people = _people(triples)
    for region in range(20):
        yield _line(f"region{region}", "partOf", f":region{region // 2}", 0)
    for person in range(people):
        yield _line(f"person{person}", "livesIn", f":region{person * 7 % 20}", 1)
        yield _line(f"person{person}", "knows", f":person{(person * 13 + 1) % people}", 1)
    for product in range(products(triples)):
        yield from _product(product, people)


def _people(triples: int) -> int:
    return max(20, triples // 100)


def _product(number: int, people: int) -> Iterator[bytes]:
    name, graph = f"product{number}", 2 + number % (_GRAPHS - 2)
    yield _line(name, TYPE, ":Product", graph)
    yield _line(name, LABEL, f'"product {number}"', graph)
    yield _line(name, "maker", f":person{number * 31 % people}", graph)
    yield _line(name, "weight", f'"{number * 7919 % 100_003}"^^<{INTEGER}>', graph)
    yield _line(name, "replaces" if number % 3 else "extends", f":product{number // 2}", graph)
    for review in range(_PER_PRODUCT - 5):
        yield _line(name, "reviewedBy", f":person{(number * 17 + review * 101) % people}", graph)


def _line(subject: str, predicate: str, value: str, graph: int) -> bytes:
    predicate = predicate if predicate.startswith("http") else EX + predicate
    value = f"<{EX}{value[1:]}>" if value.startswith(":") else value
    return f"<{EX}{subject}> <{predicate}> {value} <{EX}graph{graph}> .\n".encode()
