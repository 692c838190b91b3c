"""What nobody should send: each gets a clear status, and the server goes on."""

from __future__ import annotations

import contextlib
import itertools
import socket
from urllib.parse import quote, urlencode

import pytest

from conftest import Server
from polling import MOST_S, until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BODY = {"Content-Type": "application/sparql-query"}


def test_bytes_that_are_not_utf8_are_refused(server: Server) -> None:
    query = b"ASK { ?s ?p '\xff\xfe' }"
    assert server.request("POST", "/sparql", query, BODY).status == 400
    assert server.get("/sparql?query=" + quote(query)).status == 400
    assert server.request("POST", "/sparql", b"query=" + quote(query).encode(), FORM).status == 400


@pytest.mark.parametrize("query", ["ASK { ?s ?p '\ud800' }"])
def test_half_a_surrogate_pair_is_refused(server: Server, query: str) -> None:
    encoded = query.encode("utf-8", "surrogatepass")
    assert server.request("POST", "/sparql", encoded, BODY).status == 400


def test_a_query_of_300_kb_is_refused_by_its_size(server: Server) -> None:
    query = "ASK { ?s ?p '" + "x" * 300_000 + "' }"
    assert server.request("POST", "/sparql", query.encode(), BODY).status == 413
    assert server.request("POST", "/sparql", urlencode({"query": query}).encode(), FORM).status == 413
    assert server.ask(query).status in (413, 414)


def test_a_chunked_body_is_counted_and_never_cut(server: Server) -> None:
    chunk = b"#" + b"x" * 9_999
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for _ in range(40)) + b"0\r\n\r\n"
    head = (
        "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    assert status(server, head.encode() + body) == 413
    small = b"6\r\nASK { \r\n1\r\n}\r\n0\r\n\r\n"
    assert status(server, head.encode() + small) == 200


def test_10_000_parameters_are_refused(server: Server) -> None:
    many = urlencode([("query", "ASK {}")] + [(f"p{n}", "x") for n in range(10_000)])
    assert server.request("POST", "/sparql", many.encode(), FORM).status == 400
    # As an address they are longer than one may be; a quarter of them is not.
    assert server.get(f"/sparql?{many}").status == 414
    assert server.get(f"/sparql?{many[: len(many) // 4]}").status == 400


@pytest.mark.parametrize(
    "path", ["/sparql", "/", "/id/nothing", "/questions", "/.well-known/void", "/sparql?query=ASK%7B"]
)
def test_a_spoofed_host_appears_nowhere(server: Server, path: str) -> None:
    for accept in ("text/html", "*/*"):
        reply = server.get(
            path, accept, Host="evil.example", X_Forwarded_Host="evil.example", Forwarded="host=evil.example"
        )
        assert "evil.example" not in reply.text + str(reply.headers)


def test_a_spoofed_host_does_not_redirect_elsewhere(server: Server) -> None:
    path = server.path_of(server.individuals(1)[0])
    reply = server.get(path, Host="evil.example", X_Forwarded_Host="evil.example")
    assert reply.status == 303
    assert "evil" not in reply.headers["location"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/%ff",
        "/id/%00",
        "/id/a%0d%0aSet-Cookie:%20a=b",
        "/id/..%2f..%2fetc%2fpasswd",
        "/id/",
        "/id/%7b%7d",
        "/static/../app.py",
        "/id/" + "x" * 5000,
    ],
)
def test_a_mangled_path_is_404_and_says_nothing_of_the_machine(server: Server, path: str) -> None:
    reply = server.get(path)
    assert reply.status == 404
    assert reply.type == "application/problem+json"
    assert "set-cookie" not in reply.headers
    for word in ("Traceback", "/work", "/tmp", ".py"):
        assert word not in reply.text.replace(".ttl", "") or word in path


@pytest.mark.parametrize("text", ["pu\0mp", "\0", "pump\0", "\0\0\0\0", 'pu"\0"mp'])
def test_a_nul_is_looked_for_like_any_character_that_nothing_has(toy: Server, text: str) -> None:
    assert toy.get(f"/search?q={quote(text)}", "text/html").status == 200
    assert toy.get(f"/id/{quote(text)}", "text/html").status == 404
    assert toy.get(f"/describe?iri={quote('urn:' + text)}").status in (400, 404)


def test_slow_clients_hinder_nobody(server: Server) -> None:
    with contextlib.ExitStack() as clients:
        for n in range(40):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port), MOST_S))
            head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            client.sendall(head[: 20 + n] if n % 2 else head + b"Content-Length: 100\r\n\r\nASK")
        for _ in range(5):
            assert server.ask("ASK {}").status == 200


def test_clients_that_do_not_read_hinder_nobody(server: Server) -> None:
    endless = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"})
    with contextlib.ExitStack() as clients:
        for _ in range(40):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port), MOST_S))
            client.sendall(f"GET /sparql?{endless} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
        answered = [server.get("/version").status for _ in range(5)]
        asked = [server.ask("ASK {}").status for _ in range(5)]
    assert answered == [200] * 5
    assert asked == [200] * 5
    wait_until_calm(server)


MALFORMED_CALLS = [
    'SELECT ?x { BIND(BNODE "a" AS ?x) }',
    "SELECT ?x { BIND(BNODE ?y AS ?x) }",
    'SELECT ?x { BIND(BNODE("a" AS ?x) }',
    'SELECT ?x { BIND(CONCAT(BNODE, "a") AS ?x) }',
    'SELECT (BNODE "a" AS ?x) {}',
    'SELECT (BNODE("a" AS ?x) {}',
    "SELECT (BNODE BNODE BNODE AS ?x) {}",
    'SELECT ?x { BIND(BNODE{"a"} AS ?x) }',
    'SELECT ?x { BIND(STRUUID "a" AS ?x) }',
    'SELECT ?x { BIND(RAND("a") AS ?x) }',
    'SELECT ?x { BIND(IF("a", "b") AS ?x) }',
    "SELECT ?x { BIND(COUNT(* AS ?x) }",
]


@pytest.mark.parametrize("query", MALFORMED_CALLS)
def test_a_malformed_call_is_the_fault_of_the_query(toy: Server, query: str) -> None:
    reply = toy.ask(query)
    assert (reply.status, reply.json["title"]) == (400, "The query is not well-formed SPARQL")
    assert reply.json["hint"]


@pytest.mark.parametrize(
    "call", ["<urn:x>(1)", "<urn:x>()", "<http://www.w3.org/2001/XMLSchema#nothing>('1')"]
)
def test_a_function_that_there_is_not_is_named(toy: Server, call: str) -> None:
    reply = toy.ask(f"SELECT ({call} AS ?x) {{}}")
    assert reply.status == 400
    assert call.partition("(")[0] in reply.json["detail"]
    assert "SPARQL 1.1" in reply.json["hint"]


TERMS = [
    '"x"@en-1',
    '"x"@e-',
    '"x"@abcdefghi',
    '"x"@en-a-a-b-b-b',
    '"x"@en--up',
    '"x"^^',
    "_: ",
]


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("place", ["subject", "predicate", "object"])
def test_a_term_that_there_cannot_be_is_the_fault_of_the_client(toy: Server, term: str, place: str) -> None:
    terms = {"subject": "id:pump-1", "predicate": "rdf:type", "object": "id:pump-1", place: term}
    reply = toy.get(f"/explain?{urlencode(terms)}")
    assert reply.status == 400, reply.text
    assert reply.json["hint"]


@pytest.mark.parametrize(
    "number", ["0" * 5000, "9" * 5000, "1_0", "-1", "+1", " 1", "1.0", "\u0661", "1e3", "nan", ""]
)
@pytest.mark.parametrize("parameter", ["incoming"])
def test_a_number_that_is_none_is_the_fault_of_the_client(toy: Server, parameter: str, number: str) -> None:
    page = toy.path_of(toy.individuals(1)[0]) + ".html"
    assert toy.get(f"{page}?{parameter}=0").status == 200
    reply = toy.get(f"{page}?{urlencode({parameter: number})}")
    assert (reply.status, reply.json["title"]) == (400, "The request is malformed")
    assert "whole number" in reply.json["detail"]


def test_a_limit_of_a_search_of_a_thousand_digits_is_the_fault_of_the_query(toy: Server) -> None:
    search = "https://w3id.org/calcigraph/server#search"
    query = f'SELECT ?x {{ ?x <{search}> ("pump" {"9" * 1000}) }}'
    assert toy.ask(query).status == 400
    assert toy.ask(query.replace("9" * 1000, "0" * 999 + "5")).status == 200


@pytest.mark.parametrize("path", ["//id//x", "/questions/", "//evil.example/", "/id/x/", "/./id/x"])
def test_no_path_redirects_by_the_host(server: Server, path: str) -> None:
    reply = server.get(path, Host="evil.example")
    assert reply.status in (200, 303, 404)
    assert "evil" not in reply.headers.get("location", "")


def test_nothing_of_a_query_is_logged(server: Server) -> None:
    server.ask("SELECT * { ?s ?p 'a-secret-nobody-may-read-in-a-log' }")
    server.ask("SELECT * { ?s ?p 'a-secret-nobody-may-read-in-a-log' ")
    assert "a-secret" not in server.log.read_text()


def test_the_process_is_the_one_that_was_started(server: Server) -> None:
    # Stands last in this module: whatever was sent above, nothing had to be started anew.
    assert server.get("/healthz").json == {"status": "ok"}
    with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
        assert stat.read().split()[2] != "Z"


def wait_until_calm(server: Server) -> None:
    """Until a longer query finds room again: what the clients left behind ends by its deadline."""
    numbers = itertools.count()

    def is_calm() -> bool:
        reply = server.ask(f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?c ?d ?e }} # {next(numbers)}")
        assert reply.status in (200, 429)
        return reply.status == 200

    until(is_calm)


def status(server: Server, request: bytes) -> int:
    """The status that comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as connection:
        connection.sendall(request)
        return int(connection.recv(4096).split(b" ")[1])
