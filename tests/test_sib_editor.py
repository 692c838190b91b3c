"""What SIB's editor asks an endpoint when it is pointed at it, and what it makes of the answers.

The queries are those of https://github.com/sib-swiss/sparql-editor (its README and src/metadata.ts,
August 2026), sent in the way in which it sends them. The counts behind them are
those that a query over the default graph makes.
"""

from __future__ import annotations

from urllib.parse import quote

import pyoxigraph as ox
import pytest

from calcigraph.rdf.prefixes import Prefixes
from conftest import Server

PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace
WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix}
ORDER BY ?prefix"""
VOID = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh:<http://www.w3.org/ns/shacl#>
PREFIX sd:<http://www.w3.org/ns/sparql-service-description#>
PREFIX void:<http://rdfs.org/ns/void#>
PREFIX void-ext:<http://ldf.fi/void-ext#>
SELECT DISTINCT ?graph ?graphLabel ?subjectClass ?prop ?objectClass ?objectDatatype
?triples ?subjectClassLabel ?objectClassLabel ?subjectClassComment ?objectClassComment ?propLabel ?propComment
WHERE {
      {
        OPTIONAL {
          ?graph sd:graph ?graphDesc .
          OPTIONAL { ?graph rdfs:label ?graphLabel }
          ?graphDesc void:classPartition ?cp .
        }
        ?cp void:class ?subjectClass ;
          void:propertyPartition ?pp .
        OPTIONAL { ?subjectClass rdfs:label ?subjectClassLabel }
        OPTIONAL { ?subjectClass rdfs:comment ?subjectClassComment }

        ?pp void:property ?prop .
        OPTIONAL { ?pp void:triples ?triples }
        OPTIONAL { ?prop rdfs:label ?propLabel }
        OPTIONAL { ?prop rdfs:comment ?propComment }
        OPTIONAL {
          {
            ?pp  void:classPartition [ void:class ?objectClass ] .
            OPTIONAL { ?objectClass rdfs:label ?objectClassLabel }
            OPTIONAL { ?objectClass rdfs:comment ?objectClassComment }
          } UNION {
            ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] .
          }
        }
      } UNION {
        ?linkset void:subjectsTarget [ void:class ?subjectClass ] ;
          void:linkPredicate ?prop ;
          void:objectsTarget [ void:class ?objectClass ] .
      }
} ORDER BY ?subjectClass ?objectClass ?objectDatatype ?graph ?triples"""
EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX spex: <https://purl.expasy.org/sparql-examples/ontology#>
SELECT DISTINCT ?sq ?comment ?query
WHERE {
    ?sq a sh:SPARQLExecutable ;
        rdfs:comment ?comment ;
        sh:select|sh:ask|sh:construct|spex:describe ?query .
} ORDER BY ?sq"""
CLASSES = "SELECT DISTINCT ?cls WHERE { [] a ?cls . }"
PROPERTIES = "SELECT DISTINCT ?pred WHERE { [] ?pred [] . }"
OWN = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#> "


# What the metadata claims of the dataset ?d, and the query that counts the same.
COUNTS = [
    ("?d void:triples ?n", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    ("?d void:distinctSubjects ?n", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
    ("?d void:entities ?n", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
    ("?d void:properties ?n", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
    ("?d void:classes ?n", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c FILTER(ISIRI(?c)) }"),
    (
        "?d void:classPartition [ void:class ?c ; void:entities ?n ]",
        "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c FILTER(ISIRI(?c)) } GROUP BY ?c",
    ),
    (
        "?d void:propertyPartition [ void:property ?p ; void:triples ?n ]",
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    ),
    (
        "?d void:classPartition [ void:class ?c ; void:propertyPartition [ void:property ?p ; "
        "void:triples ?n ] ]",
        "SELECT ?c ?p (COUNT(*) AS ?n) { ?s a ?c ; ?p ?o FILTER(ISIRI(?c)) } GROUP BY ?c ?p",
    ),
    (
        "?d void:classPartition [ void:class ?c ; void:propertyPartition [ void:property ?p ; "
        "void:classPartition [ void:class ?o ; void:triples ?n ] ] ]",
        "SELECT ?c ?p ?o (COUNT(*) AS ?n) { ?s a ?c ; ?p ?v . ?v a ?o "
        "FILTER(ISIRI(?c) && ISIRI(?o)) } GROUP BY ?c ?p ?o",
    ),
    (
        "?d void:classPartition [ void:class ?c ; void:propertyPartition [ void:property ?p ; "
        "void-ext:datatypePartition [ void-ext:datatype ?t ; void:triples ?n ] ] ]",
        "SELECT ?c ?p ?t (COUNT(*) AS ?n) { ?s a ?c ; ?p ?v FILTER(ISIRI(?c) && ISLITERAL(?v)) "
        "BIND(DATATYPE(?v) AS ?t) } GROUP BY ?c ?p ?t",
    ),
]


def asked(server: Server, query: str) -> list[dict[str, str]]:
    """The bindings, asked for as the editor does: by GET, with `ac=1` so that it can be told apart."""
    reply = server.get(f"/sparql?ac=1&query={quote(query, safe='')}", "application/sparql-results+json")
    assert reply.status == 200, reply.text
    assert reply.headers["access-control-allow-origin"] == "*"
    return [{n: v["value"] for n, v in row.items()} for row in reply.json["results"]["bindings"]]


def test_the_prefixes_are_those_that_the_root_declares(server: Server) -> None:
    """Those that its files declare for themselves, and those that everyone knows, are no triples."""
    found = {row["prefix"]: row["namespace"] for row in asked(server, PREFIXES)}
    assert found
    assert found == dict(Prefixes.from_triples(server.root.declarations).mapping)


def test_the_examples_are_the_questions_and_can_be_run(server: Server) -> None:
    found = asked(server, EXAMPLES)
    questions = server.root.questions
    assert questions
    assert {(row["comment"], row["query"]) for row in found} == {(q.question, q.text) for q in questions}
    assert len({row["sq"] for row in found}) == len(found) == len(questions)
    for row in found[:3]:
        assert asked(server, row["query"])
        assert server.get(server.path_of(row["sq"])).status == 303


def partitions(rows: list[dict[str, str]]) -> dict[str, dict[str, set[str]]]:
    """What the editor makes of the answer: class, property, and the classes and datatypes it leads to."""
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        reached = found.setdefault(row["subjectClass"], {}).setdefault(row["prop"], set())
        reached |= {row[name] for name in ("objectClass", "objectDatatype") if name in row}
    return found


def test_what_it_completes_is_what_there_is(server: Server) -> None:
    found = partitions(asked(server, VOID))
    named = "FILTER(ISIRI(?c))"
    expected: dict[str, dict[str, set[str]]] = {}
    for row in asked(server, f"SELECT DISTINCT ?c ?p {{ ?s a ?c ; ?p ?o {named} }}"):
        expected.setdefault(row["c"], {}).setdefault(row["p"], set())
    for row in asked(
        server, f"SELECT DISTINCT ?c ?p ?d {{ ?s a ?c ; ?p ?o . ?o a ?d {named} FILTER(ISIRI(?d)) }}"
    ):
        expected[row["c"]][row["p"]].add(row["d"])
    for row in asked(
        server,
        f"SELECT DISTINCT ?c ?p (DATATYPE(?o) AS ?d) {{ ?s a ?c ; ?p ?o {named} FILTER(ISLITERAL(?o)) }}",
    ):
        expected[row["c"]][row["p"]].add(row["d"])
    assert len(found) > 10
    assert found == expected


def test_it_names_classes_and_properties_as_people_do(server: Server) -> None:
    rows = asked(server, VOID)
    own = f"{server.namespace}ontology/"
    assert any(row["subjectClass"].startswith(own) for row in rows)
    assert all("subjectClassLabel" in row for row in rows if row["subjectClass"].startswith(own))
    assert all("propLabel" in row for row in rows if row["prop"].startswith(own))


def test_what_it_falls_back_on_says_the_same(server: Server) -> None:
    rows = asked(server, VOID)
    assert {row["cls"] for row in asked(server, CLASSES) if ":" in row["cls"]} == {
        r["subjectClass"] for r in rows
    }
    typed = {row["pred"] for row in asked(server, PROPERTIES)}
    assert {row["prop"] for row in rows} <= typed


@pytest.mark.parametrize(("claimed", "counted"), COUNTS)
def test_void_counts_equal_sparql_counts(server: Server, claimed: str, counted: str) -> None:
    dataset = f"<{server.namespace}graph/metadata#dataset>"
    names = sorted({word for word in claimed.replace("?d", dataset).split() if word.startswith("?")})
    found = asked(server, f"{OWN} SELECT {' '.join(names)} {{ {claimed.replace('?d', dataset)} }}")
    assert found
    key = lambda row: tuple(sorted(row.items()))  # noqa: E731
    assert sorted(map(key, found)) == sorted(map(key, asked(server, counted)))


def test_the_void_document_holds_what_the_endpoint_holds_and_where_it_is(server: Server) -> None:
    document = server.get("/.well-known/void", "application/n-triples")
    told = {quad.triple for quad in ox.parse(document.body, format=ox.RdfFormat.N_TRIPLES)}
    graph = server.get(f"/graphs?graph={server.namespace}graph/metadata", "application/n-triples")
    held = {quad.triple for quad in ox.parse(graph.body, format=ox.RdfFormat.N_TRIPLES)}
    node = ox.NamedNode(f"{server.namespace}graph/metadata#dataset")
    only = {(t.subject, t.predicate.value.partition("#")[2]) for t in told - held}
    assert only == {(node, "sparqlEndpoint"), (node, "dataDump")}
    questions = {f"{server.namespace}id/question-{question.slug}" for question in server.root.questions}
    assert questions
    assert {t.subject.value for t in held - told} == questions


def test_the_metadata_is_neither_asserted_nor_inferred_nor_on_a_page(server: Server) -> None:
    metadata = f"{server.namespace}graph/metadata"
    count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{metadata}> {{ ?s ?p ?o }} }}"
    with_inferences, without = (int(server.rows(count, inference=i)[0]["n"]) for i in ("on", "off"))
    assert with_inferences == without > 100
    twice = f"ASK {{ GRAPH <{metadata}> {{ ?s ?p ?o }} GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{metadata}>) }}"
    assert server.ask(twice, "application/json").json["boolean"] is False
    owl = server.rows("SELECT ?c { ?c a <http://www.w3.org/2002/07/owl#Class> } ORDER BY STR(?c)")
    own = next(row["c"] for row in owl if row["c"].startswith(f"{server.namespace}ontology/"))
    assert metadata not in server.get(server.path_of(own) + ".trig").text
