"""Calls in; each is made soon in the event loop, some at a time, with turns of everybody else between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

# Some hundred microseconds each, at most.
_AT_ONCE: Final = 8


class Turns:
    """The calls that wait for their turn, in the order in which they came; for one event loop.

    What goes wrong in one call ends no other.
    """

    def __init__(self) -> None:
        self._calls: deque[Callable[[], None]] = deque()

    def add(self, calls: Iterable[Callable[[], None]]) -> None:
        """Have them called, after those that wait already."""
        is_empty = not self._calls
        self._calls.extend(calls)
        if is_empty and self._calls:
            asyncio.get_running_loop().call_soon(self._take)

    def _take(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(min(_AT_ONCE, len(self._calls))):
            # A callback of its own for each: an exception is told by the loop, which goes on.
            loop.call_soon(self._calls.popleft())
        if self._calls:
            loop.call_soon(self._take)
