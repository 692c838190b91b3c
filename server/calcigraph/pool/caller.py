"""Whether anyone still waits for an answer: a question to the asker in, a ClientGone out where not."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from calcigraph.pool.query_problems import ClientGone

# Often enough that who has left keeps nobody waiting, and seldom enough to cost nothing; a query that
# is done sooner is never asked for.
_LOOK_S: Final = 0.2


class Caller:
    """Who asked one query; `gone` says whether they have left, None where nobody can tell.

    For one thread at a time. `next_look` is the moment of the monotonic clock from which on `look`
    asks again; infinite where there is nothing to ask.
    """

    def __init__(self, gone: Callable[[], bool] | None = None) -> None:
        self._gone = gone
        self.next_look = math.inf if gone is None else time.monotonic() + _LOOK_S

    def look(self) -> None:
        """Ask whether they have left, if it is time to. Raises: ClientGone."""
        if self._gone is None or time.monotonic() < self.next_look:
            return
        if self._gone():
            raise ClientGone
        self.next_look = time.monotonic() + _LOOK_S

    def left_s(self) -> float:
        """Seconds until the next look is due."""
        return max(0.0, self.next_look - time.monotonic())
