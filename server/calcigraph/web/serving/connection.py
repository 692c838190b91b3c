"""The bytes of one connection in, requests out; with the limits that uvicorn's parser lacks.

A client that sends or reads slowly takes a descriptor and the memory below, and no thread. A query by GET is
given to the query endpoint here: a task of its own would take a third of a short query's time.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import MutableMapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from calcigraph.web import sparql_request
from calcigraph.web.in_flight import KEY, InFlight
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.serving.asgi import AsgiApplication, headers_of
from calcigraph.web.strings import STRINGS

_LOG = logging.getLogger(__name__)
LARGEST_HEAD: Final = 1 << 20
# The parser counts the parts of an address in 16 bits.
LONGEST_ADDRESS: Final = (1 << 16) - 1
# Up to so many bytes of a response are buffered for a client that reads slowly.
BUFFERED_ANSWER: Final = 2 << 20
# How long a connection stays open without a whole head, or without a byte of its response being read.
IDLE_S: Final = 60.0
PATH: Final = sparql_request.PATH.encode()
_BODILESS: Final = frozenset({"GET", "HEAD"})


class Connection(HttpToolsProtocol):
    """One connection of HTTP/1.1, ended where the other end takes too much space or time (RFC 9112
    section 9.5, RFC 6585 section 5)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=BUFFERED_ANSWER)
        self._head_bytes = 0
        self._reads_head = True
        self._fault = HTTPStatus.BAD_REQUEST
        self._unread = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._reader_timer: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse `data`, and count its bytes as long as the head is not complete."""
        super().data_received(data)
        if self._reads_head:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_url(self, url: bytes) -> None:
        """The address, or a further part of it."""
        super().on_url(url)
        if len(self.url) > LONGEST_ADDRESS:
            self._fault = HTTPStatus.REQUEST_URI_TOO_LONG
            raise ValueError("this makes the parser stop")

    def send_400_response(self, msg: str) -> None:
        """Refuse the request at which the parser has stopped."""
        self._refuse(self._fault)

    def on_message_begin(self) -> None:
        """A request begins: wait for its head."""
        super().on_message_begin()
        self._reads_head = True
        self._await_head()

    def on_headers_complete(self) -> None:
        """The head of the request is complete."""
        self._reads_head = False
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # The one place where uvicorn begins with a request whose turn has come (pipelined ones wait).
        if cycle.scope["raw_path"] != PATH or cycle.scope["method"] not in _BODILESS or self.pipeline:
            super()._start_asgi_task(cycle, app)
            return
        scope = cast(MutableMapping[str, Any], cycle.scope)
        headers = headers_of(scope)
        if b"content-length" in headers or b"transfer-encoding" in headers:
            super()._start_asgi_task(cycle, app)
            return
        done = partial(self._answered, cycle, app)
        in_flight = scope["state"][KEY] = InFlight(scope, headers, cast(Any, cycle.receive), done)
        try:
            cast(AsgiApplication, self.config.app).query_endpoint.take(in_flight, b"")
        except Exception:
            # The parser, which has called this, would refuse the request as malformed.
            self._fault = HTTPStatus.INTERNAL_SERVER_ERROR
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            raise

    def _answered(self, cycle: RequestResponseCycle, app: Any, response: HttpResponse | None) -> None:
        """Send the response of the query endpoint, or have the application answer where there is none."""
        if response is None:
            super()._start_asgi_task(cycle, app)
        elif not self.transport.is_closing():
            self.transport.write(_message(self.server_state.default_headers, response, cycle))
            cycle.response_started = cycle.response_complete = True
            if not cycle.keep_alive:
                self.transport.close()
            self.on_response_complete()

    def pause_writing(self) -> None:
        """The client reads too slowly: close the connection unless it goes on."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """The client has read what was buffered."""
        if self._reader_timer is not None:
            self._reader_timer.cancel()
        super().resume_writing()

    def _await_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._head_timer = self.loop.call_later(IDLE_S, self.transport.close)

    def _watch_reader(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        self._reader_timer = self.loop.call_later(IDLE_S, self._end_if_stuck)

    def _end_if_stuck(self) -> None:
        if self.transport.get_write_buffer_size() >= self._unread:
            self.transport.abort()
        else:
            self._watch_reader()

    def _stop_waiting(self) -> None:
        for timer in (self._head_timer, self._reader_timer):
            if timer is not None:
                timer.cancel()

    def _refuse(self, status: HTTPStatus) -> None:
        cast(AsgiApplication, self.config.app).count_refused(status)
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": STRINGS.http_details.get(status.value, f"{status.phrase}."),
        }
        body = json.dumps(problem, indent=2).encode() + b"\n"
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _message(
    default: list[tuple[bytes, bytes]], response: HttpResponse, cycle: RequestResponseCycle
) -> bytes:
    closing = [] if cycle.keep_alive else [(b"connection", b"close")]
    lines = [b"%b: %b\r\n" % pair for pair in (*default, *closing)]
    content = b"" if cycle.scope["method"] == "HEAD" else response.content
    return b"".join((STATUS_LINE[response.status], *lines, response.head, b"\r\n", content))
