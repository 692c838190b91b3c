"""All connections of the server: how many there are, what they hold, and which of them has to end.

Each is in the one state that it says, and states are looked through a few times a second: a timer for each
request would take a tenth of the time of a short one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Final, Protocol

from calcigraph.errors import Problem
from calcigraph.web.metrics import Metrics
from calcigraph.web.protocol.request_problems import FrontBusy, RequestTimedOut
from calcigraph.web.serving.connection_limits import FOR_HEALTH, ConnectionLimits
from calcigraph.web.serving.turns import Turns

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 0.25
# A slow network may take so long to begin.
_GRACE_S: Final = 5.0
# After a response that ends the connection: until the client has read it and closes as well.
_LINGER_S: Final = 5.0
# Until a client is taken to have read a response of which nothing waits here, where there is no room.
_READ_S: Final = 1.0
_LOOKED_AT: Final = 16
# How long what was sent ahead may hold up that its client is seen to leave.
_FULL_S: Final = 2.0
# Bodies up to this are taken also where all together have too many bytes.
SMALL_BODY: Final = 1 << 14


class Member(Protocol):
    """A connection, as those who look through all of them see it.

    `head_size` and `body_size` are how much has come of a request, `unread_bytes` how much of responses waits
    here. It `is_for_health` where it asks for no more.
    """

    is_for_health: bool

    @property
    def head_size(self) -> int:
        """Bytes of a head."""

    @property
    def body_size(self) -> int:
        """Bytes of a body."""

    @property
    def unread_bytes(self) -> int:
        """Bytes of responses."""

    def read_since(self) -> int:
        """How many bytes its client has read since this was last asked."""

    def drop_pipelined(self) -> None:
        """Read again, and throw away what was and is sent ahead: the response will be the last."""

    def refuse(self, problem: Problem) -> None:
        """Answer with a problem, and close it."""

    def stop(self) -> None:
        """Close it, unless a request is being answered: then the response will be the last."""

    def abort(self) -> None:
        """Close it at once."""


# Connections in the order in which they came to be so, with the moment of the monotonic clock.
Waiting = dict[Member, float]


class Connections:
    """The connections of one event loop, within their limits.

    A connection is among those that are `idle`, those whose `heads` or `bodies` are arriving, or those that
    are `closing`; while its request is answered it is in none. Beside that it may be `unread`: what was sent
    waits for its client; or `full`: nothing is read from its client, who has sent enough ahead.
    """

    def __init__(self, limits: ConnectionLimits, metrics: Metrics) -> None:
        self.limits = limits
        self.open: set[Member] = set()
        self.idle: Waiting = {}
        self.heads: Waiting = {}
        self.bodies: Waiting = {}
        self.closing: Waiting = {}
        self.unread: Waiting = {}
        self.full: Waiting = {}
        self.body_bytes = 0
        self.turns = Turns()
        # As it was when it was last counted, and what has come to wait since then.
        self._unread_bytes = 0
        self._metrics = metrics
        self._clock: asyncio.TimerHandle | None = None

    def run(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to look through them."""
        self._clock = loop.call_later(_TICK_S, self._look, loop)

    def stop(self) -> None:
        """Look no more."""
        if self._clock is not None:
            self._clock.cancel()

    def admit(self, connection: Member) -> bool:
        """Whether a new connection may stay; one that had its last response makes room for it, else the one
        that has been idle for longest, or one whose head is not there yet. Beyond that there is room for some
        that ask for health alone, which it then `is_for_health`."""
        self.open.add(connection)
        if len(self.open) <= self.limits.connections:
            return True
        for least in (self._answered(), next(iter(self.idle), None), next(iter(self.heads), None)):
            if least is not None:
                self.end(least, "shed")
                return True
        if len(self.open) <= self.limits.connections + FOR_HEALTH:
            connection.is_for_health = True
            return True
        self.end(connection, "full")
        return False

    def _answered(self) -> Member | None:
        """One of those that are closing for longest whose client has had the time to read its response: a
        crowd that is refused and stays would else push out who goes on asking."""
        before = time.monotonic() - _READ_S
        for connection, since in islice(self.closing.items(), _LOOKED_AT):
            if since > before:
                return None
            if connection not in self.unread and not connection.unread_bytes:
                return connection
        return None

    def end(self, connection: Member, reason: str) -> None:
        """End a connection at once, and count it."""
        self.forget(connection)
        self._metrics.count_ended(reason)
        connection.abort()

    def forget(self, connection: Member) -> None:
        """It is gone."""
        self.open.discard(connection)
        self.unread.pop(connection, None)
        self.full.pop(connection, None)
        self.take_out(connection)

    def take_out(self, connection: Member) -> None:
        """It is in none of the states."""
        for waiting in (self.idle, self.heads, self.bodies, self.closing):
            waiting.pop(connection, None)

    def has_room(self, size: int) -> bool:
        """Whether a body that has come to `size` bytes may go on."""
        return self.body_bytes <= self.limits.bodies_bytes or size <= SMALL_BODY

    def is_unread(self, connection: Member, size: int) -> None:
        """So many bytes wait for its client. Where all together are too many, those who have most to read
        are ended."""
        self.unread[connection] = time.monotonic()
        self._unread_bytes += size
        if self._unread_bytes > self.limits.unread_bytes:
            self._check_unread()

    def is_read(self, connection: Member) -> None:
        """Its client has read what waited for it."""
        self.unread.pop(connection, None)

    def _check_unread(self) -> None:
        sizes = {connection: connection.unread_bytes for connection in self.unread}
        self._unread_bytes = sum(sizes.values())
        for connection in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if self._unread_bytes <= self.limits.unread_bytes:
                break
            self._unread_bytes -= sizes[connection]
            self.end(connection, "unread")

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look through all of them. A bug in one look stops none of the others, and not the clock."""
        self._clock = loop.call_later(_TICK_S, self._look, loop)
        now = time.monotonic()
        looks: tuple[Callable[[float], None], ...] = (
            *(self._look_at_idle, self._look_at_heads, self._look_at_bodies),
            *(self._look_at_closing, self._look_at_unread, self._look_at_full),
        )
        for look in looks:
            try:
                look(now)
            except Exception:  # noqa: BLE001 - whatever it is, the others are looked at
                _LOG.exception("connections could not be looked at")

    def _look_at_idle(self, now: float) -> None:
        self._each(self.idle, _since(self.idle, now - self.limits.idle_s), lambda one: self.end(one, "idle"))

    def _look_at_heads(self, now: float) -> None:
        most_s = self.limits.head_s
        late = [one for one, since in self.heads.items() if self._is_late(now - since, one.head_size, most_s)]
        told = f"The head of the request did not arrive within {most_s:g} s."
        self._each(self.heads, late, partial(self._refuse_late, "head", told))

    def _look_at_bodies(self, now: float) -> None:
        most_s = self.limits.body_s
        late = [
            one for one, since in self.bodies.items() if self._is_late(now - since, one.body_size, most_s)
        ]
        told = f"The body of the request came too slowly, or not within {most_s:g} s."
        self._each(self.bodies, late, partial(self._refuse_late, "body", told))

    def _refuse_late(self, reason: str, told: str, connection: Member) -> None:
        self._metrics.count_ended(reason)
        connection.refuse(RequestTimedOut(told, "Send it in one go."))

    def _each(self, waiting: Waiting, found: list[Member], end: Callable[[Member], None]) -> None:
        """End each of those found: some in each turn of the loop, as thousands may be late at the same time;
        what has gone on until then is let be."""

        def end_waiting(connection: Member, since: float) -> None:
            if waiting.get(connection) == since:
                end(connection)

        self.turns.add(partial(end_waiting, connection, waiting[connection]) for connection in found)

    def _is_late(self, seconds: float, size: int, most_s: float) -> bool:
        return seconds > most_s or size < (seconds - _GRACE_S) * self.limits.least_rate

    def _look_at_closing(self, now: float) -> None:
        # One that reads still is looked at as a reader, or has no more to read than fits into a packet.
        ended = [
            one
            for one in _since(self.closing, now - _LINGER_S)
            if not (one in self.unread or one.unread_bytes > 0)
            or now - self.closing[one] > self.limits.reader_s + _LINGER_S
        ]
        self._each(self.closing, ended, lambda one: one.abort())

    def _look_at_unread(self, now: float) -> None:
        window_s = self.limits.reader_s
        for connection, since in tuple(self.unread.items()):
            if now - since < window_s:
                continue
            if connection.read_since() < max(1, self.limits.least_rate * window_s):
                self.end(connection, "unread")
            else:
                self.unread[connection] = now
        self._check_unread()

    def _look_at_full(self, now: float) -> None:
        for connection in _since(self.full, now - _FULL_S):
            self._metrics.count_ended("ahead")
            connection.drop_pipelined()


def _since(waiting: Waiting, moment: float) -> list[Member]:
    """Those that have waited since before `moment`."""
    found = []
    for connection, since in waiting.items():
        if since > moment:
            break
        found.append(connection)
    return found


def busy() -> FrontBusy:
    """Why a body is not taken."""
    return FrontBusy("The bodies of requests take all the memory that there is for them.")
