"""A prepared request in, a reply and its times out, over one kept connection.

Sockets without a library around them: what the client costs is then a few microseconds, and the
same for every peer. A reply is taken apart only after the clock has stopped.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import quote

RESULTS = "application/sparql-results+json"
GRAPH = "application/n-triples"
_PIECE = 1 << 18
# While other peers are asked. oxigraph answers 500 to what comes after a minute on a kept connection.
_IDLE_S = 10.0
_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Endpoint:
    """Where a peer answers queries."""

    port: int
    path: str
    host: str = "127.0.0.1"

    def connect(self, timeout_s: float) -> socket.socket:
        """A new connection, on which small requests leave at once."""
        connection = socket.create_connection((self.host, self.port), timeout_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def request(self, text: str) -> bytes:
        """The whole GET request of the query `text`; SELECT and ASK as JSON, CONSTRUCT as N-Triples."""
        accept = GRAPH if "CONSTRUCT" in text else RESULTS
        return (
            f"GET {self.path}?query={quote(text, safe='')} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\nAccept: {accept}\r\n\r\n"
        ).encode()


@dataclass(frozen=True)
class Reply:
    """Status and body; seconds from the request to the body's first byte and to its last."""

    status: int
    body: bytes
    first_s: float
    total_s: float


class Incoming:
    """The bytes of one reply as they arrive. Most come in one piece, which is looked at once.

    A body that is sent in chunks ends with an empty one. JSON and N-Triples escape line breaks, so
    its bytes stand nowhere else, and looking at the end of what has come is enough.
    """

    def __init__(self) -> None:
        self.received = bytearray()
        self._head = -1
        self._whole: int | None = None

    @property
    def has_body(self) -> bool:
        """Whether a byte after the header has come."""
        return 0 <= self._head < len(self.received)

    def add(self, piece: bytes) -> bool:
        """True where `piece` is the last one."""
        self.received += piece
        if self._head < 0:
            self._read_head()
        if self._head < 0:
            return False
        if self._whole is None:
            return self.received.endswith(_LAST_CHUNK)
        return len(self.received) >= self._whole

    def status(self) -> int:
        return int(self.received[9:12])

    def body(self) -> bytes:
        """The content, taken out of its chunks."""
        if self._whole is not None:
            return bytes(self.received[self._head :])
        pieces: list[bytes] = []
        at = self._head
        while True:
            line = self.received.index(b"\r\n", at)
            size = int(self.received[at:line].partition(b";")[0], 16)
            if size == 0:
                return b"".join(pieces)
            pieces.append(bytes(self.received[line + 2 : line + 2 + size]))
            at = line + 2 + size + 2

    def _read_head(self) -> None:
        end = self.received.find(_HEAD_END)
        if end < 0:
            return
        self._head = end + len(_HEAD_END)
        head = bytes(self.received[:end]).lower()
        _, found, rest = head.partition(b"\r\ncontent-length:")
        if found:
            self._whole = self._head + int(rest.partition(b"\r\n")[0])


class Connection:
    """A client of one endpoint; connects again where the peer has closed between two requests."""

    def __init__(self, endpoint: Endpoint, timeout_s: float = 120.0) -> None:
        self.endpoint = endpoint
        self._timeout_s = timeout_s
        self._socket = endpoint.connect(timeout_s)
        self._used_at = time.monotonic()

    def ask(self, request: bytes) -> Reply:
        """Send, and read to the end. Raises: TimeoutError, ConnectionError."""
        if time.monotonic() - self._used_at > _IDLE_S:
            self._connect()
        try:
            return self._ask(request)
        except ConnectionResetError:
            self._connect()
            return self._ask(request)
        finally:
            self._used_at = time.monotonic()

    def _connect(self) -> None:
        self._socket.close()
        self._socket = self.endpoint.connect(self._timeout_s)

    def _ask(self, request: bytes) -> Reply:
        incoming, first_s = Incoming(), 0.0
        started = time.perf_counter()
        self._socket.sendall(request)
        done = False
        while not done:
            piece = self._socket.recv(_PIECE)
            if not piece:
                raise ConnectionResetError("closed before the end of the answer")
            done = incoming.add(piece)
            if not first_s and incoming.has_body:
                first_s = time.perf_counter() - started
        total_s = time.perf_counter() - started
        return Reply(incoming.status(), incoming.body(), first_s or total_s, total_s)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def answers(endpoint: Endpoint, text: str) -> bool:
    """Whether `endpoint` answers `text` with 200 now."""
    with contextlib.suppress(OSError), Connection(endpoint, 10.0) as connection:
        return connection.ask(endpoint.request(text)).status == 200
    return False
