"""Something to do now and then in, a thread that does it out."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Attendant:
    """A thread that calls `step` when it is called for, and when the seconds have passed that the last
    step has named. `lock` guards the calls; `step` runs outside of it, and stops at `dismiss`."""

    def __init__(self, name: str, lock: threading.RLock, step: Callable[[], float]) -> None:
        self._step = step
        self._called = threading.Condition(lock)
        self._is_called = True
        self._is_dismissed = False
        self._thread = threading.Thread(target=self._attend, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a first step."""
        self._thread.start()

    def call(self) -> None:
        """Have a step done soon. The caller holds the lock."""
        self._is_called = True
        self._called.notify()

    def dismiss(self) -> None:
        """Have no further step done, and wait until the last one is. The caller does not hold the lock."""
        with self._called:
            self._is_dismissed = True
            self._called.notify()
        self._thread.join()

    def _attend(self) -> None:
        while not self._is_dismissed:
            left_s = self._step()
            with self._called:
                if not self._is_called and not self._is_dismissed:
                    self._called.wait(left_s)
                self._is_called = False
