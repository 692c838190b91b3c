"""Bytes and manners of clients in, what a server answered them out: many at once, until told to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import select
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Final

from polling import MOST_S

_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Z]")
_TAIL: Final = 20
_PIECE: Final = 1 << 16
_LOOK_S: Final = 0.05
# Of Linux, where each thread has its own.
_LOWEST: Final = 19
# A reset in place of an orderly end (SO_LINGER of zero seconds).
_AT_ONCE: Final = b"\1\0\0\0\0\0\0\0"
_GONE: Final = select.POLLHUP | select.POLLERR

# What one connection was answered, in order, each run of one status once; empty where it was closed without a
# word, or nothing was read.
Statuses = tuple[int, ...]
# A number of seconds is a pause.
Pieces = Iterable[bytes | float]


class Manners(Enum):
    """What a client does when it has sent what it had to send."""

    READS = auto()
    LEAVES = auto()
    RESETS = auto()
    TRICKLES = auto()
    IS_DEAF = auto()


class Crowd:
    """Clients that act at once, each on a connection of its own; `pieces` gives what the nth one sends.

    Those that do not read stay until the crowd is ended, and the others until they have been answered and the
    server has closed. `again` has each begin anew as soon as it was answered. They are `is_elsewhere` where
    they are to take no processor from the server: then they get what it leaves.
    """

    def __init__(
        self,
        port: int,
        pieces: Callable[[int], Pieces],
        manners: Manners,
        number: int,
        again: bool = False,
        is_elsewhere: bool = False,
    ) -> None:
        self.answers: Counter[Statuses] = Counter()
        # How many connections there have been.
        self.connected = 0
        self.failures: list[BaseException] = []
        self._port = port
        self._pieces = pieces
        self._manners = manners
        self._number = number
        self._again = again
        self._is_elsewhere = is_elsewhere
        self._is_over = False
        self._loop = asyncio.new_event_loop()
        self._all: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Crowd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def finish(self) -> None:
        """Wait until all were answered. Raises: AssertionError where they are not."""
        self._thread.join(MOST_S)
        assert not self._thread.is_alive(), "the server neither answers nor closes"
        self._raise()

    def end(self) -> None:
        """Close all connections, wherever they are."""
        # One that waits for what it has cancelled itself takes this for the same, and would begin anew.
        self._is_over = True
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(lambda: self._all and self._all.cancel())
        self._thread.join(MOST_S)
        assert not self._thread.is_alive()
        self._raise()

    def _raise(self) -> None:
        if self.failures:
            raise self.failures[0]

    def _run(self) -> None:
        if self._is_elsewhere:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
        try:
            self._all = self._loop.create_task(self._act())
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._all)
        except BaseException as error:  # noqa: BLE001 - told in the thread that waits
            self.failures.append(error)
        finally:
            self._loop.close()

    async def _act(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(self._number):
                group.create_task(self._one(number))

    async def _one(self, number: int) -> None:
        while True:
            with socket.socket() as connection:
                self.answers[await self._exchange(connection, number)] += 1
            if self._is_over or not self._again:
                return
            await asyncio.sleep(0)

    async def _exchange(self, connection: socket.socket, number: int) -> Statuses:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._manners in (Manners.TRICKLES, Manners.IS_DEAF):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            await self._loop.sock_connect(connection, ("127.0.0.1", self._port))
        except OSError:
            # What does not fit into the backlog, or is reset in it.
            return ()
        self.connected += 1
        if self._manners is Manners.READS:
            return await self._send_and_read(connection, number)
        with contextlib.suppress(OSError):
            await self._send(connection, number)
        if self._manners is Manners.TRICKLES:
            await self._trickle(connection)
        elif self._manners is Manners.IS_DEAF:
            await _until_gone(connection)
        elif self._manners is Manners.RESETS:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        return ()

    async def _send(self, connection: socket.socket, number: int) -> None:
        for piece in self._pieces(number):
            if isinstance(piece, bytes):
                await self._loop.sock_sendall(connection, piece)
            else:
                await asyncio.sleep(piece)

    async def _send_and_read(self, connection: socket.socket, number: int) -> Statuses:
        """Who is refused may find that nobody listens any more, and reads why."""
        sending = self._loop.create_task(self._send(connection, number))
        found: list[int] = []
        tail = b""
        try:
            while piece := await self._loop.sock_recv(connection, _PIECE):
                read = tail + piece
                # One that ends in the tail was counted when its last byte came.
                new = [match for match in _STATUS.finditer(read) if match.end() > len(tail)]
                found += [int(match[1]) for match in new]
                tail = read[-_TAIL:]
        except ConnectionError:
            pass
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sending
        final = [status for status in found if status != 100]
        return tuple(status for n, status in enumerate(final) if n == 0 or final[n - 1] != status)

    async def _trickle(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not _is_gone(connection) and await self._loop.sock_recv(connection, 1):
                await asyncio.sleep(_LOOK_S)


async def _until_gone(connection: socket.socket) -> None:
    while not _is_gone(connection):
        await asyncio.sleep(_LOOK_S)


def _is_gone(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, 0)
    return any(event & _GONE for _, event in poll.poll(0))
