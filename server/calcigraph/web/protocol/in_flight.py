"""What the event loop already knows of a request, for the thread that answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt

# How far a query has come: an answer, an attempt that goes on, or the problem that ended it.
Begun = Answer | Attempt | Problem | None
# The key of the ASGI scope's `state` at which it is found.
KEY: Final = "calcigraph.in_flight"


class InFlight:
    """What is known about a request besides what it says.

    `begun` is how far its query has come in the event loop; None where nothing was begun.
    """

    def __init__(self, receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> None:
        self._receive = receive
        self._departure: asyncio.Future[None] | None = None
        self.begun: Begun = None

    def gone(self) -> bool:
        """Whether the client has left. May be called from any thread; nobody knows before `watch`."""
        return self._departure is not None and self._departure.done()

    def watch(self) -> None:
        """From now on notice it when the client leaves. Only in the event loop."""
        if self._departure is None:
            self._departure = asyncio.ensure_future(self._until_departure())

    def end(self) -> None:
        """Watch no longer."""
        if self._departure is not None:
            self._departure.cancel()

    async def _until_departure(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
