"""The bytes of one connection in, requests out; responses in, their bytes out (RFC 9112).

At most one head, or one body, is in memory, and requests that were sent ahead wait outside. A client that
sends or reads slowly takes a descriptor, and no thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final, cast

from calcigraph.errors import Problem
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import request_head
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.finishing import finished
from calcigraph.web.protocol.http_response import HttpResponse, Pieces
from calcigraph.web.protocol.request_head import END, RequestHead
from calcigraph.web.protocol.request_problems import (
    AddressTooLong,
    HeadTooLarge,
    RequestMalformed,
    Unexpected,
)
from calcigraph.web.protocol.streaming import BrokenOffError
from calcigraph.web.serving.connections import Connections, busy
from calcigraph.web.serving.dispatcher import Dispatcher
from calcigraph.web.serving.request_body import ChunkedBody, SizedBody

_LOG = logging.getLogger(__name__)
_READ_BYTES: Final = 1 << 16
# More than this of a response makes its client one that has to read.
_HIGH_WATER: Final = 1 << 14
# What is thrown away of a request that was refused, so that its client comes to read why.
_LINGER_BYTES: Final = 32 << 20
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_STATUS_LINES: Final = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status.value, status.phrase.encode()) for status in HTTPStatus
}
_CLOSE: Final = b"connection: close\r\n"
_KEEP_ALIVE: Final = b"connection: keep-alive\r\n"
_CHUNKED: Final = b"transfer-encoding: chunked\r\n"
_RETURN: Final = 0x0D
_LAST_CHUNK: Final = b"0\r\n\r\n"
# What a request may begin with; an empty line before it is let pass (RFC 9112 section 2.2).
_BEGINNINGS: Final = frozenset(
    b"!#$%&'*+-.^_`|~\r0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
# One buffer for all connections of the loop's thread: what is read is taken out of it at once.
_BUFFER: Final = memoryview(bytearray(_READ_BYTES))


class Connection(asyncio.BufferedProtocol):
    """One connection of HTTP/1.1, or of HTTP/1.0.

    It reads a head, then its body, then has the request answered; what comes meanwhile is kept up to the
    length of one head, and then not read. See `Member` for what it says of itself.
    """

    def __init__(self, connections: Connections, dispatcher: Dispatcher) -> None:
        self._connections = connections
        self._dispatcher = dispatcher
        self._limits = connections.limits
        # No more than a head is read before it is known whether it has a body.
        self._head_buffer = _BUFFER[: self._limits.head_bytes]
        self._transport = cast(asyncio.Transport, None)
        # What came and was not looked at, of a head or behind a request that is being answered.
        self._ahead = bytearray()
        self._searched = 0
        self._head: RequestHead | None = None
        self._body: SizedBody | ChunkedBody | None = None
        self._counted = 0
        self._in_flight: InFlight | None = None
        # Until the response is sent, and read but for what fits into a packet or two.
        self._is_answering = False
        self._is_closing = False
        self._discarded = 0
        self._written = 0
        self._read_before = 0
        self._pump: asyncio.Task[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._is_paused = False
        # Reading is paused, as its client has sent ahead as much as is kept (pipelining).
        self._is_full = False
        # What comes behind the request that is being answered is thrown away.
        self._is_last = False
        self.is_for_health = False

    # What comes in

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request, where there is room."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(_HIGH_WATER, _HIGH_WATER >> 1)
        if self._connections.admit(self):
            self._connections.idle[self] = time.monotonic()

    def connection_lost(self, exc: Exception | None) -> None:
        """End what was begun for its client."""
        self._connections.forget(self)
        self._drop_body()
        self._is_closing = True
        if self._in_flight is not None:
            self._in_flight.has_left = True
            self._in_flight = None
        self._let_write()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to put what can be read: no more of it than there is room for."""
        if self._body is not None or self._is_closing or self._is_last:
            return _BUFFER
        # Also between two requests: each response would else make room for as much as a head again.
        return (
            _BUFFER[: max(1, self._limits.head_bytes - len(self._ahead))]
            if self._ahead
            else self._head_buffer
        )

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        data = bytes(_BUFFER[:nbytes])
        if self._is_closing or self._is_last:
            self._discard(nbytes)
        elif self._is_answering:
            self._ahead += data
            if len(self._ahead) >= self._limits.head_bytes:
                self._is_full = True
                self._connections.full[self] = time.monotonic()
                self._transport.pause_reading()
        elif self._body is not None:
            self._feed(data)
        elif not self._ahead and data.endswith(END) and data.find(END) == nbytes - 4 and data[0] != _RETURN:
            # The whole of one head, as most often.
            self._begin(data)
        else:
            self._ahead += data
            self._look_for_head()

    def eof_received(self) -> None:
        """The client sends no more; by then it has left, as it closes both ways at once."""

    @property
    def head_size(self) -> int:
        """How many bytes of a head have come."""
        return len(self._ahead)

    @property
    def body_size(self) -> int:
        """How many bytes of a body have come."""
        return self._body.size if self._body is not None else 0

    # Requests

    def _look_for_head(self) -> None:
        """Begin with the request whose head is whole. Each byte is looked at once, whatever the pieces."""
        if self._ahead.startswith(b"\r\n"):
            del self._ahead[:2]
            self._searched = 0
            if self._ahead.startswith(b"\r"):
                self.refuse(_no_request())
                return
        if not self._ahead:
            return
        most, begin = self._limits.head_bytes, max(0, self._searched - 3)
        end = self._ahead.find(END, begin, most)
        if end >= 0:
            head = bytes(self._ahead[: end + 4])
            del self._ahead[: end + 4]
            self._searched = 0
            self._begin(head)
            return
        if self._ahead[0] not in _BEGINNINGS or self._has_bare_line_feed(begin):
            self.refuse(_no_request())
        elif len(self._ahead) >= most:
            self.refuse(self._too_large())
        else:
            self._searched = len(self._ahead)
            if self not in self._connections.heads:
                self._connections.idle.pop(self, None)
                self._connections.heads[self] = time.monotonic()

    def _has_bare_line_feed(self, begin: int) -> bool:
        return self._ahead.count(b"\n", begin) != self._ahead.count(b"\r\n", max(0, begin - 1))

    def _too_large(self) -> Problem:
        most = self._limits.head_bytes
        if self._ahead.find(b"\r\n", 0, most) < 0 or self._ahead.find(b"\r\n") > most // 2:
            return AddressTooLong(
                f"The address does not fit into {most} bytes.", "Send the query in the body of a POST."
            )
        return HeadTooLarge(
            f"The head of the request does not fit into {most} bytes.", "Send fewer or shorter header fields."
        )

    def _begin(self, head: bytes) -> None:
        """Read a head, and its body if it has one."""
        connections = self._connections
        connections.idle.pop(self, None)
        if connections.heads:
            connections.heads.pop(self, None)
        try:
            read = request_head.read(head, self._limits.head_fields)
            self._head = read
            if read.length == 0:
                self._take(read, b"")
                return
            most = self._limits.body_bytes
            self._body = ChunkedBody(most) if read.length is None else SizedBody(read.length, most)
        except Problem as problem:
            self.refuse(problem)
            return
        connections.bodies[self] = time.monotonic()
        if read.expects_continue and not self._ahead:
            self._transport.write(_CONTINUE)
        if self._ahead:
            data = bytes(self._ahead)
            self._ahead.clear()
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        body, head = self._body, self._head
        assert body is not None
        assert head is not None
        try:
            rest = body.feed(data)
        except Problem as problem:
            self.refuse(problem)
            return
        self._connections.body_bytes += body.size - self._counted
        self._counted = body.size
        if body.is_whole:
            content = bytes(body.content)
            self._body = None
            self._connections.bodies.pop(self, None)
            self._ahead += rest
            self._take(head, content)
        elif not self._connections.has_room(body.size):
            self.refuse(busy())

    def _take(self, head: RequestHead, body: bytes) -> None:
        """Have a request answered."""
        self._is_answering = True
        in_flight = self._in_flight = InFlight(head, body, self._answered)
        try:
            self._dispatcher.take(in_flight, self.is_for_health)
        except Exception:  # noqa: BLE001 - whatever it is, the client is told and the others go on
            _LOG.exception("a request could not be answered")
            self.refuse(Unexpected())

    def _next(self) -> None:
        """Go on with what was sent ahead, or wait for the next request."""
        if self._is_last:
            self._finish_closing()
            return
        self._is_answering = False
        self._connections.idle[self] = time.monotonic()
        self._resume_reading()
        if self._ahead:
            # Others have their turn first.
            asyncio.get_running_loop().call_soon(self._go_on)

    def _resume_reading(self) -> None:
        if self._is_full:
            self._is_full = False
            self._connections.full.pop(self, None)
            self._transport.resume_reading()

    def drop_pipelined(self) -> None:
        """Read again, and throw away what was sent ahead and what still comes: the end of a connection that
        nobody reads from is not seen, as it stands behind all of this. The response will be the last."""
        self._is_last = True
        self._ahead.clear()
        self._searched = 0
        self._resume_reading()

    def _go_on(self) -> None:
        if not self._is_closing and not self._is_answering and self._body is None:
            self._look_for_head()

    # Responses

    def _answered(self, response: HttpResponse | None) -> None:
        """Send the response; have a thread make it where there is none."""
        in_flight = self._in_flight
        if in_flight is None:
            _close(response)
        elif response is None:
            self._dispatcher.answer_in_thread(in_flight)
        else:
            self._dispatcher.count(in_flight.head.method, response)
            # What it holds is not to wait for the collector of circles.
            in_flight.begun = None
            self._send(response, in_flight.head)

    def refuse(self, problem: Problem) -> None:
        """Answer a request that was not understood, or not taken, and close the connection."""
        if self._is_closing:
            return
        head = self._head
        response = finished(self._dispatcher.problem(problem), head)
        self._dispatcher.count(head.method if head is not None else "", response)
        self._drop_body()
        self._transport.write(
            b"".join((self._head_of(response, False, False), cast(bytes, response.content)))
        )
        self._finish_closing()

    def _send(self, response: HttpResponse, head: RequestHead) -> None:
        content = response.content
        keeps_alive = head.keeps_alive and not (
            self.is_for_health or self._is_last or self._dispatcher.is_stopping
        )
        if isinstance(content, bytes):
            lines = self._head_of(response, keeps_alive, not head.minor)
            if len(content) < _HIGH_WATER:
                self._write(lines + content)
            else:
                # Not joined: what is kept for others is not copied for those who read slowly.
                self._write(lines)
                self._write(content)
            self._end_response(keeps_alive)
        else:
            pumping = self._pump_content(response, cast("Pieces | FileContent", content), head, keeps_alive)
            self._pump = asyncio.get_running_loop().create_task(pumping)

    def _head_of(self, response: HttpResponse, keeps_alive: bool, is_old: bool) -> bytes:
        connection = (_KEEP_ALIVE if is_old else b"") if keeps_alive else _CLOSE
        return b"".join(
            (_status_line(response.status), _date_line(int(time.time())), connection, response.lines, b"\r\n")
        )

    def _end_response(self, keeps_alive: bool) -> None:
        self._in_flight = None
        self._head = None
        if self._is_closing:
            return
        if not keeps_alive:
            self._finish_closing()
        elif not self._is_paused:
            self._next()

    async def _pump_content(
        self, response: HttpResponse, content: Pieces | FileContent, head: RequestHead, keeps_alive: bool
    ) -> None:
        """Send content piece by piece, no faster than its client reads it. A thread makes the pieces, and
        none waits for the client. Where the content breaks off, so does the connection."""
        is_chunked = content.size is None and head.minor > 0
        keeps_alive = keeps_alive and (content.size is not None or is_chunked)
        pieces: Iterator[bytes] | None = None
        is_whole = has_begun = False
        try:
            pieces = await self._dispatcher.in_thread(iter, _iterable(content))
            lines = self._head_of(response, keeps_alive, not head.minor)
            self._write(lines[:-2] + _CHUNKED + b"\r\n" if is_chunked else lines)
            has_begun = True
            while (piece := await self._dispatcher.in_thread(next, pieces, None)) is not None:
                if self._is_closing:
                    return
                if piece:
                    self._write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
                await self._until_writable()
            self._write(_LAST_CHUNK if is_chunked else b"")
            is_whole = True
        except BrokenOffError:
            # The client has left, or it was told where that was found out.
            pass
        except OSError as error:
            _LOG.warning("a response was broken off: %s", type(error).__name__)
        except Exception:  # noqa: BLE001 - whatever it is, the response is not whole
            _LOG.exception("a response was broken off")
        finally:
            self._pump = None
            _close_pieces(content, pieces)
            if is_whole:
                self._end_response(keeps_alive)
            elif not has_begun:
                self.refuse(Unexpected())
            elif not self._is_closing:
                self._dispatcher.count_ended("broken")
                self._is_closing = True
                self._transport.close()

    def _write(self, data: bytes) -> None:
        if not self._is_closing:
            self._written += len(data)
            self._transport.write(data)

    # Readers

    def pause_writing(self) -> None:
        """The client reads too slowly for what was written."""
        self._is_paused = True
        size = self.unread_bytes
        self._read_before = self._written - size
        self._connections.is_unread(self, size)

    def resume_writing(self) -> None:
        """The client has read what waited for it."""
        self._connections.is_read(self)
        self._let_write()
        if self._in_flight is None and self._is_answering and not self._is_closing:
            self._next()

    @property
    def unread_bytes(self) -> int:
        """How many bytes wait for the client to read."""
        return self._transport.get_write_buffer_size()

    def read_since(self) -> int:
        """How many bytes the client has read since this was last asked, or since it had to."""
        before, self._read_before = self._read_before, self._written - self.unread_bytes
        return self._read_before - before

    async def _until_writable(self) -> None:
        if self._is_paused and not self._is_closing:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable

    def _let_write(self) -> None:
        self._is_paused = False
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # Ends

    def stop(self) -> None:
        """Close it, unless a request is being answered: then the response will be the last."""
        if self._in_flight is None:
            self._is_closing = True
            self._transport.close()

    def abort(self) -> None:
        """Close it at once; what its client has not read is lost."""
        self._is_closing = True
        self._transport.abort()

    def _finish_closing(self) -> None:
        """Say that there is no more, and throw away what still comes: a client that is told while it sends
        would otherwise see the connection end before the response (RFC 9112 section 9.6)."""
        self._is_closing = True
        self._in_flight = None
        self._connections.take_out(self)
        self._connections.closing[self] = time.monotonic()
        self._ahead.clear()
        self._resume_reading()
        if self._dispatcher.is_stopping:
            self._transport.close()
        else:
            self._transport.write_eof()

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > _LINGER_BYTES:
            self.abort()

    def _drop_body(self) -> None:
        self._connections.body_bytes -= self._counted
        self._counted = 0
        self._body = None


@lru_cache(128)
def _status_line(status: int) -> bytes:
    return _STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status


@lru_cache(2)
def _date_line(second: int) -> bytes:
    """RFC 9110 section 6.6.1."""
    return f"date: {formatdate(second, usegmt=True)}\r\n".encode()


def _no_request() -> RequestMalformed:
    return RequestMalformed(
        "What was sent is no request of HTTP/1.1.", "End each line with CR LF, and begin with a method."
    )


def _iterable(content: Pieces | FileContent) -> Iterator[bytes] | FileContent:
    return content.pieces if isinstance(content, Pieces) else content


def _close_pieces(content: Pieces | FileContent, pieces: Iterator[bytes] | None) -> None:
    close = content.close if isinstance(content, Pieces) else getattr(pieces, "close", None)
    if close is not None:
        # A thread may still be at its next piece, where the server ends.
        with contextlib.suppress(ValueError):
            close()


def _close(response: HttpResponse | None) -> None:
    """What nobody waits for any more is not made."""
    if response is not None and isinstance(response.content, Pieces):
        response.content.close()
