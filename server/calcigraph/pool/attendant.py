"""Something to do now and then in, a thread that does it out."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class Attendant:
    """A thread that calls `step` when it is called for, and when the seconds have passed that the last
    step has named. `lock` guards the calls; `step` runs outside of it, and stops at `dismiss`."""

    def __init__(self, name: str, lock: threading.RLock, step: Callable[[], float]) -> None:
        self._step = step
        self._called = threading.Condition(lock)
        self._due = 0.0
        self._is_dismissed = False
        self._thread = threading.Thread(target=self._attend, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a first step."""
        self._thread.start()

    def call(self, within_s: float = 0.0) -> None:
        """Have a step done within so many seconds; nobody is woken where one is due by then anyway. The
        caller holds the lock."""
        due = time.monotonic() + within_s
        if due < self._due:
            self._due = due
            self._called.notify()

    def dismiss(self) -> None:
        """Have no further step done, and wait until the last one is. The caller does not hold the lock."""
        with self._called:
            self._is_dismissed = True
            self._called.notify()
        self._thread.join()

    def _attend(self) -> None:
        while not self._is_dismissed:
            # Who calls from now on may have changed what this step has already looked at.
            self._due = math.inf
            left_s = self._step()
            with self._called:
                self._due = min(self._due, time.monotonic() + left_s)
                while not self._is_dismissed and (left_s := self._due - time.monotonic()) > 0:
                    self._called.wait(left_s)
