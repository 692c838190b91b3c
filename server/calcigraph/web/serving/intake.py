"""Whether a connection is read from."""

from __future__ import annotations

import asyncio
from typing import Final

from calcigraph.web.serving.turns import Turns

# One buffer for all connections of the loop's thread: what is read is taken out of it at once.
BUFFER: Final = memoryview(bytearray(1 << 16))
# Whoever sends so much at once may send more of it.
_MUCH_BYTES: Final = 1 << 13
# What is thrown away of a request that was refused, so that its client comes to read why.
_LINGER_BYTES: Final = 32 << 20


class Intake:
    """Pauses the reading from one connection: while it `is_full`, as its client has sent ahead as much as is
    kept, and for the rest of a turn of the loop."""

    def __init__(self, transport: asyncio.Transport, turns: Turns) -> None:
        self._transport = transport
        self._turns = turns
        self._is_resting = False
        self._discarded = 0
        self.is_full = False

    def discard(self, size: int) -> None:
        """So many bytes are thrown away; who sends ever more of them is ended."""
        self._discarded += size
        if self._discarded > _LINGER_BYTES:
            self._transport.abort()

    def fill(self) -> None:
        """Read no more until there is room."""
        if not self.is_full:
            self.is_full = True
            self._transport.pause_reading()

    def make_room(self) -> None:
        """Read again."""
        if self.is_full:
            self.is_full = False
            self._resume()

    def rest_after(self, size: int) -> None:
        """Read no more in this turn where so many bytes were much, or the turn has taken long: libuv would go
        on with one connection up to 32 times, then with all the others that have sent something."""
        is_much = size >= _MUCH_BYTES
        is_enough = is_much or self._turns.is_over
        if is_enough and not (self.is_full or self._is_resting or self._transport.is_closing()):
            self._is_resting = True
            self._transport.pause_reading()
            self._turns.add_read(self._end_rest, is_much)

    def _end_rest(self) -> None:
        self._is_resting = False
        self._resume()

    def _resume(self) -> None:
        if not (self.is_full or self._is_resting or self._transport.is_closing()):
            self._transport.resume_reading()
