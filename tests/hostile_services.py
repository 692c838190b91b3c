"""Servers that answer a call badly: a script for each in, where it listens out."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# What a service does with a connection, once it has read a request.
Script = Callable[[socket.socket], None]
EMPTY = b'{"head":{"vars":[]},"results":{"bindings":[]}}'


@dataclass
class Service:
    """A listening service; `requests` are those that have come, whole."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def iri(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A response; with a length unless the headers say something about it."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/sparql-results+json", *headers]
    if not any(header.startswith(("Content-Length", "Transfer-Encoding")) for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def sending(*pieces: bytes) -> Script:
    """Send these pieces, then close."""
    return lambda connection: connection.sendall(b"".join(pieces))


def repeating(first: bytes, piece: bytes, pause: threading.Event | None = None) -> Script:
    """Send `first`, then `piece` for ever; with `pause`, only now and then, until that is set."""

    def run(connection: socket.socket) -> None:
        connection.sendall(first)
        while pause is None or not pause.wait(0.02):
            connection.sendall(piece)

    return run


@contextlib.contextmanager
def ending(event: threading.Event) -> Iterator[None]:
    """Set the event at the end of the block, however that comes: a script that waits for it would keep the
    service from ending. To be entered after the service."""
    try:
        yield
    finally:
        event.set()


@contextlib.contextmanager
def service(script: Script, certificate: Path | None = None, port: int = 0) -> Iterator[Service]:
    """A service on a port of the loopback interface, by default a free one, until the block ends."""
    listener = socket.create_server(("127.0.0.1", port))
    here = Service(listener.getsockname()[1])
    threads: list[threading.Thread] = []
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            secured = context.wrap_socket(connection, server_side=True) if context else connection
            with secured:
                here.requests.append(_request(secured))
                script(secured)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                here.connections += 1
                threads.append(threading.Thread(target=serve, args=(connection,)))
                threads[-1].start()

    accepting = threading.Thread(target=listen)
    accepting.start()
    try:
        yield here
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
