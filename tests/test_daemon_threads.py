"""Threads for pages: as many as there is work for, and none that keeps a process from its end."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from calcigraph.web.serving.daemon_threads import DaemonThreads
from polling import MOST_S

ENDLESS = """
import threading
from calcigraph.web.serving.daemon_threads import DaemonThreads
begun = threading.Event()

def never_ends():
    begun.set()
    while True:
        pass

DaemonThreads(2, "page").submit(never_ends)
begun.wait()
"""


def test_a_process_ends_whatever_its_threads_do() -> None:
    done = subprocess.run([sys.executable, "-c", ENDLESS], timeout=MOST_S, check=False)
    assert done.returncode == 0


def test_work_is_done_and_what_it_raises_is_raised() -> None:
    threads = DaemonThreads(2, "page")
    assert [threads.submit(lambda n=n: n * n).result(MOST_S) for n in range(5)] == [0, 1, 4, 9, 16]
    failed = threads.submit(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failed.result(MOST_S)


def test_a_thread_that_is_free_is_taken_before_another_is_started() -> None:
    threads = DaemonThreads(3, "page")
    first = {threads.submit(threading.get_ident).result(MOST_S)}
    barrier = threading.Barrier(3)

    def meet() -> int:
        barrier.wait(MOST_S)
        return threading.get_ident()

    together = {future.result(MOST_S) for future in [threads.submit(meet) for _ in range(3)]}
    assert len(together) == 3
    assert first < together


def test_what_waits_for_a_thread_is_cancelled_and_what_has_begun_is_not() -> None:
    threads = DaemonThreads(1, "page")
    begun, ending = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        ending.wait(MOST_S)
        return "done"

    first, second = threads.submit(work), threads.submit(work)
    assert begun.wait(MOST_S)
    threads.cancel()
    ending.set()
    assert first.result(MOST_S) == "done"
    assert second.cancelled()


def refused(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_where_no_thread_can_be_started_the_work_fails_and_later_work_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = DaemonThreads(1, "page")
    told: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        failed = threads.submit(lambda: 1)
        failed.add_done_callback(lambda ended: told.append(str(ended.exception())))

    assert told == ["can't start new thread"]
    assert threads.submit(lambda: 2).result(MOST_S) == 2


def test_what_no_further_thread_is_there_for_waits_for_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads, ending = DaemonThreads(2, "page"), threading.Event()
    first = threads.submit(lambda: ending.wait(MOST_S))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        second = threads.submit(lambda: "done")
    ending.set()

    assert first.result(MOST_S)
    assert second.result(MOST_S) == "done"
