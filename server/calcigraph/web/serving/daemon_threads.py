"""Work in, its result out by a thread that the end of the process does not wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
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
        """Have a thread do some work; it is done in the order in which it came."""
        future: Future[Any] = Future()
        self._waiting.put((future, work))
        with self._lock:
            self._free -= 1
            is_needed = self._free < 0 and self._started < self._most
            if is_needed:
                self._started += 1
                self._free += 1
        if is_needed:
            threading.Thread(target=self._run, name=f"{self._name}_{self._started}", daemon=True).start()
        return future

    def cancel(self) -> None:
        """Cancel what no thread has begun."""
        try:
            while True:
                future, _ = self._waiting.get_nowait()
                future.cancel()
        except Empty:
            return

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
