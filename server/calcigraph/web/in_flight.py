"""One request, as the event loop knows it, and the thread that may have to answer it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.sparql_request import SparqlRequest

Message = MutableMapping[str, Any]
Headers = dict[bytes, bytes]
# The key of the ASGI scope's `state` at which it is found.
KEY: Final = "calcigraph.in_flight"


class InFlight:
    """One request from its head to the end of its answer.

    `headers` are those of `scope` by their names in lower case. `done` is called once, in the event loop,
    with the whole response, or with None where a thread is to answer. `request` is what the request says and
    `begun` how far its query is: an answer, an attempt that goes on, or the problem that ended it; None where
    the event loop has not read it or begun with it. `since` is when the query was begun (by `perf_counter`),
    `descriptor` where its worker is listened to, -1 where it is not.
    """

    def __init__(
        self,
        scope: Message,
        headers: Headers,
        receive: Callable[[], Awaitable[Message]],
        done: Callable[[HttpResponse | None], None] = lambda _response: None,
    ) -> None:
        self.scope = scope
        self.headers = headers
        self.done = done
        self.request: SparqlRequest | None = None
        self.begun: Answer | Attempt | Problem | None = None
        self.since = 0.0
        self.descriptor = -1
        self._receive = receive
        self._departure: asyncio.Future[None] | None = None

    @property
    def method(self) -> str:
        """The method of HTTP."""
        method: str = self.scope["method"]
        return method

    def gone(self) -> bool:
        """Whether the client has left; False before `watch`. From any thread."""
        return self._departure is not None and self._departure.done()

    def watch(self) -> None:
        """From now on notice it when the client leaves. Cost: a task. In the event loop."""
        if self._departure is None:
            self._departure = asyncio.ensure_future(self._until_departure())

    def end(self) -> None:
        """Cancel what `watch` has begun."""
        if self._departure is not None:
            self._departure.cancel()

    async def _until_departure(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
