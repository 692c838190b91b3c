"""Work in, its result out by a thread that the end of the process does not wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any


class DaemonThreads:
    """Threads that end with the process. Python waits at its end for those of
    `concurrent.futures.ThreadPoolExecutor`, so one whose work never ends would keep a process that was told
    to stop.

    At most `most` of them, each started when there is work and none is free.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        # Threads that do nothing, less the work that waits for one.
        self._free = 0

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """Have a thread do some work; it is done in the order in which it came. Where the system has no
        thread to give and there is none, the future raises what it says."""
        future: Future[Any] = Future()
        with self._lock:
            self._waiting.put((future, work))
            self._free -= 1
            is_needed = self._free < 0 and self._started < self._most
            if is_needed:
                self._started += 1
                self._free += 1
            name = f"{self._name}_{self._started}"
        if is_needed:
            try:
                threading.Thread(target=self._run, name=name, daemon=True).start()
            except RuntimeError as error:
                self._take_back(error)
        return future

    def cancel(self) -> None:
        """Cancel what no thread has begun."""
        with self._lock:
            futures = self._not_begun()
        for future in futures:
            future.cancel()

    def _take_back(self, error: RuntimeError) -> None:
        """A thread was not started. What waits is done by the others, or by nobody."""
        with self._lock:
            self._started -= 1
            self._free -= 1
            futures = self._not_begun() if not self._started else []
        # Beyond the lock, as what is called back may submit more.
        for future in futures:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)

    def _not_begun(self) -> list[Future[Any]]:
        """The futures that wait, taken out. The lock is held."""
        futures = []
        with suppress(Empty):
            while True:
                futures.append(self._waiting.get_nowait()[0])
                self._free += 1
        return futures

    def _run(self) -> None:
        while True:
            _do(*self._waiting.get())
            with self._lock:
                self._free += 1


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whoever waits for the result raises it
        future.set_exception(error)
    else:
        future.set_result(result)
