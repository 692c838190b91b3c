"""What a server writes down of hostile requests: nothing that a client sent, whatever it sent and where."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from conftest import ROOTS, Server
from polling import MOST_S

SECRET = "a-secret-nobody-may-read-in-a-log"
FORM = "application/x-www-form-urlencoded"
SPARQL = "application/sparql-query"


@pytest.fixture(scope="module")
def watched(start: Callable[..., Server]) -> Server:
    """A server of its own, so that its log is about this module alone."""
    return start("watched", ROOTS["toy"])


def requests() -> dict[str, tuple[str, str, bytes | None, dict[str, str], set[int]]]:
    """Method, path, body, headers and the statuses that are clear answers; the secret is in each."""
    query = f"SELECT * {{ ?s ?p '{SECRET}' }}"
    spoofed = {
        **dict.fromkeys(("User-Agent", "Referer", "X-Forwarded-For", "Forwarded", "Cookie"), SECRET),
        **{"Authorization": f"Bearer {SECRET}", "Host": f"{SECRET}.example", "X-Forwarded-Host": SECRET},
    }
    return {
        "a query": ("GET", f"/sparql?{urlencode({'query': query})}", None, {}, {200}),
        "a broken query": ("GET", f"/sparql?{urlencode({'query': query[:-1]})}", None, {}, {400}),
        "a refused query": ("POST", "/sparql", (query + "}" * 9).encode(), {"Content-Type": SPARQL}, {400}),
        "a query that fails": (
            *("GET", f"/sparql?{urlencode({'query': f'SELECT (<urn:{SECRET}>(1) AS ?x) {{}}'})}"),
            *(None, {}, {400}),
        ),
        "a query over its deadline": (
            *("GET", f"/sparql?{urlencode({'query': runaway(), 'timeout': '0.3'})}", None, {}, {503}),
        ),
        "a long query": ("POST", "/sparql", (SECRET * 10_000).encode(), {"Content-Type": SPARQL}, {413}),
        "a form": ("POST", "/sparql", urlencode({"query": query}).encode(), {"Content-Type": FORM}, {200}),
        "no UTF-8": ("POST", "/sparql", SECRET.encode() + b"\xff", {"Content-Type": SPARQL}, {400}),
        "a service": (
            *("GET", f"/sparql?{urlencode({'query': f'ASK {{ SERVICE <http://{SECRET}/> {{}} }}'})}"),
            *(None, {}, {403}),
        ),
        "a media type": ("POST", "/sparql", b"x", {"Content-Type": f"x/{SECRET}"}, {415}),
        "a format": ("GET", f"/sparql?query=ASK%7B%7D&format={SECRET}", None, {}, {200}),
        "a preference": ("GET", "/catalog", None, {"Accept": f"x/{SECRET}"}, {406}),
        "a graph": ("GET", f"/graphs?graph=urn:{SECRET}", None, {}, {404}),
        "a parameter": ("GET", f"/sparql?query=ASK%7B%7D&{SECRET}={SECRET}", None, {}, {200}),
        "many parameters": ("GET", "/sparql?" + f"{SECRET}=x&" * 1500, None, {}, {414}),
        "a path": ("GET", f"/id/{SECRET}", None, {}, {404}),
        "a mangled path": ("GET", f"/id/{SECRET}%00%ff%0d%0a..%2f", None, {}, {404}),
        "an endless path": ("GET", f"/{SECRET * 3000}", None, {}, {414}),
        "a long header": ("GET", "/", None, {"X-Long": SECRET * 5000}, {200, 431}),
        "a search": ("GET", f"/search?q={SECRET}", None, {}, {200}),
        "an explanation": ("GET", f"/explain?subject={SECRET}&predicate=x:&object=%22", None, {}, {400}),
        "spoofed headers": ("GET", "/", None, spoofed, {200}),
        "spoofed headers of a query": ("GET", "/sparql?query=ASK%7B", None, spoofed, {400}),
        "a method": ("PROPFIND", f"/{SECRET}", None, {}, {404, 405}),
        "an etag": ("GET", "/", None, {"If-None-Match": f'"{SECRET}"'}, {200}),
        "a range": ("GET", "/ontology.ttl", None, {"Range": f"bytes={SECRET}"}, {200, 416}),
    }


def runaway() -> str:
    return f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != '{SECRET}') }}"


BROKEN = {
    "no request": f"{SECRET}\r\n\r\n",
    "two lengths": f"GET /{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "a bad header": f"GET / HTTP/1.1\r\nHost: x\r\n{SECRET} {SECRET}\r\n\r\n",
    "a bad chunk": (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {SPARQL}\r\n"
        f"Transfer-Encoding: chunked\r\n\r\n{SECRET}"
    ),
    "an unfinished body": (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {SPARQL}\r\nContent-Length: 900\r\n\r\n{SECRET}"
    ),
    "an unfinished head": f"GET /{SECRET} HTTP/1.1\r\nHost: {SECRET}\r\n",
    "a client that leaves": (
        f"GET /sparql?query={quote(runaway())} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n"
    ),
    "an upgrade": f"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: {SECRET}\r\n\r\n",
}


@pytest.mark.parametrize("name", requests())
def test_a_hostile_request_gets_a_clear_status_and_leaves_no_trace(watched: Server, name: str) -> None:
    method, path, body, headers, statuses = requests()[name]
    before = len(watched.log.read_bytes())
    reply = watched.request(method, path, body, headers)
    assert reply.status in statuses, reply.text[:500]
    if reply.status >= 400:
        assert reply.type == "application/problem+json"
        assert reply.json["status"] == reply.status
        assert reply.json["title"]
        for word in ("Traceback", "site-packages", "pyoxigraph", str(Path(__file__).parent)):
            assert word not in reply.text
    written = watched.log.read_text()[before:]
    assert SECRET not in written
    assert "Traceback" not in written


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_request_leaves_no_trace(watched: Server, name: str) -> None:
    before = len(watched.log.read_bytes())
    with socket.create_connection(("127.0.0.1", watched.port), MOST_S) as connection:
        connection.sendall(BROKEN[name].encode())
        connection.settimeout(0.5)
        with contextlib.suppress(OSError):
            connection.recv(4096)
    assert watched.get("/healthz").status == 200
    written = watched.log.read_text()[before:]
    assert SECRET not in written
    assert "Traceback" not in written


def test_a_spoofed_host_is_repeated_nowhere(watched: Server) -> None:
    spoofed = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "evil"}
    for path in (
        "/",
        "/sparql",
        "/id/pump-1",
        "/id/nothing",
        "/sitemap.xml",
        "/openapi.json",
        "/conformance.html",
    ):
        for accept in ("text/html", "text/turtle", "*/*"):
            reply = watched.request("GET", path, headers=spoofed | {"Accept": accept})
            assert "evil" not in str(reply.headers) + reply.body.decode()


def test_the_log_says_that_the_server_runs_and_little_else(watched: Server) -> None:
    # Stands last: after all of the above.
    written = watched.log.read_text()
    assert f"127.0.0.1:{watched.port}" in written
    assert SECRET not in written
    assert "evil" not in written
    assert "Traceback" not in written
