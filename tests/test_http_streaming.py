"""Long answers: they arrive whole, or visibly broken; never short and well-formed."""

from __future__ import annotations

import contextlib
import http.client
import socket
from urllib.parse import urlencode

import pytest

from conftest import Server
from polling import MOST_S, deadlines

# Some 5 MB in any root of ours: more than is kept in memory before the status is sent.
LONG = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv"])
def test_a_long_answer_arrives_whole(server: Server, accept: str) -> None:
    reply = server.ask(LONG, accept)
    assert reply.status == 200
    assert "content-length" not in reply.headers
    if accept == "text/csv":
        assert reply.body.count(b"\r\n") >= 20_001
    else:
        assert len(reply.json["results"]["bindings"]) == 20_000


def test_an_answer_that_fails_late_is_a_broken_transfer(server: Server) -> None:
    # The status is sent with the first part of the answer, which has to come before the deadline.
    begun = any(begins_and_breaks(server, limit_s) for limit_s in deadlines(1.0, 64.0))
    assert begun
    assert server.ask("ASK {}").status == 200


def begins_and_breaks(server: Server, limit_s: float) -> bool:
    """Whether an endless answer begins before the deadline; one that does is broken off."""
    path = f"/sparql?{urlencode({'query': ENDLESS, 'timeout': limit_s})}"
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=MOST_S)
    ) as connection:
        connection.request("GET", path, headers={"Accept": "text/csv"})
        with connection.getresponse() as response:
            if response.status == 503:
                return False
            assert response.status == 200
            with pytest.raises(http.client.IncompleteRead):
                response.read()
    return True


def test_a_client_of_http_1_0_never_takes_a_part_for_the_whole(server: Server) -> None:
    path = f"/sparql?{urlencode({'query': ENDLESS, 'timeout': '1'})}"
    answer = exchange(server, f"GET {path} HTTP/1.0\r\nAccept: text/csv\r\n\r\n".encode())
    # By its deadline, or because it is longer than what may wait in a file.
    assert answer.split()[1] in (b"503", b"505")


def test_a_client_of_http_1_0_gets_a_long_answer_with_its_length(server: Server) -> None:
    path = f"/sparql?{urlencode({'query': LONG})}"
    answer = exchange(server, f"GET {path} HTTP/1.0\r\nAccept: text/csv\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    assert int(length.split(b":")[1]) == len(body)


def test_clients_that_leave_early_leave_nothing_behind(server: Server) -> None:
    path = f"/sparql?{urlencode({'query': ENDLESS, 'timeout': '5'})}"
    for _ in range(6):
        with socket.create_connection(("127.0.0.1", server.port), MOST_S) as leaver:
            leaver.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
            assert leaver.recv(100)
    assert server.ask("ASK {}").json["boolean"] is True


def test_head_of_a_long_answer_has_no_body(server: Server) -> None:
    reply = server.request("HEAD", f"/sparql?{urlencode({'query': LONG})}")
    assert (reply.status, reply.body) == (200, b"")


def exchange(server: Server, request: bytes) -> bytes:
    """Everything that comes back on a connection of its own."""
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as connection:
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)
