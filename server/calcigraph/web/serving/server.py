"""A Flask application and a socket in; requests are answered until SIGTERM or SIGINT."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

import uvicorn
from flask import Flask

from calcigraph.web.serving.asgi import AsgiApplication
from calcigraph.web.serving.connection import IDLE_S, Connection
from calcigraph.web.serving.query_endpoint import QueryEndpoint
from calcigraph.web.site import publication_of

_GRACE_S: Final = 10
_MOST_CONNECTIONS: Final = 1000
_LARGEST_BODY: Final = 4 << 20
# In addition to a thread for each query that may run or wait in one.
_THREADS_FOR_PAGES: Final = 32


def serve(app: Flask, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Answer at `listener` until SIGTERM or SIGINT, then finish what was begun.

    `ready` is called once connections are taken. Runs in the main thread.
    """
    publication = publication_of(app)
    site = publication.current
    threads = site.engine.callers + _THREADS_FOR_PAGES
    front = AsgiApplication(
        app, QueryEndpoint(publication), threads, max(_LARGEST_BODY, 3 * site.settings.query_bytes)
    )
    # Errors are logged by the ASGI application; this logger would also report each client that leaves.
    logging.getLogger("uvicorn.error").disabled = True
    server = _Server(_config(front), ready)
    # What is loaded is never garbage: to search it for some would stop every request for 50 to 300 ms.
    gc.freeze()
    with _signals_end_nothing_else():
        server.run(sockets=[listener])


def _config(front: AsgiApplication) -> uvicorn.Config:
    return uvicorn.Config(
        front,
        http=Connection,
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=int(IDLE_S),
        timeout_graceful_shutdown=_GRACE_S,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None:
            self._ready()


@contextlib.contextmanager
def _signals_end_nothing_else() -> Iterator[None]:
    """uvicorn stops at SIGTERM and SIGINT, then raises them again for the handlers that were there before.
    Those would end this process before its pool is closed, so they are replaced."""

    def ignore(_number: int, _frame: FrameType | None) -> None:
        pass

    before = {number: signal.signal(number, ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
