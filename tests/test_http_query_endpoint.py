"""The event loop answers queries as the way through the pages does, header by header and byte by byte."""

from __future__ import annotations

import contextlib
import http.client
import threading
from urllib.parse import urlencode

import pytest

from conftest import Reply, Server
from polling import MOST_S

# The same address (RFC 3986 section 6.2.2.2), which the event loop leaves to Flask.
THE_OTHER_WAY = "/%73parql"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {"Content-Type": "application/sparql-query"}
QUERIES = {
    "truth": "ASK { ?s ?p ?o }",
    "table": "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 3",
    "no rows": "SELECT ?s { ?s <urn:none> ?o }",
    "graph": "CONSTRUCT { ?s ?p ?o } { SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3 }",
    "more than is sent uncompressed": "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 200",
    "a syntax error": "SELECT ?s { ?s ?p ",
    "an undeclared prefix": "ASK { ?s nowhere:p ?o }",
    "an update": "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "a service": "ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "over its deadline": "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?h && ?c = 1) }",
}
ACCEPTED = ["*/*", "text/csv", "text/turtle", "application/ld+json;q=0.9, text/html;q=0.1", "image/png"]


def same(server: Server, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
    """What the event loop answers, after it was found to be what the other way answers."""
    fast = server.request(method, path, body, headers)
    slow = server.request(method, path.replace("/sparql", THE_OTHER_WAY, 1), body, headers)
    for reply in (fast, slow):
        assert reply.headers.pop("date").count("GMT") == 1
    assert (fast.status, fast.headers, fast.body) == (slow.status, slow.headers, slow.body)
    return fast


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("name", QUERIES)
def test_both_ways_answer_alike(server: Server, name: str, accept: str) -> None:
    parameters = {"query": QUERIES[name], **({"timeout": "0.3"} if "deadline" in name else {})}
    same(server, "GET", f"/sparql?{urlencode(parameters)}", None, {"Accept": accept})


@pytest.mark.parametrize("encoding", ["identity", "gzip", "gzip;q=0", "*", "br, gzip;q=0.5", ""])
@pytest.mark.parametrize("name", ["truth", "more than is sent uncompressed"])
def test_both_ways_compress_alike(server: Server, name: str, encoding: str) -> None:
    path = f"/sparql?{urlencode({'query': QUERIES[name]})}"
    reply = same(server, "GET", path, None, {"Accept-Encoding": encoding})
    compresses = encoding in ("gzip", "*", "br, gzip;q=0.5") and name != "truth"
    assert reply.headers.get("content-encoding") == ("gzip" if compresses else None)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("HEAD", "/sparql?query=ASK%7B%7D", None, {}),
        ("POST", "/sparql", b"ASK {}", QUERY),
        ("POST", "/sparql?inference=off", b"ASK {}", QUERY),
        ("POST", "/sparql", b"query=ASK%7B%7D", FORM),
        ("POST", "/sparql?format=csv", b"query=ASK%7B%7D&timeout=1", FORM),
        ("POST", "/sparql", b"ASK {}", {"Content-Type": "text/plain"}),
        ("POST", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query; charset=latin-1"}),
        ("POST", "/sparql", b"\xff", QUERY),
        ("POST", "/sparql", b"x" * 300_000, QUERY),
        ("POST", "/sparql", b"x" * 5_000_000, QUERY),
        ("POST", "/sparql", b"", QUERY),
        ("POST", "/sparql", b"ASK {}", QUERY | {"Content-Encoding": "gzip"}),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, {}),
        ("GET", "/sparql?query=%ff", None, {}),
        ("GET", "/sparql?query=ASK%7B%7D&inference=perhaps", None, {}),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=nowhere", None, {}),
        ("GET", "/sparql?query=ASK%7B%7D&at=000000000000", None, {}),
        ("GET", "/sparql?query=ASK%7B%7D&at=x&at=y", None, {}),
        ("GET", "/sparql", None, {}),
        ("GET", "/sparql?update=x", None, {}),
        ("OPTIONS", "/sparql", None, {}),
        ("PUT", "/sparql", b"x", {}),
    ],
)
def test_both_ways_read_a_request_alike(
    server: Server, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> None:
    same(server, method, path, body, headers)


def test_a_repeated_question_is_answered_with_the_same_tag(server: Server) -> None:
    first, second = (server.ask(QUERIES["table"]) for _ in range(2))
    assert first.headers["etag"] == second.headers["etag"]
    path = f"/sparql?{urlencode({'query': QUERIES['table']})}"
    assert server.get(path, If_None_Match=first.headers["etag"]).status == 304


def test_many_connections_are_answered_in_order_and_each_with_its_own(server: Server) -> None:
    failures: list[str] = []

    def client(number: int) -> None:
        opened = http.client.HTTPConnection("127.0.0.1", server.port, timeout=MOST_S)
        with contextlib.closing(opened) as connection:
            for step in range(20):
                path = f"/sparql?{urlencode({'query': f'SELECT ({number * 100 + step} AS ?n) {{}}'})}"
                connection.request("GET", path, headers={"Accept": "text/csv"})
                answer = connection.getresponse().read().decode()
                if answer != f"n\r\n{number * 100 + step}\r\n":
                    failures.append(answer)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(16)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert not failures
