"""Waiting for what another thread or process is about to do, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

# Nothing that is waited for takes so long, even beside eight busy processes: what has not come is not coming.
MOST_S = 300.0
_LOOK_S = 0.01


def until(
    condition: Callable[[], object],
    sleep: Callable[[float], object] = time.sleep,
    most_s: float = MOST_S,
) -> None:
    """Return as soon as the condition holds, looked at between the `sleep`s, which take seconds.
    Raises: AssertionError where it does not come to hold within `most_s`."""
    give_up = time.monotonic() + most_s
    while not condition():
        assert time.monotonic() < give_up, "what was waited for has not come"
        sleep(_LOOK_S)


def deadlines(first_s: float, most_s: float) -> Iterator[float]:
    """Seconds, each twice those before: for what has to begin before a deadline and to end by it, which a
    fixed one would allow on a quiet machine alone."""
    while first_s < most_s:
        yield first_s
        first_s *= 2
    yield most_s
