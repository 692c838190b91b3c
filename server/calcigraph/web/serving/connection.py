"""The bytes of one connection in, requests out; responses in, their bytes out (RFC 9112).

At most one head, or one body, is in memory, and requests that were sent ahead wait outside. A client that
sends or reads slowly takes a descriptor, and no thread.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final, cast

from calcigraph.errors import Problem
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import request_head
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.finishing import finished
from calcigraph.web.protocol.http_response import HttpResponse, Pieces
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.protocol.request_problems import Unexpected
from calcigraph.web.serving.connections import SMALL_BODY, Connections
from calcigraph.web.serving.content_sender import ContentSender, leave
from calcigraph.web.serving.counted_body import CountedBody
from calcigraph.web.serving.dispatcher import Dispatcher
from calcigraph.web.serving.head_buffer import HeadBuffer, is_one_head
from calcigraph.web.serving.intake import BUFFER, Intake
from calcigraph.web.serving.outgoing import Outgoing
from calcigraph.web.serving.response_head import head_of

_LOG = logging.getLogger(__name__)
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(asyncio.BufferedProtocol):
    """One connection of HTTP/1.1, or of HTTP/1.0.

    It reads a head, then its body, then has the request answered; what comes meanwhile is kept up to the
    length of one head, and then not read. It says of itself what `Member` tells.
    """

    def __init__(self, connections: Connections, dispatcher: Dispatcher) -> None:
        self._connections = connections
        self._dispatcher = dispatcher
        self._limits = connections.limits
        # No more than a head is read before it is known whether it has a body.
        self._head_buffer = BUFFER[: self._limits.head_bytes]
        self._transport = cast(asyncio.Transport, None)
        self._outgoing = cast(Outgoing, None)
        self._intake = cast(Intake, None)
        self._ahead = HeadBuffer(self._limits.head_bytes)
        self._head: RequestHead | None = None
        # Until the response to it has been sent.
        self._body: CountedBody | None = None
        self._in_flight: InFlight | None = None
        # Until the response is sent, and read but for what fits into a packet or two.
        self._is_answering = False
        self._is_closing = False
        self._pump: asyncio.Task[None] | None = None
        # What came of a request waits for its turn.
        self._is_due = False
        # What comes behind the request that is being answered is thrown away.
        self._is_last = False
        self.is_for_health = False

    # What comes in

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request, where there is room."""
        self._transport = cast(asyncio.Transport, transport)
        self._outgoing = Outgoing(self._transport)
        self._intake = Intake(self._transport, self._connections.turns)
        if self._connections.admit(self):
            self._connections.idle[self] = time.monotonic()

    def connection_lost(self, exc: Exception | None) -> None:
        """End what was begun for its client."""
        self._connections.forget(self)
        self._drop_body()
        self._close()
        if self._in_flight is not None:
            self._in_flight.leave()
            self._in_flight = None
        self._outgoing.resume()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to put what can be read: no more of it than there is room for."""
        if self._body is not None and not (self._is_answering or self._is_due):
            return BUFFER[: self._body.most_at_once]
        if self._is_closing or self._is_last:
            return BUFFER
        # Also between two requests: each response would else make room for as much as a head again.
        most = self._limits.head_bytes
        return BUFFER[: max(1, most - len(self._ahead))] if self._ahead else self._head_buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        if self._is_closing or self._is_last:
            self._intake.discard(nbytes)
        elif self._is_answering or self._is_due:
            self._keep(bytes(BUFFER[:nbytes]))
        elif self._body is not None and not self._body.is_chunked:
            self._read_body(self._body, bytes(BUFFER[:nbytes]))
        elif self._connections.turns.is_over:
            self._keep(bytes(BUFFER[:nbytes]))
            if self._body is None:
                self._await_head()
            self._wait_for_turn()
        elif self._body is not None:
            self._read_body(self._body, bytes(BUFFER[:nbytes]))
        else:
            self._read_head(bytes(BUFFER[:nbytes]))
        self._intake.rest_after(nbytes)

    def _read_head(self, data: bytes) -> None:
        if not self._ahead and is_one_head(data):
            self._begin(data)
        else:
            self._ahead.add(data)
            self._look_for_head()

    def _keep(self, data: bytes) -> None:
        """Keep what was sent ahead, up to the length of one head."""
        self._ahead.add(data)
        if len(self._ahead) >= self._limits.head_bytes:
            if self._is_answering:
                self._connections.full.setdefault(self, time.monotonic())
            self._intake.fill()

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
        """Begin with the request whose head is whole."""
        try:
            head = self._ahead.head()
        except Problem as problem:
            self.refuse(problem)
            return
        if head is not None:
            self._begin(head)
        elif self._ahead:
            self._await_head()

    def _await_head(self) -> None:
        self._connections.idle.pop(self, None)
        self._connections.heads.setdefault(self, time.monotonic())

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
            body = CountedBody(read.length, connections)
        except Problem as problem:
            self.refuse(problem)
            return
        self._body = body
        connections.bodies[self] = time.monotonic()
        if read.expects_continue and not self._ahead:
            self._outgoing.write(_CONTINUE)
        if self._ahead:
            if body.is_chunked and connections.turns.is_over:
                self._put_off()
            else:
                self._read_body(body, self._ahead.taken())

    def _read_body(self, body: CountedBody, data: bytes) -> None:
        """Take what has come of a body: of one in many short chunks as much as takes a moment."""
        try:
            rest = body.feed(data)
        except Problem as problem:
            self.refuse(problem)
            return
        self._ahead.add(rest)
        if not body.is_whole:
            if rest:
                self._put_off()
            return
        self._connections.bodies.pop(self, None)
        if self._connections.turns.is_over:
            self._wait_for_turn()
        else:
            self._take_body(body)

    def _put_off(self) -> None:
        """Go on with what has come of a body in another turn, and read no more until then."""
        self._intake.fill()
        self._wait_for_turn()

    def _take_body(self, body: CountedBody) -> None:
        assert self._head is not None
        self._take(self._head, body.taken())

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
        self._make_room()
        if self._ahead:
            # Others have their turn first.
            self._wait_for_turn()

    def _make_room(self) -> None:
        if self._intake.is_full:
            self._connections.full.pop(self, None)
            self._intake.make_room()

    def _wait_for_turn(self) -> None:
        if self._is_due:
            return
        self._is_due = True
        body = self._body
        if body is not None and not (body.is_whole and body.size <= SMALL_BODY):
            self._connections.turns.add_piece(self._go_on)
        else:
            self._connections.turns.add([self._go_on])

    def drop_pipelined(self) -> None:
        """Read again, and throw away what was sent ahead and what still comes: the end of a connection that
        nobody reads from is not seen, as it stands behind all of this. The response will be the last."""
        self._is_last = True
        self._ahead.clear()
        self._make_room()

    def _go_on(self) -> None:
        self._is_due = False
        if not (self._is_answering or self._is_last):
            self._make_room()
        if self._is_closing or self._is_answering:
            return
        if self._body is None:
            self._look_for_head()
        elif self._body.is_whole:
            self._take_body(self._body)
        else:
            self._read_body(self._body, self._ahead.taken())

    # Responses

    def _answered(self, response: HttpResponse | None) -> None:
        """Send the response; have a thread make it where there is none."""
        in_flight = self._in_flight
        if in_flight is None:
            leave(response)
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
        self._outgoing.write_both(head_of(response, False, False), cast(bytes, response.content))
        self._finish_closing()

    def _send(self, response: HttpResponse, head: RequestHead) -> None:
        content = response.content
        keeps_alive = head.keeps_alive and not (
            self.is_for_health or self._is_last or self._dispatcher.is_stopping
        )
        if isinstance(content, bytes):
            lines = head_of(response, keeps_alive, not head.minor)
            self._outgoing.write_both(lines, content)
            self._end_response(keeps_alive)
        else:
            pumping = self._pump_content(response, cast("Pieces | FileContent", content), head, keeps_alive)
            self._pump = asyncio.get_running_loop().create_task(pumping)

    def _end_response(self, keeps_alive: bool) -> None:
        self._in_flight = None
        self._head = None
        # It is in no memory any more.
        self._drop_body()
        if self._is_closing:
            return
        if not keeps_alive:
            self._finish_closing()
        elif not self._outgoing.is_paused:
            self._next()

    async def _pump_content(
        self, response: HttpResponse, content: Pieces | FileContent, head: RequestHead, keeps_alive: bool
    ) -> None:
        """Send content piece by piece. Where it breaks off, so does the connection."""
        is_chunked = content.size is None and head.minor > 0
        keeps_alive = keeps_alive and (content.size is not None or is_chunked)
        sender = ContentSender(self._outgoing, self._dispatcher, self._connections.turns)
        is_whole = False
        try:
            lines = head_of(response, keeps_alive, not head.minor, is_chunked)
            is_whole = await sender.send(lines, content, is_chunked)
        finally:
            self._pump = None
            if is_whole:
                self._end_response(keeps_alive)
            elif not sender.has_begun:
                self.refuse(Unexpected())
            elif not self._is_closing:
                self._dispatcher.count_ended("broken")
                self._close()
                self._transport.close()

    # Readers

    def pause_writing(self) -> None:
        """The client reads too slowly for what was written."""
        self._connections.is_unread(self, self._outgoing.pause())

    def resume_writing(self) -> None:
        """The client has read what waited for it."""
        self._connections.is_read(self)
        self._outgoing.resume()
        if self._in_flight is None and self._is_answering and not self._is_closing:
            self._next()

    @property
    def unread_bytes(self) -> int:
        """How many bytes wait for the client to read."""
        return self._outgoing.unread_bytes

    def read_since(self) -> int:
        """How many bytes the client has read since this was last asked, or since it had to."""
        return self._outgoing.read_since()

    # Ends

    def _close(self) -> None:
        self._is_closing = True
        self._outgoing.close()

    def stop(self) -> None:
        """Close it, unless a request is being answered: then the response will be the last."""
        if self._in_flight is None:
            self._close()
            self._transport.close()

    def abort(self) -> None:
        """Close it at once; what its client has not read is lost."""
        self._close()
        self._transport.abort()

    def _finish_closing(self) -> None:
        """Say that there is no more, and throw away what still comes: a client that is told while it sends
        would otherwise see the connection end before the response (RFC 9112 section 9.6)."""
        self._close()
        self._in_flight = None
        self._connections.take_out(self)
        self._connections.closing[self] = time.monotonic()
        self._ahead.clear()
        self._make_room()
        if self._dispatcher.is_stopping:
            self._transport.close()
        else:
            self._transport.write_eof()

    def _drop_body(self) -> None:
        if self._body is not None:
            self._body.drop()
            self._body = None
