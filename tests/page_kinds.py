"""A running server in, one page of every kind that it has out; nothing here knows what a root is about.

What stands on a page is looked up over SPARQL in the server's own vocabulary, so the same kinds are found
on every root. Only what is typed into a search, and one thing to look at, are named by root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from conftest import ROOTS, Server

SRV = "https://w3id.org/calcigraph/server#"
OWL = "http://www.w3.org/2002/07/owl#"
PREFIXES = f"PREFIX srv: <{SRV}> PREFIX owl: <{OWL}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
ABOUT = {"shipped": "id/vitamin-k2", "toy": "id/pump-1"}
WORD = {"shipped": "calcification", "toy": "tank"}
MISTYPED = {"shipped": "menaqinone", "toy": "pumo one"}
# Nested sums over everything: it would run for hours.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
FOREST = """SELECT * { VALUES (?study ?measure ?value ?low ?high) {
  ("A" "hazard ratio" 0.8 0.6 1.1) ("B" "hazard ratio" 1.2 0.9 1.6)
  ("C" "mean difference" -2.0 -4.5 0.5) } }"""
RANGES = """SELECT * { VALUES (?source ?low ?high ?unit) {
  ("A" 45 45 "ug/d") ("B" 90 180 "ug/d") ("C" 45 45 "mg/d") } }"""
TIMELINE = """SELECT * { VALUES (?label ?date) {
  ("late" "2020-05-01"^^<http://www.w3.org/2001/XMLSchema#date>)
  ("early" "1999-01-01"^^<http://www.w3.org/2001/XMLSchema#date>) } }"""
GRAPH = """SELECT * { VALUES (?source ?sign ?target) {
  (<urn:a> "+" <urn:b>) (<urn:b> "-" <urn:c>) (<urn:a> "-" <urn:c>) } }"""


@dataclass(frozen=True)
class Place:
    """Where a page is: its path, what the server says with it, and what a reader does there first."""

    path: str
    status: int = 200
    tab: str = ""
    accept: str = ""


def first(server: Server, pattern: str) -> str:
    """The first IRI ?x of the root's own that a pattern finds."""
    rows = server.rows(
        f"{PREFIXES}SELECT DISTINCT ?x {{ {pattern} FILTER(STRSTARTS(STR(?x), '{server.namespace}')) }} "
        "ORDER BY STR(?x) LIMIT 1"
    )
    assert rows, pattern
    return rows[0]["x"]


def thing(pattern: str) -> Callable[[Server], Place]:
    return lambda server: Place(server.path_of(first(server, pattern)) + ".html")


def query(text: str, tab: str = "", status: int = 200, **parameters: str) -> Callable[[Server], Place]:
    return lambda _server: Place(f"/sparql?{urlencode({'query': text, **parameters})}", status, tab)


def at(path: str, status: int = 200, accept: str = "") -> Callable[[Server], Place]:
    return lambda _server: Place(path, status, accept=accept)


def explanation(server: Server, **more: str) -> str:
    """The page that says why a triple between two things of the root is inferred."""
    triple = server.inferred()
    terms = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
    return f"/explain?{urlencode({name: term.value for name, term in terms.items()} | more)}"


def _asserted(server: Server) -> Place:
    """The explanation of what needs none: it stands in a file."""
    rows = server.rows(
        f"{PREFIXES}SELECT ?subject ?predicate ?object {{ GRAPH ?file {{ ?subject srv:stance ?object . "
        "?subject ?predicate ?object } FILTER(CONTAINS(STR(?file), '/graph/data/')) } "
        "ORDER BY ?subject LIMIT 1"
    ) or server.rows(
        f"{PREFIXES}SELECT ?subject ?predicate ?object {{ GRAPH ?file {{ ?subject ?predicate ?object }} "
        "FILTER(isIRI(?subject) && isIRI(?object) && CONTAINS(STR(?file), '/graph/data/')) } "
        "ORDER BY ?subject LIMIT 1"
    )
    return Place(f"/explain?{urlencode(rows[0])}")


def contested(server: Server) -> str:
    """A proposition on which evidence speaks both ways."""
    return first(
        server,
        "?a srv:proposition ?x ; srv:stance srv:supports . ?b srv:proposition ?x ; srv:stance ?other "
        "FILTER(?other IN (srv:refutes, srv:noEffect))",
    )


def _largest_question(server: Server) -> Place:
    largest = max(server.root.questions, key=lambda question: len(question.rows))
    return Place(f"/questions/{largest.slug}")


def _search(texts: dict[str, str]) -> Callable[[Server], Place]:
    return lambda server: Place(f"/search?{urlencode({'q': texts[server.name]})}")


def _graph(server: Server) -> Place:
    name = server.root.graph_of(server.root.data[0]).value.removeprefix(server.namespace)
    return Place(f"/{name}", 406, accept="text/html")


KINDS: dict[str, Callable[[Server], Place]] = {
    "front": at("/"),
    "questions": at("/questions"),
    "question": lambda server: Place(f"/questions/{server.root.questions[0].slug}"),
    "question-largest": _largest_question,
    "search": _search(WORD),
    "search-mistyped": _search(MISTYPED),
    "search-nothing": at("/search?q=zzzzzzz"),
    "search-empty": at("/search"),
    "resource": lambda server: Place(f"/{ABOUT[server.name]}.html"),
    "proposition": lambda server: Place(server.path_of(contested(server)) + ".html"),
    "evidence-line": thing("?x srv:proposition ?p ; srv:evidence ?e"),
    "evidence": thing("?line srv:evidence ?x"),
    "source": thing("?x srv:partOf ?whole"),
    "decision": thing("?x srv:decides ?p"),
    "explanation": lambda server: Place(explanation(server)),
    "explanation-every": lambda server: Place(explanation(server, all="1")),
    "explanation-asserted": _asserted,
    "ontology": at("/ontology.html"),
    "class": thing("?x a owl:Class ; rdfs:subClassOf ?above . ?s a ?x FILTER(?above != ?x && isIRI(?above))"),
    "property": thing("?x a owl:ObjectProperty ; srv:sign ?sign"),
    "vocabulary": at("/server.html"),
    "conformance": at("/conformance.html"),
    "interface": at("/openapi"),
    "query": at("/sparql"),
    "query-written": query("SELECT * { ?s ?p ?o } LIMIT 7", edit="1"),
    "answer-table": query("SELECT ?s ?p ?o { ?s ?p ?o FILTER(isIRI(?s)) } ORDER BY ?s ?p ?o LIMIT 30"),
    "answer-truth": query("ASK {}"),
    "answer-nothing": query("SELECT * { ?s <https://nowhere.example/at-all> ?o }"),
    "answer-triples": query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(isIRI(?s) && isIRI(?o)) } LIMIT 9"),
    "answer-graph": query(GRAPH, "Graph"),
    "answer-forest": query(FOREST, "Forest plot"),
    "answer-ranges": query(RANGES, "Ranges"),
    "answer-timeline": query(TIMELINE, "Timeline"),
    "problem-syntax": query("SELECT * {\n  ?s ?p\n}", status=400),
    "problem-unknown": at("/id/no-such-thing", 404),
    "problem-nowhere": at("/no-such-page", 404),
    "problem-format": _graph,
    "problem-deadline": query(ENDLESS, status=503, timeout="0.1"),
}
# Kinds that a root has only if it has retired something.
RETIRED = {"toy": {"retired-term": thing("?x owl:deprecated true")}}
EVERY = [(root, kind) for root in sorted(ROOTS) for kind in (*KINDS, *RETIRED.get(root, {}))]
# Kinds on which nothing is the root's but its name.
ALIKE = {
    *("search-nothing", "search-empty", "vocabulary", "conformance", "interface", "query", "query-written"),
    *(kind for kind in KINDS if kind.startswith(("answer-", "problem-"))),
}


def place(server: Server, kind: str) -> Place:
    """Where the page of that kind is on this server."""
    found = KINDS | RETIRED.get(server.name, {})
    return found[kind](server)


def one_of_each_class(server: Server) -> dict[str, str]:
    """For each class of which the root's files have members: the path of the page of one."""
    rows = server.rows(
        f"SELECT ?c (MIN(STR(?s)) AS ?x) {{ ?s a ?c FILTER(STRSTARTS(STR(?s), '{server.namespace}id/')) }} "
        "GROUP BY ?c ORDER BY ?c",
        inference="off",
    )
    return {row["c"]: server.path_of(row["x"]) + ".html" for row in rows}
