"""What public reports of the field found wrong, asked over HTTP: its right values by the specification."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from conftest import PublishedServer, Reply, Server

PROLOGUE = "PREFIX : <http://e.x/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
QUERY = {"Content-Type": "application/sparql-query"}
GRAPHS = 120


@pytest.fixture(scope="module")
def crowd(service: PublishedServer) -> PublishedServer:
    """So many named graphs, the nth with n triples."""
    service.data.hold(
        ox.Quad(node(f"s{i}"), node("p"), ox.Literal(i), node(f"g{number}"))
        for number in range(1, GRAPHS + 1)
        for i in range(number)
    )
    return service


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://e.x/{name}")


def asked(service: PublishedServer, query: str, accept: str = "application/sparql-results+json") -> Reply:
    return service.server.request("POST", "/sparql", (PROLOGUE + query).encode(), {**QUERY, "Accept": accept})


def rows(service: PublishedServer, query: str) -> list[dict[str, str]]:
    reply = asked(service, query)
    assert reply.status == 200, reply.text
    bindings = reply.json["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def value(service: PublishedServer, expression: str) -> str | None:
    """The value of an expression as it is written, None where it is an error."""
    (row,) = rows(service, f"SELECT ({expression} AS ?x) {{}}")
    return row.get("x")


NAMED = {f"http://e.x/g{number}" for number in range(1, GRAPHS + 1)}
LONG = "# " + 1000 * "GRAPH ?g { " + "\n"


@pytest.mark.parametrize(
    ("inside", "count"),
    [
        ("{ SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }", None),
        (LONG + "{ SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }", None),
        ("{ SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s :p ?o } }", None),
        ("VALUES ?n { 7 }", 7),
        ("{ VALUES ?n { 7 } } UNION { VALUES ?n { 7 } }", 14),
        ("BIND (7 AS ?n)", 7),
    ],
    ids=["sub-select", "comment", "distinct", "values", "union", "bind"],
)
def test_graph_of_a_variable_is_evaluated_in_each_graph(
    crowd: PublishedServer, inside: str, count: int | None
) -> None:
    found = rows(crowd, f"SELECT ?g ?n {{ GRAPH ?g {{ {inside} }} }}")
    assert {row["g"] for row in found} == NAMED
    total: dict[str, int] = {}
    for row in found:
        total[row["g"]] = total.get(row["g"], 0) + int(row["n"])
    assert all(n == (count or int(graph.removeprefix("http://e.x/g"))) for graph, n in total.items())


def test_a_graph_variable_is_not_bound_within(crowd: PublishedServer) -> None:
    assert rows(crowd, "SELECT ?g { GRAPH ?g { FILTER(BOUND(?g)) } }") == []
    assert {row["g"] for row in rows(crowd, "SELECT ?g { GRAPH ?g { FILTER(!BOUND(?g)) } }")} == NAMED


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('REPLACE("darted", "^(.*?)d(.*)$", "$1c$2")', "carted"),
        (r'REPLACE("2024-05-01", "(\\d+)-(\\d+)-(\\d+)", "$3_$2_$1")', "01_05_2024"),
        ('REPLACE("abcd", "(ab)(cd)", "$2x$1y$0")', "cdxabyabcd"),
        ('REPLACE("abracadabra", ".*?", "$1")', None),
        ('REPLACE("ab", "b", "$")', None),
        (r'REPLACE("ab", "b", "\\$")', "a$"),
        ('IF("a"@en, 1, 2)', "1"),
        ('IF(""@en, 1, 2)', "2"),
        ('xsd:integer(" 7 ")', "7"),
        ("xsd:string(1e6)", "1.0E6"),
        ("xsd:string(1e0)", "1"),
        ("xsd:string(0.5e0)", "0.5"),
        ('xsd:boolean(" true ")', "true"),
        (r'REGEX("a1", "^\\i\\c*$")', "true"),
        (r'REGEX("1a", "^\\i\\c*$")', "false"),
    ],
)
def test_functions_have_the_value_of_the_specification(
    service: PublishedServer, expression: str, expected: str | None
) -> None:
    assert value(service, expression) == expected


def test_alternative_paths_are_bags_and_empty_ones_reach_their_own_end(service: PublishedServer) -> None:
    p, q = node("p"), node("q")
    service.data.hold(
        [
            *(ox.Quad(node("a"), verb, node("b")) for verb in (p, q)),
            ox.Quad(node("b"), q, node("c")),
            ox.Quad(node("d"), p, node("e"), node("g2")),
            ox.Quad(node("x"), p, node("y"), node("g3")),
        ]
    )

    def counted(pattern: str) -> int:
        return len(rows(service, f"SELECT * {{ {pattern} }}"))

    assert counted("?s :p|:q ?o") == 3
    assert counted("?s :p|:p ?o") == 2
    assert counted("?s (:p|:q)/:q ?o") == 2
    assert counted("?s ^(:p|:q) ?o") == 3
    assert counted("?s (:p|:q)* ?o") == 6
    assert asked(service, "ASK { :absent :p* :absent }").json["boolean"]
    assert asked(service, "ASK { :absent :p? :absent }").json["boolean"]
    assert not asked(service, "ASK { :absent :p+ :absent }").json["boolean"]
    assert rows(service, "SELECT * { :absent :p? ?y ; :q* ?z }") == [
        {"y": "http://e.x/absent", "z": "http://e.x/absent"}
    ]
    assert rows(service, "SELECT ?y FROM :g3 { :d :p* ?y }") == [{"y": "http://e.x/d"}]


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("CONSTRUCT { <http://a/> <http://e.x/123> 1 } {}", "application/rdf+xml"),
        (r'SELECT ("a\u0001b" AS ?x) {}', "application/sparql-results+xml"),
        (r'CONSTRUCT { :a :b "a\u0001b" } {}', "application/rdf+xml"),
    ],
)
def test_what_is_no_xml_is_406_with_the_reason(service: PublishedServer, query: str, accept: str) -> None:
    reply = asked(service, query, accept)
    assert reply.status == 406
    assert "XML" in reply.json["detail"]


def test_constructed_json_ld_has_types_as_keywords(service: PublishedServer) -> None:
    reply = asked(service, "CONSTRUCT { :a a :B ; :b 1 } {}", "application/ld+json")
    assert reply.status == 200
    assert '"@type"' in reply.text
    assert "22-rdf-syntax-ns#type" not in reply.text


@pytest.mark.parametrize(
    "pattern",
    [
        "BIND (TRUE AS ?x)",
        "BIND (EXISTS { FILTER(tRue) } && !False AS ?x)",
        "VALUES ?x { True }",
        "VALUES (?y ?x) { ('False' TRUE) }",
        "VALUES ?x { TRUE } FILTER(?x = TRUE && 'TRUE' != 'true')",
    ],
)
def test_truth_values_may_have_capitals(service: PublishedServer, pattern: str) -> None:
    assert rows(service, f"SELECT ?x {{ {pattern} }}") == [{"x": "true"}]
    assert rows(service, f"SELECT ?x {{ {{ SELECT * {{ {pattern} }} }} }} VALUES ?x {{ TRUE }}") == [
        {"x": "true"}
    ]


@pytest.mark.parametrize(
    "query",
    ["SELECT (SUM(COUNT(?o)) AS ?n) { ?s ?p ?o }", "SELECT (MAX(?o + COUNT(?s)) AS ?n) { ?s ?p ?o }"],
)
def test_an_aggregate_in_an_aggregate_is_refused(service: PublishedServer, query: str) -> None:
    reply = asked(service, query)
    assert (reply.status, reply.json["type"].rpartition("#")[2]) == (400, "QueryMalformed")
    assert "aggregate" in reply.json["detail"].lower()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (r"SELECT (:e\u0078ample AS ?x) {}", "http://e.x/example"),
        (r"\u0053ELECT (<http://e.x/\u0061> AS ?x) {}", "http://e.x/a"),
        (r"SELECT (STR(?\u0061) AS ?x) { VALUES ?a { 'é' } }", "é"),
        (r"SELECT ('\U0001F600' AS ?x) {}", "\U0001f600"),
    ],
)
def test_escapes_of_characters_may_stand_anywhere(
    service: PublishedServer, query: str, expected: str
) -> None:
    assert rows(service, query) == [{"x": expected}]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("SELECT count(?s) { ?s ?p ?o }", "AS"),
        ("SELECT * { ?s ?p ?o } LIMIT 5;", ";"),
        ("SELECT *\u00a0{ ?s ?p ?o }", "U+00A0"),
        ("\ufeffSELECT * { ?s\u200b ?p ?o }", "U+"),
    ],
)
def test_habits_and_invisible_characters_are_named(service: PublishedServer, query: str, word: str) -> None:
    reply = asked(service, query)
    assert reply.status == 400
    assert word in json.dumps(reply.json, ensure_ascii=False)


def test_groups_see_what_is_outside(service: PublishedServer) -> None:
    kind, has = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), node("hasT")
    quads = []
    for i in range(3000):
        quads.append(ox.Quad(node(f"t{i}"), kind, node("T")))
        quads.append(ox.Quad(node(f"a{i}"), has, node(f"t{i}")))
        quads.append(ox.Quad(node(f"a{i}"), kind, node("A" if i % 3 else "B")))
    service.data.hold(quads)
    union = "{ ?a :hasT ?t ; a :A } UNION { ?a :hasT ?t ; a :B }"
    assert rows(service, f"SELECT (COUNT(*) AS ?n) {{ ?t a :T {union} }}") == [{"n": "3000"}]
    missing = "SELECT (COUNT(*) AS ?n) { ?t a :T FILTER NOT EXISTS { ?x :hasT ?t ; a :A } }"
    assert rows(service, missing) == [{"n": "1000"}]


# --- what clients send ---------------------------------------------------------------------------------


def test_a_request_that_offers_another_protocol_keeps_its_body(toy: Server) -> None:
    body = b"query=ASK%7B%7D"
    head = (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", toy.port)) as connection:
        connection.sendall(head.encode() + body)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "parameters", ["format=", "format=foo", "format=foo&format=", "timeout=0", "timeout="]
)
def test_a_wish_that_says_nothing_falls_back_to_what_is_accepted(toy: Server, parameters: str) -> None:
    reply = toy.get(f"/sparql?query=ASK%7B%7D&{parameters}", "application/sparql-results+xml")
    assert (reply.status, reply.type) == (200, "application/sparql-results+xml")


def test_a_wish_may_be_told_twice_in_words_of_the_client(toy: Server) -> None:
    """As SPARQLWrapper asks for JSON-LD."""
    query = quote("CONSTRUCT { <http://a/> <http://b/> 1 } {}")
    wishes = "format=json-ld&format=application%2Fld%2Bjson,application%2Fx-json%2Bld"
    reply = toy.get(f"/sparql?query={query}&{wishes}", "application/ld+json,application/x-json+ld")
    assert (reply.status, reply.type) == (200, "application/ld+json")


def test_an_offset_of_links_is_no_negative_number(server: Server) -> None:
    iri = server.individuals(1)[0]
    path = f"{server.path_of(iri)}.ttl"
    assert server.get(f"{path}?incoming=0").status == 200
    for wrong in ("-1", "x", "1.5", ""):
        assert server.get(f"{path}?incoming={wrong}").status == 400, wrong


def test_documents_of_datasets_hold_what_a_resource_says_in_the_default_graph(server: Server) -> None:
    path = server.path_of(server.individuals(1)[0])
    turtle = {q.triple for q in ox.parse(server.get(f"{path}.ttl").body, ox.RdfFormat.TURTLE)}
    for suffix, form in ((".nq", ox.RdfFormat.N_QUADS), (".trig", ox.RdfFormat.TRIG)):
        quads = list(ox.parse(server.get(f"{path}{suffix}").body, form))
        default = {q.triple for q in quads if q.graph_name == ox.DefaultGraph()}
        ground = {t for t in turtle if not isinstance(t.object, ox.BlankNode | ox.Triple)}
        assert {t for t in ground if isinstance(t.subject, ox.NamedNode)} <= default
        assert any(q.graph_name != ox.DefaultGraph() for q in quads)


def test_shapes_that_cannot_be_read_are_no_finding(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("@prefix é: <http://e.x/> .\né:a é:b é:c .\n", encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text("broken", encoding="utf-8")
    shapes = "@prefix sh: <http://www.w3.org/ns/shacl#> . [] a sh:NodeShape ; sh:targetNode <http://e.x/a> ;"
    (tmp_path / "strict.ttl").write_text(f"{shapes} sh:nodeKind sh:Literal .", encoding="utf-8")

    def code(*arguments: object) -> int:
        command = [sys.executable, "-m", "calcigraph", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    data = tmp_path / "data.ttl"
    assert code("infer", data) == 0
    # Nothing in it is a shape, so nothing was looked at.
    assert code("validate", data, "--shapes", data) == 2
    assert code("validate", data, "--shapes", tmp_path / "strict.ttl") == 1
    assert code("validate", data, "--shapes", tmp_path / "shapes.ttl") == 2


def test_a_search_folds_letters_and_finds_parts_where_words_are_not_parted(toy: Server) -> None:
    for word in ("pump", "PUMP"):
        query = 'SELECT ?s { ?s <https://w3id.org/calcigraph/server#search> "WORD" }'.replace("WORD", word)
        assert toy.rows(query)


def test_an_address_is_that_of_its_own_iri(server: Server) -> None:
    iri = server.individuals(1)[0]
    path = server.path_of(iri)
    name = path.rpartition("/")[2]
    escaped = "".join(f"%{ord(letter):02X}" for letter in name)
    assert server.get(f"{path}.ttl").status == 200
    # Only what needs no escape is the same IRI with one (RFC 3986, section 6.2.2.2).
    assert server.get(path.replace(name, quote(escaped))).status == 404
