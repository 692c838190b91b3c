"""An address in, a socket that listens there out; imports nothing of the server, which takes time to load."""

from __future__ import annotations

import socket
from typing import Final

from calcigraph.errors import EnvironmentProblem

# What the system keeps of each connection, as it may take twice of it, before it is read. Without a bound
# that grows to megabytes, which count in no limit here, and a crowd whose first bytes all come at once holds
# up the others by the time that copying them takes.
_RECEIVED_BYTES: Final = 1 << 16


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound to an address, or to the first one that a name has, IPv4 before IPv6; port 0
    takes a free one.

    Raises: EnvironmentProblem where the address cannot be had.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        listener = socket.socket(family, kind)
    except OSError as error:
        raise _refused(host, port, error) from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Before it listens: connections then have it from their first packet on.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED_BYTES)
    try:
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise _refused(host, port, error) from error
    return listener


def _refused(host: str, port: int, error: OSError) -> EnvironmentProblem:
    shown = f"[{host}]" if ":" in host else host
    return EnvironmentProblem(
        f"The address {shown}:{port} cannot be had: {error.strerror}.", "Choose another --host or --port."
    )
