"""ASGI requests in, responses out: queries by the query endpoint, everything else by Flask in a thread.

A body is read here, whole and within a limit, so that no thread waits for a client. Queries and data
are parsed in neither place, but in the pool's processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast
from urllib.parse import quote

from a2wsgi import WSGIMiddleware
from flask import Flask

from calcigraph.web.in_flight import KEY, Headers, InFlight, Message
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.streaming import BrokenOffError
from calcigraph.web.serving.query_endpoint import QueryEndpoint

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiCallable = Callable[[Message, Receive, Send], Awaitable[None]]

_LOG = logging.getLogger(__name__)
_BODY_S: Final = 120.0
_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))


class AsgiApplication:
    """The ASGI application (https://asgi.readthedocs.io, version 3) around a Flask one.

    At most `threads` requests are answered by Flask at a time; a thread is started when it is needed.
    At most `largest_body` bytes are read of a request; a longer one is refused, and its connection closed.
    A request whose scope has an `InFlight` in its state has been through the query endpoint already.
    """

    def __init__(self, app: Flask, query_endpoint: QueryEndpoint, threads: int, largest_body: int) -> None:
        self.query_endpoint = query_endpoint
        self._largest_body = largest_body
        # Its types name each kind of message; ours say no more than the specification's "dict".
        self._pages = cast(AsgiCallable, WSGIMiddleware(cast(Any, app), workers=threads))

    def count_refused(self, status: int) -> None:
        """Count the response to a request that could not be parsed."""
        self.query_endpoint.metrics.count_request(None, "", status)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request. Raises whatever went wrong, and then the connection has to be dropped."""
        if scope["type"] != "http":
            return
        in_flight = scope["state"].get(KEY) or InFlight(scope, headers_of(scope), receive)
        try:
            await self._answer(scope, receive, send, in_flight)
        except (BrokenOffError, TimeoutError):
            # uvicorn drops a connection whose response was not completed.
            return
        except Exception:
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            raise
        finally:
            in_flight.end()

    async def _answer(self, scope: Message, receive: Receive, send: Send, in_flight: InFlight) -> None:
        headers = in_flight.headers
        body = await self._body(headers, receive)
        whole = len(body) <= self._largest_body
        if KEY not in scope["state"]:
            response = await self._from_endpoint(in_flight, body) if whole else None
            if response is not None:
                await _send(response, scope["method"], send)
                return
            scope["state"][KEY] = in_flight
        in_flight.watch()
        await self._pages(_plain(scope, headers, body), _once(body), send if whole else _last(send))

    async def _from_endpoint(self, in_flight: InFlight, body: bytes) -> HttpResponse | None:
        """What the query endpoint answers; None where Flask is to answer."""
        answered: asyncio.Future[HttpResponse | None] = asyncio.get_running_loop().create_future()
        in_flight.done = answered.set_result
        self.query_endpoint.take(in_flight, body)
        return await answered

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        """The body, or one byte more than the most there may be. Raises: TimeoutError."""
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            return b""
        pieces: list[bytes] = []
        size = 0
        async with asyncio.timeout(_BODY_S):
            while size <= self._largest_body:
                message = await receive()
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if not message.get("more_body", False):
                    break
        return b"".join(pieces)[: self._largest_body + 1]


def headers_of(scope: Message) -> Headers:
    """By name in lower case; repeated ones make a list (RFC 9110 section 5.2). A name with an underscore
    is left out: WSGI could not tell it from one with a hyphen."""
    headers: Headers = {}
    for name, value in scope["headers"]:
        if b"_" not in name:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _plain(scope: Message, headers: Headers, body: bytes) -> Message:
    """The scope for WSGI: a body of known length, and a query string in ASCII."""
    kept = [(name, value) for name, value in headers.items() if name != b"transfer-encoding"]
    if b"transfer-encoding" in headers:
        kept.append((b"content-length", str(len(body)).encode()))
    query = quote(scope["query_string"], safe=_ASCII).encode()
    return {**scope, "headers": kept, "query_string": query}


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _last(send: Send) -> Send:
    """For an answer to a request that was not read to its end: nothing more can be read after it."""

    async def send_last(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return send_last


async def _send(response: HttpResponse, method: str, send: Send) -> None:
    await send({"type": "http.response.start", "status": response.status, "headers": response.fields})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else response.content})
