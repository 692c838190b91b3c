"""Requests for pages, in threads: a few that have just begun at once, and nobody behind what waits."""

from __future__ import annotations

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import cast

from flask import Flask

from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import request_head
from calcigraph.web.serving.page_threads import PageThreads
from polling import MOST_S
from test_turns import in_a_loop

HEAD = request_head.read(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n", 100)
APP = cast(Flask, SimpleNamespace(extensions={"calcigraph": None}))
SHORT = 40


def request() -> InFlight:
    return InFlight(HEAD, b"", lambda _: None)


def test_a_crowd_of_short_pages_leaves_the_interpreter_to_the_event_loop() -> None:
    lock, at_work = threading.Lock(), [0, 0]

    def respond() -> None:
        with lock:
            at_work[0] += 1
            at_work[1] = max(at_work)
        time.sleep(0.002)
        with lock:
            at_work[0] -= 1

    async def scene() -> None:
        pages, ended = PageThreads(APP, 100, 100), list[None]()
        for _ in range(SHORT):
            pages._run(request(), respond, lambda _: ended.append(None))
        while len(ended) < SHORT:
            await asyncio.sleep(0.001)

    in_a_loop(scene)
    assert at_work[0] == 0
    assert at_work[1] <= SHORT // 4


def test_what_waits_in_a_thread_holds_up_no_other() -> None:
    async def scene() -> None:
        pages, waits, ended = PageThreads(APP, 100, 100), threading.Event(), asyncio.Event()
        for _ in range(10):
            pages._run(request(), lambda: cast(None, waits.wait(MOST_S)))
        pages._run(request(), lambda: None, lambda _: ended.set())
        await ended.wait()
        assert not waits.is_set()
        waits.set()

    in_a_loop(scene)
