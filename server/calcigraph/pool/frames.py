"""Sockets in, frames out: how the front, the zygote and the workers speak to each other.

A frame is one letter, a length and that many bytes. Both ends belong to this program and nothing
from outside is ever read as a frame, so a length is trusted.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from enum import Enum
from typing import Final

from calcigraph.engine.replica import Diff

_HEADER: Final = struct.Struct("!cI")
_LENGTH: Final = struct.Struct("!I")
_READ: Final = 1 << 16
TICK_S: Final = 0.02
_TICK: Final = struct.pack("ll", 0, int(TICK_S * 1e6))


class Kind(Enum):
    """What a frame is: first what the front asks of the zygote, then of a worker, then answers."""

    START = b"S"
    FORK = b"F"
    APPLY = b"A"
    ASSERTED = b"I"
    FORGET = b"G"
    DUMP = b"U"
    QUERY = b"Q"
    DONE = b"K"
    HEAD = b"H"
    DATA = b"D"
    END = b"E"
    FAILED = b"X"


_KINDS: Final = {kind.value: kind for kind in Kind}


class ClosedError(Exception):
    """The other end is gone."""


class Channel:
    """One end of a stream of frames. Not for two threads at a time.

    Sending blocks for as long as the other end does not read; who cannot wait ends the other end.
    Deadlines are kept to within `TICK_S`, which saves a system call for each frame.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = bytearray()

    def send(self, kind: Kind, body: bytes = b"") -> None:
        """Send one frame; raises ClosedError."""
        self.send_bytes(encode(kind, body))

    def send_bytes(self, encoded: bytes) -> None:
        """Send frames that are encoded already; raises ClosedError."""
        try:
            self._socket.sendall(encoded)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ClosedError from error

    def receive(self, deadline: float | None = None) -> tuple[Kind, bytes]:
        """The next frame; raises ClosedError, and TimeoutError after `deadline` (monotonic seconds)."""
        self._fill(_HEADER.size, deadline)
        letter, length = _HEADER.unpack_from(self._buffer)
        self._fill(_HEADER.size + length, deadline)
        body = bytes(memoryview(self._buffer)[_HEADER.size : _HEADER.size + length])
        del self._buffer[: _HEADER.size + length]
        return _KINDS[letter], body

    def keep_time(self) -> None:
        """Make `receive` look at its deadline even while nothing comes."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TICK)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _fill(self, size: int, deadline: float | None) -> None:
        while len(self._buffer) < size:
            try:
                data = self._read()
            except BlockingIOError:
                if deadline is not None and time.monotonic() >= deadline:
                    raise TimeoutError from None
                continue
            except ConnectionResetError as error:
                raise ClosedError from error
            if not data:
                raise ClosedError
            self._buffer += data

    def _read(self) -> bytes:
        return self._socket.recv(_READ)


class ControlChannel(Channel):
    """A channel whose frames can bring open files with them."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._descriptors: list[int] = []

    def send_with(self, descriptor: int, kind: Kind, body: bytes = b"") -> None:
        """Send one frame and an open file with it; raises ClosedError."""
        encoded = encode(kind, body)
        try:
            sent = socket.send_fds(self._socket, [encoded], [descriptor])
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ClosedError from error
        self.send_bytes(encoded[sent:])

    def has_news(self, timeout_s: float) -> bool:
        """Whether a frame or the end comes within `timeout_s` seconds."""
        return bool(self._buffer or select.select([self._socket], [], [], timeout_s)[0])

    def take_descriptor(self) -> int:
        """The oldest open file that came with a frame and was not taken; raises IndexError."""
        return self._descriptors.pop(0)

    def close(self) -> None:
        """Close the socket and every open file that came and was not taken."""
        super().close()
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _read(self) -> bytes:
        data, descriptors, _, _ = socket.recv_fds(self._socket, _READ, 1)
        self._descriptors += descriptors
        return data


def encode(kind: Kind, body: bytes = b"") -> bytes:
    """One frame as bytes."""
    return _HEADER.pack(kind.value, len(body)) + body


def encode_diff(diff: Diff) -> bytes:
    """The body of an APPLY frame."""
    return _LENGTH.pack(len(diff.removed)) + diff.removed + diff.added


def decode_diff(body: bytes) -> Diff:
    """The diff of an APPLY frame."""
    (length,) = _LENGTH.unpack_from(body)
    split = _LENGTH.size + length
    return Diff(added=body[split:], removed=body[_LENGTH.size : split])
