"""One request, from its head to the end of its answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.sparql_request import SparqlRequest

# The key of the WSGI environ at which it is found.
KEY: Final = "calcigraph.in_flight"


class InFlight:
    """One request, as the event loop knows it, and the thread that may have to answer it.

    `done` is called once, in the event loop, with the response as it is sent, or with None where a thread is
    to answer. `request` is what the request says and `begun` how far its query is: an answer, an attempt that
    goes on, or the problem that ended it; None where the event loop has not read it, or has begun with it.
    `since` is when the query was begun and `received_at` when the request had been read whole (moments of the
    monotonic clock). `has_left` is set when its client has left.
    """

    __slots__ = ("begun", "body", "done", "has_left", "head", "received_at", "request", "since")

    def __init__(self, head: RequestHead, body: bytes, done: Callable[[HttpResponse | None], None]) -> None:
        self.head = head
        self.body = body
        self.done = done
        self.request: SparqlRequest | None = None
        self.begun: Answer | Attempt | Problem | None = None
        self.since = 0.0
        self.received_at = time.monotonic()
        self.has_left = False

    def leave(self) -> None:
        """Its client has left: what it sent is kept no longer, however long its query goes on for others."""
        self.has_left = True
        self.body = b""

    def gone(self) -> bool:
        """Whether the client has left. From any thread."""
        return self.has_left
