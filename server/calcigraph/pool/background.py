"""A function that is to be called now and then in; a thread that calls it, whatever it raises, out."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Final

_LOG: Final = logging.getLogger(__name__)
# After a failure of a kind that nobody expected, as too few descriptors or too little memory: often enough to
# go on soon after there is some again, and seldom enough to cost nothing until then.
PAUSE_S: Final = 1.0


class BackgroundThread:
    """A thread that calls `step`: at once after `wake`, and when the seconds have passed that the last call
    of `step` has returned.

    No exception ends it: one is counted in `failures`, logged, and followed by another call after a pause.
    `lock` guards the moment of the next call; `step` runs without it. Cost: one waking of a thread a call.
    """

    def __init__(self, name: str, lock: threading.RLock, step: Callable[[], float]) -> None:
        self._step = step
        self._woken = threading.Condition(lock)
        self._due = 0.0
        self._is_stopped = False
        self.failures = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread, which calls `step` first of all. Raises: RuntimeError where the system gives
        none."""
        self._thread.start()

    def wake(self, within_s: float = 0.0) -> None:
        """Have `step` called within so many seconds; the thread is not woken where a call is due by then
        anyway. The caller holds the lock."""
        due = time.monotonic() + within_s
        if due < self._due:
            self._due = due
            self._woken.notify()

    def stop(self, most_s: float | None = None) -> None:
        """Let `step` end where it runs, at most for so many seconds, then end the thread. The caller does not
        hold the lock."""
        with self._woken:
            self._is_stopped = True
            self._woken.notify()
        self._thread.join(most_s)

    def _run(self) -> None:
        while not self._is_stopped:
            # A `wake` from now on may follow a change of what this call has already looked at.
            self._due = math.inf
            left_s = self._called()
            with self._woken:
                self._due = min(self._due, time.monotonic() + left_s)
                while not self._is_stopped and (left_s := self._due - time.monotonic()) > 0:
                    self._woken.wait(left_s)

    def _called(self) -> float:
        """What `step` returns; after a failure the pause."""
        try:
            return self._step()
        except Exception:  # noqa: BLE001 - whatever it is, the pool is kept
            self.failures += 1
            _LOG.exception("%s failed, and goes on", self._thread.name)
        # Others, who wake it, would have it fail as often as they do.
        time.sleep(PAUSE_S)
        return 0.0
