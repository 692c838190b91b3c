"""An address in, a socket that listens there out; imports nothing of the server, which takes time to load."""

from __future__ import annotations

import socket

from calcigraph.errors import EnvironmentProblem


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound to an address; port 0 takes a free one.

    Raises: EnvironmentProblem where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise EnvironmentProblem(
            f"The address {host}:{port} cannot be had: {error.strerror}.", "Choose another --host or --port."
        ) from error
    listener.listen(1024)
    return listener
