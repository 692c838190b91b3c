"""A socket that listens in, its connections out: some in each turn of the event loop.

A server of asyncio takes all that wait in one turn, which beside two thousand clients is 200 ms during which
nobody is answered.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final

from calcigraph.web.serving.turns import Turns

_LOG = logging.getLogger(__name__)
_BACKLOG: Final = 2048
_AT_ONCE: Final = 16
# Where the system has no descriptor or no memory for one more.
_PAUSE_S: Final = 0.1


class Acceptor:
    """Takes the connections of one listening socket, and gives each a protocol; for one event loop."""

    def __init__(
        self, listener: socket.socket, protocol: Callable[[], asyncio.BaseProtocol], turns: Turns
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._turns = turns
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        self._is_closed = False

    def open(self) -> None:
        """Begin to take connections."""
        self._listener.setblocking(False)
        self._listener.listen(_BACKLOG)
        self._begin()

    def close(self) -> None:
        """Take no more; those that nobody has taken are ended."""
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._listener.fileno())
            self._listener.close()

    def _begin(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                _LOG.warning("a connection could not be taken: %s", error.strerror)
                self._loop.remove_reader(self._listener.fileno())
                self._loop.call_later(_PAUSE_S, self._begin)
                return
            opening = self._loop.create_task(self._open(connection))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)
            if self._turns.is_over:
                return

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            # Its client has left meanwhile.
            connection.close()
