"""An endpoint and a query in, the bytes of its answer out: one request over one connection.

SPARQL 1.1 Protocol, section 2.1.2 (query via POST with a form). It connects to the very address that it
has looked at, so that a name cannot mean another one later; follows no redirect; sends no cookie and
no credentials; asks no proxy; takes the body as it is, and counts it.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from typing import Final
from urllib.parse import urlencode

from calcigraph import __version__
from calcigraph.federation.addresses import is_public
from calcigraph.federation.endpoints import Allowed
from calcigraph.federation.service_problems import ServiceFailed, ServiceRefused

_PIECE: Final = 1 << 16
# Some services have no JSON.
_ACCEPT: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.9"
_HEADERS: Final = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": _ACCEPT,
    "Accept-Encoding": "identity",
    "User-Agent": f"calcigraph/{__version__} (+https://w3id.org/calcigraph/server#)",
    "Connection": "close",
}
_SockAddress = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Exchange:
    """One call. `run` blocks, and belongs in a thread of its own; `abort` ends it from another one."""

    def __init__(self, allowed: Allowed, query: str, timeout_s: float, most_bytes: int) -> None:
        """`timeout_s` bounds each wait for the network; the whole call is bounded by who calls `abort`."""
        self._allowed = allowed
        self._endpoint = allowed.endpoint
        self._body = urlencode({"query": query}).encode()
        self._timeout_s = timeout_s
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._aborted = False

    def run(self) -> bytes:
        """The body of the answer. Raises: ServiceRefused, ServiceFailed."""
        try:
            return self._answer()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise self._failed(_reason(error)) from error
        finally:
            self._close()

    def abort(self) -> None:
        """Have `run` fail as soon as it can; does nothing once it has ended."""
        with self._lock:
            self._aborted = True
            if self._socket is not None:
                with suppress(OSError):
                    # The plain socket: to shut down that of TLS would first take it from the thread that
                    # reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _answer(self) -> bytes:
        connection = http.client.HTTPConnection(self._endpoint.host, self._endpoint.port)
        if self._endpoint.scheme == "https":
            connection.default_port = http.client.HTTPS_PORT
        connection.sock = self._connected()
        connection.request("POST", self._endpoint.target, self._body, _HEADERS)
        with connection.getresponse() as response:
            self._check(response)
            return self._read(response)

    def _check(self, response: http.client.HTTPResponse) -> None:
        if 300 <= response.status < 400:
            raise self._failed("It redirects, and redirects are not followed.")
        if response.status != 200:
            raise self._failed(f"It answered with status {response.status}.")
        if response.getheader("Content-Encoding", "identity").lower() != "identity":
            raise self._failed("It sent a compressed answer, which was not asked for.")

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(_PIECE):
            size += len(piece)
            if size > self._most_bytes:
                raise ServiceFailed(
                    f"The answer of {self._endpoint.host} is longer than {self._most_bytes >> 20} MiB.",
                    "Ask it for less: put VALUES, a FILTER or a subquery with LIMIT into the SERVICE block.",
                )
            pieces.append(piece)
        if response.length:
            raise self._failed("It closed the connection in the middle of its answer.")
        return b"".join(pieces)

    def _connected(self) -> socket.socket:
        """A connection to the first of the host's addresses that takes one."""
        error: OSError | None = None
        for family, address in self._addresses():
            try:
                return self._connection(family, address)
            except OSError as failure:
                self._close()
                error = failure
        raise error or OSError("no address")

    def _connection(self, family: socket.AddressFamily, address: object) -> socket.socket:
        plain = socket.socket(family, socket.SOCK_STREAM)
        self._hold(plain)
        plain.settimeout(self._timeout_s)
        plain.connect(address)  # type: ignore[arg-type]
        if self._endpoint.scheme != "https":
            return plain
        context = ssl.create_default_context()
        secured = context.wrap_socket(
            plain, server_hostname=self._endpoint.host, do_handshake_on_connect=False
        )
        self._hold(secured)
        secured.do_handshake()
        return secured

    def _addresses(self) -> list[_SockAddress]:
        """The addresses of the host. Raises: ServiceRefused where any of them is not to be called."""
        found = socket.getaddrinfo(self._endpoint.host, self._endpoint.port, type=socket.SOCK_STREAM)
        for *_, sockaddr in found:
            if not self._allowed.is_by_address and not is_public(ipaddress.ip_address(sockaddr[0])):
                raise ServiceRefused(
                    f"{self._endpoint.host} has an address that is not of the open Internet.",
                    "The operator can allow the service by its IP address, if it is meant to be called.",
                )
        return [(family, sockaddr) for family, _, _, _, sockaddr in found]

    def _hold(self, opened: socket.socket) -> None:
        """Keep a socket for `abort` to shut down, or close it where `abort` has been called already."""
        with self._lock:
            self._socket = opened
            if self._aborted:
                raise ConnectionAbortedError

    def _close(self) -> None:
        with self._lock:
            opened, self._socket = self._socket, None
        if opened is not None:
            opened.close()

    def _failed(self, why: str) -> ServiceFailed:
        return ServiceFailed(
            f"{self._endpoint.host} gave no answer. {why}",
            "See what it answers when you ask it yourself; SERVICE SILENT goes on without it.",
        )


def _reason(error: Exception) -> str:
    """A sentence about what happened, without the system's own words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "Its certificate is not valid for that name."
    if isinstance(error, socket.gaierror | UnicodeError):
        return "There is no such host."
    if isinstance(error, TimeoutError):
        return "It took too long."
    if isinstance(error, http.client.HTTPException | ssl.SSLError):
        return "What it sent is not HTTP."
    return "It cannot be reached."
