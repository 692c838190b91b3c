"""Whether a connection is read from."""

from __future__ import annotations

import asyncio

from calcigraph.web.serving.turns import Turns


class Intake:
    """Pauses the reading from one connection: while it `is_full`, as its client has sent ahead as much as is
    kept, and for the rest of a turn of the loop."""

    def __init__(self, transport: asyncio.Transport, turns: Turns) -> None:
        self._transport = transport
        self._turns = turns
        self._is_resting = False
        self.is_full = False

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

    def rest(self) -> None:
        """Read no more in this turn: libuv would go on with one connection up to 32 times, then with all the
        others that have sent something."""
        if not (self.is_full or self._is_resting or self._transport.is_closing()):
            self._is_resting = True
            self._transport.pause_reading()
            self._turns.add([self._end_rest])

    def _end_rest(self) -> None:
        self._is_resting = False
        self._resume()

    def _resume(self) -> None:
        if not (self.is_full or self._is_resting or self._transport.is_closing()):
            self._transport.resume_reading()
