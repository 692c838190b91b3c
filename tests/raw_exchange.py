"""Bytes to a server in, the responses that come back out, as RFC 9112 says where each ends."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conftest import Server
from polling import MOST_S


@dataclass(frozen=True)
class Response:
    """A response as it was sent: names in lower case, repeated fields joined."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        return "close" in self.fields.get("connection", "")


@contextlib.contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as connection:
        yield connection


def exchange(server: Server, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """All that comes back until the server closes; who is refused may stop listening."""
    with connected(server) as connection:
        with contextlib.suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause_s)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other end closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def read_one(connection: socket.socket, *methods: str) -> Response:
    """The next response; `methods` is that of its request, GET where it is not given."""
    received = b""
    while True:
        with contextlib.suppress(IncompleteError):
            (response, *rest) = responses(received, methods or ("GET",))
            assert not rest
            return response
        piece = connection.recv(1 << 16)
        assert piece, "the connection was closed before the end of a response"
        received += piece


class IncompleteError(Exception):
    """A response that has not ended."""


def responses(received: bytes, methods: Iterable[str]) -> list[Response]:
    """The responses to requests with these methods, and no byte more. Raises: IncompleteError."""
    found = []
    for method in methods:
        response, received = _response(received, method)
        while response.status == 100:
            response, received = _response(received, method)
        found.append(response)
    assert received == b"", received[:200]
    return found


def every_response(received: bytes) -> list[Response]:
    """All responses until the connection was closed; none is to HEAD. Raises: IncompleteError."""
    found = []
    while received:
        response, received = _response(received, "GET")
        if response.status != 100:
            found.append(response)
    return found


def _response(received: bytes, method: str) -> tuple[Response, bytes]:
    head, end, rest = received.partition(b"\r\n\r\n")
    if not end:
        raise IncompleteError
    first, *lines = head.decode("latin-1").split("\r\n")
    assert first.startswith("HTTP/1.1 "), first
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon, line
        assert name == name.strip(), line
        key = name.lower()
        fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    status = int(first.split(" ")[1])
    if method == "HEAD" or status in (100, 204, 304):
        return Response(status, fields, b""), rest
    if fields.get("transfer-encoding") == "chunked":
        body, rest = _unchunked(rest)
        return Response(status, fields, body), rest
    length = int(fields["content-length"])
    if len(rest) < length:
        raise IncompleteError
    return Response(status, fields, rest[:length]), rest[length:]


def _unchunked(rest: bytes) -> tuple[bytes, bytes]:
    body = b""
    while True:
        line, end, rest = rest.partition(b"\r\n")
        if not end:
            raise IncompleteError
        size = int(line, 16)
        if len(rest) < size + 2:
            raise IncompleteError
        assert rest[size : size + 2] == b"\r\n"
        body += rest[:size]
        rest = rest[size + 2 :]
        if not size:
            return body, rest
