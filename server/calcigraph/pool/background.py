"""A function that is to be called now and then in; a thread that calls it, out."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class BackgroundThread:
    """A thread that calls `step`: at once after `wake`, and when the seconds have passed that the last call
    of `step` has returned.

    `lock` guards the moment of the next call; `step` runs without it. Cost: one waking of a thread a call.
    """

    def __init__(self, name: str, lock: threading.RLock, step: Callable[[], float]) -> None:
        self._step = step
        self._woken = threading.Condition(lock)
        self._due = 0.0
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread, which calls `step` first of all."""
        self._thread.start()

    def wake(self, within_s: float = 0.0) -> None:
        """Have `step` called within so many seconds; the thread is not woken where a call is due by then
        anyway. The caller holds the lock."""
        due = time.monotonic() + within_s
        if due < self._due:
            self._due = due
            self._woken.notify()

    def stop(self) -> None:
        """Let `step` end where it runs, then end the thread. The caller does not hold the lock."""
        with self._woken:
            self._is_stopped = True
            self._woken.notify()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_stopped:
            # A `wake` from now on may follow a change of what this call has already looked at.
            self._due = math.inf
            left_s = self._step()
            with self._woken:
                self._due = min(self._due, time.monotonic() + left_s)
                while not self._is_stopped and (left_s := self._due - time.monotonic()) > 0:
                    self._woken.wait(left_s)
