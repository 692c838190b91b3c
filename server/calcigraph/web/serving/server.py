"""A Flask application and a socket in; requests are answered until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

import uvloop
from flask import Flask

from calcigraph.web.serving.acceptor import Acceptor
from calcigraph.web.serving.connection import Connection
from calcigraph.web.serving.connection_limits import ConnectionLimits
from calcigraph.web.serving.connections import Connections
from calcigraph.web.serving.dispatcher import Dispatcher
from calcigraph.web.serving.heap import keep_large_blocks_apart, keep_small
from calcigraph.web.site import publication_of

_GRACE_S: Final = 10.0
_LOOK_S: Final = 0.02
# How long a thread that makes a page may run on while the event loop, in which queries are answered,
# waits for the interpreter. By itself Python gives a thread ten times as long, each time that the loop wakes.
_LOOP_WAITS_S: Final = 0.0005
# In addition to a thread for each query that may run or wait in one.
_THREADS_FOR_PAGES: Final = 32
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def serve(app: Flask, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Answer at `listener` until SIGTERM or SIGINT, then finish what was begun within 10 s; a second signal
    ends it at once.

    `ready` is called once connections are taken. Runs in the main thread.
    """
    # What is loaded is never garbage: to search it for some would stop every request for 50 to 300 ms.
    gc.freeze()
    keep_large_blocks_apart()
    sys.setswitchinterval(_LOOP_WAITS_S)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, listener, ready))


async def _serve(app: Flask, listener: socket.socket, ready: Callable[[], None] | None) -> None:
    loop = asyncio.get_running_loop()
    stopping, ending = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        (ending if stopping.is_set() else stopping).set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    publication = publication_of(app)
    site = publication.current
    connections = Connections(ConnectionLimits.of(site.settings, site.engine.descriptors), site.metrics)
    dispatcher = Dispatcher(publication, app, site.engine.callers + _THREADS_FOR_PAGES)
    acceptor = Acceptor(listener, lambda: Connection(connections, dispatcher), connections.turns)
    acceptor.open()
    connections.run(loop)
    keeping_small = asyncio.create_task(keep_small())
    if ready is not None:
        ready()
    await stopping.wait()
    acceptor.close()
    dispatcher.is_stopping = True
    for connection in tuple(connections.open):
        connection.stop()
    emptied = asyncio.create_task(_emptied(connections))
    ended = asyncio.create_task(ending.wait())
    await asyncio.wait((emptied, ended), timeout=_GRACE_S, return_when=asyncio.FIRST_COMPLETED)
    for connection in tuple(connections.open):
        connection.abort()
    connections.stop()
    keeping_small.cancel()
    dispatcher.close()


async def _emptied(connections: Connections) -> None:
    while connections.open:
        await asyncio.sleep(_LOOK_S)
