"""Bytes for one client in; how many of them it has read, and when it has read enough for more, out."""

from __future__ import annotations

import asyncio
from typing import Final

# More than this of a response makes its client one that has to read.
_HIGH_WATER: Final = 1 << 14


class Outgoing:
    """What is sent over one connection. `is_paused` while its client reads too slowly for what was written,
    `is_closed` from when nothing more is sent."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(_HIGH_WATER, _HIGH_WATER >> 1)
        self._written = 0
        self._read_before = 0
        self._writable: asyncio.Future[None] | None = None
        self.is_paused = False
        self.is_closed = False

    def write(self, data: bytes) -> None:
        """Send it, unless the connection is being closed."""
        if not self.is_closed:
            self._written += len(data)
            self._transport.write(data)

    def write_both(self, head: bytes, content: bytes) -> None:
        """Send a response. What is long is not joined: what is kept for others is not copied for those who
        read slowly."""
        if len(content) < _HIGH_WATER:
            self.write(head + content)
        else:
            self.write(head)
            self.write(content)

    @property
    def unread_bytes(self) -> int:
        """How many bytes wait for the client to read."""
        return self._transport.get_write_buffer_size()

    def pause(self) -> int:
        """The client reads too slowly. How many bytes wait for it."""
        self.is_paused = True
        size = self.unread_bytes
        self._read_before = self._written - size
        return size

    def resume(self) -> None:
        """The client has read what waited for it, or has left: who waits goes on."""
        self.is_paused = False
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    def close(self) -> None:
        """Send nothing more."""
        self.is_closed = True

    def read_since(self) -> int:
        """How many bytes the client has read since this was last asked, or since it had to."""
        before, self._read_before = self._read_before, self._written - self.unread_bytes
        return self._read_before - before

    async def until_writable(self) -> None:
        """Wait until the client has read most of what was sent, or has left."""
        if self.is_paused and not self.is_closed:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable
