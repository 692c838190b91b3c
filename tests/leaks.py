"""Sockets that a test leaves open, found at its own end and not while some later test runs.

A plugin of pytest. What is collected unclosed is a ResourceWarning, and fails the test in which it is
collected. So what a failed test still holds is let go of at its end, and where a socket that was opened
meanwhile is open still, everything that can be collected is: a pool that a module shares keeps its own.
"""

from __future__ import annotations

import contextlib
import gc
import socket
import traceback
import weakref
from collections.abc import Generator, Iterator
from types import TracebackType
from typing import Any

import pytest

_FAILED = pytest.StashKey[BaseException]()
_opened: list[weakref.ref[socket.socket]] = []
_open = socket.socket.__init__


def _noted(self: socket.socket, *arguments: Any, **named: Any) -> None:
    _open(self, *arguments, **named)
    _opened.append(weakref.ref(self))


def pytest_configure() -> None:
    # A method of the class that everything derives from: TLS, asyncio and what `accept` gives included.
    socket.socket.__init__ = _noted  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    socket.socket.__init__ = _open  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """What is there now stays: not looked at any more, it makes each collection take a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call" and call.excinfo is not None:
        item.stash[_FAILED] = call.excinfo.value
    return report


@pytest.fixture(autouse=True)
def _nothing_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up before all others of a test, and so ended after them."""
    _opened.clear()
    yield
    failure = request.node.stash.get(_FAILED, None)
    if failure is not None:
        let_go(failure)
    # What its fixtures gave, which have ended by now.
    request.node.funcargs.clear()
    if any(is_open(reference) for reference in _opened):
        gc.collect()


def let_go(failure: BaseException) -> None:
    """Clear what the frames of a failure hold, and of those that led to it or are part of it."""
    waiting, seen = [failure], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            clear(one.__traceback__)
            parts = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
            waiting += [other for other in (one.__cause__, one.__context__, *parts) if other is not None]


def clear(trace: TracebackType | None) -> None:
    for frame, _ in traceback.walk_tb(trace):
        # Those that run still are pytest's own.
        with contextlib.suppress(RuntimeError):
            frame.clear()
            # Whoever read its names, as the report does, left a copy; to read them again empties it.
            _ = frame.f_locals


def is_open(reference: weakref.ref[socket.socket]) -> bool:
    found = reference()
    return found is not None and found.fileno() >= 0
