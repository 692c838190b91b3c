"""Work in; it is done in the event loop soon, a little in each turn, so that nobody waits for a crowd."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

_LOG = logging.getLogger(__name__)
# How long a turn of the loop may go on with what could as well be done in the next one.
_TURN_S: Final = 0.002
# From so many clients is read again in a turn: of those who sent much at once, and of those who sent little.
_READS: Final = 8
_SHORT_READS: Final = 32


class Turns:
    """What waits for a turn of one event loop; only for its thread.

    Of what waits the oldest and the newest go first, one after the other: who comes beside a crowd does not
    wait for all of it, and nobody waits for ever.
    """

    def __init__(self) -> None:
        self._calls: deque[Callable[[], object]] = deque()
        self._pieces: deque[Callable[[], object]] = deque()
        self._reads: deque[Callable[[], object]] = deque()
        self._short_reads: deque[Callable[[], object]] = deque()
        self._is_due = False
        self._ends: float | None = None
        self._takes_newest = False

    @property
    def is_over(self) -> bool:
        """Whether this turn of the loop has taken long enough, since this was first asked in it. Cost: some
        tenths of a microsecond."""
        now = time.monotonic()
        if self._ends is None:
            self._ends = now + _TURN_S
            asyncio.get_running_loop().call_soon(self._end)
        return now > self._ends

    def add(self, calls: Iterable[Callable[[], object]]) -> None:
        """Have them called, each once. What goes wrong in one ends no other."""
        self._calls.extend(calls)
        self._await()

    def add_piece(self, call: Callable[[], object]) -> None:
        """Have it called, in its order, behind what was added, one in a turn: a piece of work of which there
        may be any number, and which would else hold up what is done soon."""
        self._pieces.append(call)
        self._await()

    def add_read(self, read: Callable[[], object], is_much: bool) -> None:
        """Have it called, in its order, with a few others: each lets the loop read from one client, and how
        long that takes is known no sooner than in the next turn. Who sends little does not wait for all those
        who send much."""
        (self._reads if is_much else self._short_reads).append(read)
        self._await()

    async def turn(self) -> None:
        """Wait for a turn."""
        come = asyncio.get_running_loop().create_future()
        self.add([partial(_let_come, come)])
        await come

    def _await(self) -> None:
        if not self._is_due and (self._calls or self._pieces or self._reads or self._short_reads):
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._take)

    def _end(self) -> None:
        self._ends = None

    def _take(self) -> None:
        self._is_due = False
        # At least one, however long the turn was already.
        _ = self.is_over
        while self._calls:
            self._takes_newest = not self._takes_newest
            _call(self._calls.pop() if self._takes_newest else self._calls.popleft())
            if self.is_over:
                break
        if self._pieces:
            _call(self._pieces.popleft())
        for reads, most in ((self._reads, _READS), (self._short_reads, _SHORT_READS)):
            for _ in range(min(most, len(reads))):
                _call(reads.popleft())
        self._await()


def _call(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:  # noqa: BLE001 - whatever it is, the others have their turn
        _LOG.exception("what waited for its turn failed")


def _let_come(come: asyncio.Future[None]) -> None:
    if not come.done():
        come.set_result(None)
