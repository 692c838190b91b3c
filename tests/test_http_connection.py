"""What a connection may send: beyond it stands a clear status, and the connection ends."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import conftest
from conftest import ROOTS, Server, serving
from polling import MOST_S


def exchange(server: Server, pieces: Iterator[bytes]) -> bytes:
    """All that comes back while and after `pieces` are sent; who is refused may stop listening."""
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass
        received = b""
        try:
            while more := connection.recv(1 << 16):
                received += more
        except ConnectionResetError:
            pass
    return received


def problem(answer: bytes) -> dict:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    return json.loads(body)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ],
)
def test_what_is_no_request_is_refused_with_a_problem(toy: Server, request_line: bytes, status: int) -> None:
    assert problem(exchange(toy, iter([request_line])))["status"] == status


def test_an_endless_head_is_refused(toy: Server) -> None:
    def head() -> Iterator[bytes]:
        yield b"GET / HTTP/1.1\r\nHost: a\r\n"
        for number in range(200):
            yield b"X-%d: " % number + b"x" * 20_000 + b"\r\n"

    assert problem(exchange(toy, head()))["status"] == 431


def test_an_endless_body_is_refused_and_not_listened_to(toy: Server) -> None:
    def body() -> Iterator[bytes]:
        yield b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        yield b"Transfer-Encoding: chunked\r\n\r\n"
        for _ in range(2000):
            yield b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    answer = exchange(toy, body())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_a_chunked_query_is_answered(toy: Server) -> None:
    request = (
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept: text/csv\r\n"
        b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n"
    )
    assert exchange(toy, iter([request])).endswith(b"true")


def test_a_body_in_thousands_of_chunks_is_answered_and_what_stands_behind_it(toy: Server) -> None:
    """More than is read in a turn."""
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nAccept: text/csv\r\nContent-Type: application/sparql-query\r\n"
    )
    body = b"".join(b"9\r\n#%07d\n\r\n" % number for number in range(3000)) + b"6\r\nASK {}\r\n0\r\n\r\n"
    behind = b"GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    received = exchange(toy, iter([head + b"Transfer-Encoding: chunked\r\n\r\n" + body + behind]))
    first, second = received.split(b"HTTP/1.1 200 ")[1:]
    assert first.endswith(b"true")
    assert b"application/json" in second


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen(toy: Server) -> None:
    request = b"GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIf_None_Match: *\r\n\r\n"
    assert exchange(toy, iter([request])).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_comes_in_single_bytes_is_answered(toy: Server) -> None:
    text = b"ASK {}"
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/sparql-query\r\n"
    )
    head += b"Content-Length: %d\r\n\r\n" % len(text)
    pieces = (bytes([byte]) for byte in head + text)
    assert exchange(toy, pieces).startswith(b"HTTP/1.1 200 ")


FAULTY = """
import runpy
from calcigraph.web import sparql_request

def read(*_):
    raise ZeroDivisionError

sparql_request.read = read
runpy.run_module("calcigraph", run_name="__main__")
"""


def test_a_fault_of_our_own_is_no_fault_of_the_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sane = conftest.serve_command
    monkeypatch.setattr(
        conftest, "serve_command", lambda *given: [sys.executable, "-c", FAULTY, *sane(*given)[3:]]
    )
    with serving("faulty", ROOTS["toy"], tmp_path / "log", "--reasoner", "none") as server:
        answer = exchange(server, iter([b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n"]))
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert "Report it" in problem(answer)["hint"]
        assert server.get("/version").status == 200
        assert "ZeroDivisionError" in server.log.read_text()
