"""Requests that two readers could understand as one or as two: each is refused, or read as one.

The vectors are those of RFC 9112 section 11.2 and of the collections about request smuggling: lengths said
twice, folded lines, bare line feeds, extensions of chunks, offers of other protocols.
"""

from __future__ import annotations

import re
import socket
import time

import pytest

from conftest import Server
from raw_exchange import connected, exchange, read_one, responses

SMUGGLED = b"GET /version HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(SMUGGLED)

REFUSED: dict[str, tuple[bytes, int]] = {
    "a length beside chunks": (CHUNKED + LENGTH + b"\r\n0\r\n\r\n", 400),
    "chunks beside a length": (POST + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 0\r\n" + LENGTH + b"\r\n", 400),
    "one length twice": (POST + LENGTH + LENGTH + b"\r\n", 400),
    "a list of lengths": (POST + b"Content-Length: 0, 35\r\n\r\n", 400),
    "a length with a sign": (POST + b"Content-Length: +35\r\n\r\n", 400),
    "a length in hexadecimal": (POST + b"Content-Length: 0x23\r\n\r\n", 400),
    "a length with an underscore": (POST + b"Content-Length: 3_5\r\n\r\n", 400),
    "a length of nothing": (POST + b"Content-Length:\r\n\r\n", 400),
    "a length in other digits": (POST + b"Content-Length: \xef\xbc\x93\xef\xbc\x95\r\n\r\n", 400),
    "an endless length": (POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n", 400),
    "a coding before chunks": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    "two codings on two lines": (
        POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "chunks that are not last": (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
    "chunks twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks by another name": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    "chunks in quotes": (POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n', 400),
    "chunks behind a vertical tab": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
    "chunks of HTTP/1.0": (CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n0\r\n\r\n", 400),
    "a space before the colon": (POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    "a folded line": (POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
    "a folded first field": (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    "a bare line feed": (POST + b"X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "bare line feeds alone": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "a bare carriage return": (POST + b"X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "a null": (POST + b"X: a\0b\r\n\r\n", 400),
    "a name of nothing": (POST + b": a\r\n\r\n", 400),
    "no colon": (POST + b"Transfer-Encoding\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    "a host that is none": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "a host with a user": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    "a list of hosts": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "two spaces": (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a tab": (b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a space behind the version": (b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    "a version without a number": (b"GET / HTTP/x.1\r\nHost: a\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "another version": (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "CONNECT": (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
    "a target that is no path": (b"GET version HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "an expectation": (POST + b"Expect: the-unexpected\r\nContent-Length: 6\r\n\r\nASK {}", 417),
    "a chunk with a bare line feed": (CHUNKED + b"\r\n6\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk ended by a line feed": (CHUNKED + b"\r\n6\r\nASK {}\n0\r\n\r\n", 400),
    "a chunk longer than said": (CHUNKED + b"\r\n6\r\nASK {} \r\n0\r\n\r\n", 400),
    "a chunk shorter than said": (CHUNKED + b"\r\n7\r\nASK {}\r\n0\r\n\r\n", 400),
    "a size with a sign": (CHUNKED + b"\r\n+6\r\nASK {}\r\n0\r\n\r\n", 400),
    "a size with a prefix": (CHUNKED + b"\r\n0x6\r\nASK {}\r\n0\r\n\r\n", 400),
    "a size that overflows": (CHUNKED + b"\r\n10000000000000006\r\nASK {}\r\n0\r\n\r\n", 400),
    "a huge size": (CHUNKED + b"\r\nffffffffffffffff\r\nASK {}\r\n0\r\n\r\n", 413),
    "no size": (CHUNKED + b"\r\n\r\nASK {}\r\n0\r\n\r\n", 400),
    "an extension with a line feed": (CHUNKED + b"\r\n6;a\nb\r\nASK {}\r\n0\r\n\r\n", 400),
    "an endless extension": (CHUNKED + b"\r\n6;" + b"x" * 100_000 + b"\r\nASK {}\r\n0\r\n\r\n", 413),
    "endless trailers": (CHUNKED + b"\r\n6\r\nASK {}\r\n0\r\n" + b"T: u\r\n" * 10_000 + b"\r\n", 413),
    "a folded trailer": (CHUNKED + b"\r\n6\r\nASK {}\r\n0\r\nT: u\r\n v\r\n\r\n", 400),
}

TAKEN: dict[str, bytes] = {
    "an offer of HTTP/2": POST
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQA\r\n"
    + b"Content-Length: 6\r\n\r\nASK {}",
    "an offer of websockets": POST
    + b"Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 6\r\n\r\nASK {}",
    "an offer with chunks": CHUNKED + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
    "chunks with extensions and trailers": CHUNKED
    + b'\r\n3;a=b\r\nASK\r\n3;c="d"\r\n {}\r\n0;e\r\nT: u\r\nContent-Length: 99\r\n\r\n',
    "an empty line before": b"\r\n" + POST + b"Content-Length: 6\r\n\r\nASK {}",
    "lengths with zeros": POST + b"Content-Length: 0006\r\n\r\nASK {}",
    "another case": POST + b"tRANSFER-eNCODING:\tChunked \r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_be_two_requests_is_refused_as_one(toy: Server, name: str) -> None:
    request, status = REFUSED[name]
    received = exchange(toy, request, SMUGGLED)
    (response,) = responses(received, ["GET"])
    assert response.status == status
    assert response.closes
    assert response.fields["content-type"] == "application/problem+json"
    assert response.fields["access-control-allow-origin"] == "*"
    assert response.fields["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"[0-9a-f]{64}", response.fields["calcigraph-version"])
    assert b'"type": "https://w3id.org/calcigraph/server#' in response.body
    assert b'"hint"' in response.body


@pytest.mark.parametrize("pieces", ["at once", "body later", "single bytes"])
@pytest.mark.parametrize("name", TAKEN)
def test_what_is_one_request_has_one_answer(toy: Server, name: str, pieces: str) -> None:
    request = TAKEN[name]
    head, end, body = request.partition(b"\r\n\r\n")
    if name.startswith("an empty line"):
        head, end, body = request[:-6], b"", request[-6:]
    sent = {
        "at once": [request],
        "body later": [head + end, body],
        "single bytes": [request[n : n + 1] for n in range(len(request))],
    }[pieces]
    with connected(toy) as connection:
        for piece in sent:
            connection.sendall(piece)
        response = read_one(connection)
        assert (response.status, response.body) == (200, b'{"head":{},"boolean":true}')
        # The next one on the same connection is understood from its first byte.
        connection.sendall(SMUGGLED)
        assert b'"root"' in read_one(connection).body


def test_a_request_may_come_in_two_pieces_wherever_they_part(toy: Server) -> None:
    request = TAKEN["chunks with extensions and trailers"]
    with connected(toy) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(1, len(request)):
            connection.sendall(request[:place])
            # So that most of them are read one by one; nothing tells when that has happened.
            time.sleep(0.005)
            connection.sendall(request[place:])
            assert read_one(connection).status == 200, request[:place]


def test_requests_that_were_sent_ahead_are_answered_in_their_order(toy: Server) -> None:
    asked = [
        b"GET /sparql?query=SELECT(%d%%20AS%%20%%3Fn)%%7B%%7D HTTP/1.1\r\nHost: a\r\n" % n for n in range(40)
    ]
    slow = b"GET /ontology.html HTTP/1.1\r\nHost: a\r\n\r\n"
    requests = b"".join(
        one + b"Accept: text/csv\r\n\r\n" + (slow if n % 9 == 0 else b"") for n, one in enumerate(asked)
    )
    received = exchange(toy, requests + b"HEAD /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    found = responses(received, [*["GET"] * (len(asked) + 5), "HEAD"])
    tables = [one.body for one in found if one.fields["content-type"].startswith("text/csv")]
    assert tables == [b"n\r\n%d\r\n" % n for n in range(40)]


def test_garbage_behind_a_request_is_refused_after_its_answer(toy: Server) -> None:
    received = exchange(toy, b"GET /ontology.html HTTP/1.1\r\nHost: a\r\n\r\nthis is no request\r\n\r\n")
    good, bad = responses(received, ["GET", "GET"])
    assert (good.status, bad.status) == (200, 400)
    assert bad.closes


def test_a_client_is_told_to_go_on_with_its_body(toy: Server) -> None:
    with connected(toy) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 6\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ASK {}")
        assert read_one(connection).status == 200


def test_a_client_whose_body_is_not_wanted_is_not_told_to_go_on(toy: Server) -> None:
    request = POST + b"Expect: 100-continue\r\nContent-Length: 999999999\r\n\r\n"
    (response,) = responses(exchange(toy, request), ["POST"])
    assert response.status == 413


@pytest.mark.parametrize("query", ["h2c", "HTTP/2.0", "x/1, y/2"])
def test_an_upgrade_of_a_get_is_not_taken(toy: Server, query: str) -> None:
    with connected(toy) as connection:
        connection.sendall(
            f"GET /version HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {query}\r\n\r\n".encode()
        )
        response = read_one(connection)
        assert response.status == 200
        assert "upgrade" not in response.fields
