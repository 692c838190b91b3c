"""Sockets in, frames out: the protocol between the front process, the fork server and the workers.

A frame is one letter, a length and that many bytes. Both ends belong to this program and nothing
from outside is ever read as a frame, so a length is trusted, and so is a query in `marshal` format:
the interpreter is the same at both ends, and it takes a fifth of the time of JSON.
"""

from __future__ import annotations

import errno
import marshal
import math
import os
import select
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from enum import Enum
from typing import Final

from calcigraph.engine.replica import Diff
from calcigraph.engine.result_formats import Form
from calcigraph.pool.answer import Query
from calcigraph.pool.guard import Survey

# Processor time (s) and memory of its own (bytes) that a worker has taken since it was forked.
USAGE: Final = struct.Struct("!dQ")
_HEADER: Final = struct.Struct("!cI")
_LENGTH: Final = struct.Struct("!I")
_READ: Final = 1 << 16
_TICK_S: Final = 0.02
_TICK: Final = struct.pack("ll", 0, int(_TICK_S * 1e6))


class FrameKind(Enum):
    """The kinds of frames: requests to the fork server, requests to a worker, answers."""

    START = b"S"
    FORK = b"F"
    APPLY = b"A"
    PREPARE = b"I"
    FORGET = b"G"
    DUMP = b"U"
    QUERY = b"Q"
    SURVEYED = b"V"
    DONE = b"K"
    DATA = b"D"
    END = b"E"
    FAILED = b"X"
    FETCH = b"C"
    FETCHED = b"R"


_KINDS: Final = {kind.value: kind for kind in FrameKind}
_EITHER: Final = (False, True)
_BODIES: Final = {
    (form, is_volatile, is_empty): bytes([is_volatile, is_empty]) + form.value.encode()
    for form in Form
    for is_volatile in _EITHER
    for is_empty in _EITHER
}
_SURVEYS: Final = {body: (Survey(*found[:2]), found[2]) for found, body in _BODIES.items()}


class ClosedError(Exception):
    """The other end is gone."""


# The other end has ended or was ended, or this one is closed.
_GONE: Final = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EBADF, errno.ENOTCONN})


def _closed(error: OSError) -> Exception:
    """What to raise for an error of a socket."""
    return ClosedError() if error.errno in _GONE else error


class Channel:
    """One end of a stream of frames. Not for two threads at a time.

    Sending blocks for as long as the other end does not read, unless it is begun by `send_now`.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        # Frames that have come and were not received yet, and the beginning of the next one.
        self._frames: deque[tuple[FrameKind, bytes]] = deque()
        self._buffer = bytearray()
        self._unsent = memoryview(b"")

    @property
    def is_sending(self) -> bool:
        """Whether some of what `send_now` was given waits for the other end to read."""
        return bool(self._unsent)

    def fileno(self) -> int:
        """The descriptor that becomes readable when something has come."""
        return self._socket.fileno()

    def send(self, kind: FrameKind, body: bytes | bytearray = b"") -> None:
        """Send one frame; raises ClosedError."""
        self.send_bytes(encode(kind, body))

    def send_bytes(self, encoded: bytes) -> None:
        """Send frames that are encoded already; raises ClosedError."""
        left = memoryview(encoded)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                # An event loop may have made this descriptor non-blocking (uvloop does).
                poll = select.poll()
                poll.register(self._socket, select.POLLOUT)
                poll.poll()
            except OSError as error:
                raise _closed(error) from error

    def send_now(self, encoded: bytes) -> None:
        """Send as much of some frames as the other end has room for, and the rest before anything is
        received. Never waits; raises ClosedError."""
        self._unsent = memoryview(encoded)
        self._send_rest()

    def receive(self, deadline: float | None = None) -> tuple[FrameKind, bytes]:
        """The next frame; raises ClosedError, and TimeoutError after `deadline` (monotonic seconds)."""
        if self._unsent:
            self._await_sent(deadline)
        while not self._frames:
            self._take(self._await_data(deadline))
        return self._frames.popleft()

    def receive_now(self) -> tuple[FrameKind, bytes]:
        """The next frame, without waiting; raises ClosedError, and BlockingIOError if it is not there."""
        if self._unsent:
            self._send_rest()
        while not self._frames:
            self._take(self._read(socket.MSG_DONTWAIT))
        return self._frames.popleft()

    def keep_time(self) -> None:
        """Have `receive` notice its deadline also while nothing comes."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TICK)

    def end(self) -> None:
        """Let whoever sends or receives meanwhile, in another thread, meet ClosedError."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket; from now on it raises ClosedError."""
        self._socket.close()

    def _send_rest(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            pass
        except OSError as error:
            raise _closed(error) from error

    def _await_sent(self, deadline: float | None) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT)
        while self._unsent:
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                raise TimeoutError
            poll.poll(None if left_s is None else math.ceil(1000 * left_s))
            self._send_rest()

    def _take(self, data: bytes) -> None:
        """Take what has come. Mostly that is whole frames, which need not be gathered."""
        if not self._buffer:
            taken = self._take_frames(data)
            if taken < len(data):
                self._buffer += data[taken:]
            return
        self._buffer += data
        with memoryview(self._buffer) as view:
            taken = self._take_frames(view)
        del self._buffer[:taken]

    def _take_frames(self, data: bytes | memoryview) -> int:
        """Take the whole frames that `data` begins with; how many bytes these are."""
        at, size = 0, len(data)
        while (body := at + _HEADER.size) <= size:
            letter, length = _HEADER.unpack_from(data, at)
            if body + length > size:
                break
            at = body + length
            self._frames.append((_KINDS[letter], bytes(data[body:at])))
        return at

    def _await_data(self, deadline: float | None) -> bytes:
        """The next bytes. Most answers come within a tick, and cost one system call; for longer ones it
        polls, so that the thread does not wake at each tick."""
        if deadline is None:
            return self._read()
        is_near = deadline - time.monotonic() < _TICK_S
        with suppress(BlockingIOError):
            return self._read(socket.MSG_DONTWAIT if is_near else 0)
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while (left_s := deadline - time.monotonic()) > 0:
            if poll.poll(math.ceil(1000 * left_s)):
                return self._read()
        raise TimeoutError

    def _read(self, flags: int = 0) -> bytes:
        try:
            data = self._receive_bytes(flags)
        except BlockingIOError:
            raise
        except OSError as error:
            raise _closed(error) from error
        if not data:
            raise ClosedError
        return data

    def _receive_bytes(self, flags: int) -> bytes:
        return self._socket.recv(_READ, flags)


class ControlChannel(Channel):
    """A channel whose frames can bring open files with them."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._descriptors: list[int] = []

    def send_with(self, descriptor: int, kind: FrameKind, body: bytes = b"") -> None:
        """Send one frame and an open file with it; raises ClosedError."""
        encoded = encode(kind, body)
        try:
            sent = socket.send_fds(self._socket, [encoded], [descriptor])
        except OSError as error:
            raise _closed(error) from error
        self.send_bytes(encoded[sent:])

    def has_news(self, timeout_s: float) -> bool:
        """Whether there is something to read, or the end, within `timeout_s` seconds."""
        return bool(self._frames or self._buffer or select.select([self._socket], [], [], timeout_s)[0])

    def take_descriptor(self) -> int:
        """The oldest open file that came with a frame and was not taken. Raises: IndexError where none came,
        as where this process may have no more of them (unix(7): they are dropped)."""
        return self._descriptors.pop(0)

    def close(self) -> None:
        """Close the socket and every open file that came and was not taken."""
        super().close()
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _receive_bytes(self, flags: int) -> bytes:
        data, descriptors, _, _ = socket.recv_fds(self._socket, _READ, 1, flags)
        self._descriptors += descriptors
        return data


def encode(kind: FrameKind, body: bytes | bytearray = b"") -> bytes:
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


_TIMEOUT: Final = Query._fields.index("timeout_s")


def encode_query(query: Query, left_s: float, allows_services: bool) -> bytes:
    """The body of a QUERY frame: `query`, with how many seconds are left for it in place of its `timeout_s`,
    and whether it may call other services."""
    return marshal.dumps((allows_services, *query[:_TIMEOUT], left_s, *query[_TIMEOUT + 1 :]))


def decode_query(body: bytes) -> tuple[Query, bool]:
    """The query with the seconds that are left for it, and whether it may call other services."""
    allows_services, *query = marshal.loads(body)
    return Query(*query), allows_services


_ENCODED: Final = {found: encode(FrameKind.SURVEYED, body) for found, body in _BODIES.items()}


def encode_survey(form: Form, is_volatile: bool, is_empty: bool) -> bytes:
    """A SURVEYED frame, which comes before the first piece of an answer: what the text tells, and whether the
    answer is empty. One that is longer than its first piece is not."""
    return _ENCODED[form, is_volatile, is_empty]


def decode_survey(body: bytes) -> tuple[Survey, bool]:
    """The survey of a SURVEYED frame, and whether the answer is empty; whether other services were called is
    not in it."""
    return _SURVEYS[body]
