"""A WSGI application and an address in, a server that answers there until it is told to stop out."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from calcigraph.errors import EnvironmentProblem

# Requests wait in waitress's loop without holding a thread until they have arrived whole, and
# answers leave through its buffers: a slow client costs memory, not a thread.
# What does hold one is an answer longer than the buffer, until it is read or its deadline ends it;
# the pool allows fewer of these at a time than there are threads.
_THREADS = 64
_BUFFERED_ANSWER = 2 << 20
# waitress notices that a client has left only while it would read a further request from it. A client
# that closes its half of the connection alone counts as gone too (RFC 9112 section 9.5 lets a server).
_LOOKAHEAD = 1
_LARGEST_HEADER = 1 << 20
_LARGEST_BODY = 4 << 20
_IDLE_S = 60
_TICK_S = 0.5
_GRACE_S = 10


def serve(app: Flask, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Answer at `listener` until SIGTERM or SIGINT, then finish what was begun.

    `ready` is called once connections are taken. Runs in the main thread.
    """
    channels: dict[int, Any] = {}
    server = create_server(
        app,
        map=channels,
        sockets=[listener],
        threads=_THREADS,
        channel_request_lookahead=_LOOKAHEAD,
        ident="calcigraph",
        max_request_header_size=_LARGEST_HEADER,
        max_request_body_size=_LARGEST_BODY,
        channel_timeout=_IDLE_S,
        connection_limit=1000,
        outbuf_high_watermark=_BUFFERED_ANSWER,
        # An answer that is broken off half-way is no error of the socket; see web.streaming.
        log_socket_errors=False,
        clear_untrusted_proxy_headers=True,
    )
    with _stopped_by_signal(server.pull_trigger) as is_stopped:
        if ready is not None:
            ready()
        while not is_stopped():
            wasyncore.loop(timeout=_TICK_S, map=channels, count=1)
        _finish(server, channels)


def _finish(server: Any, channels: dict[int, Any]) -> None:
    """Take no more connections, and let the requests that are under way be answered."""
    server.del_channel()
    server.socket.close()
    until = time.monotonic() + _GRACE_S
    while time.monotonic() < until and any(
        channel.requests or channel.total_outbufs_len for channel in server.active_channels.values()
    ):
        wasyncore.loop(timeout=_TICK_S, map=channels, count=1)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(channels, ignore_all=True)


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound to an address; port 0 takes a free one.

    Raises: EnvironmentProblem where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise EnvironmentProblem(
            f"The address {host}:{port} cannot be had: {error.strerror}.", "Choose another --host or --port."
        ) from error
    listener.listen(1024)
    return listener


@contextlib.contextmanager
def _stopped_by_signal(wake: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM or SIGINT has come. The handler raises nothing: the loop takes any exception
    for a failure of the connection that it was busy with."""
    came: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        wake()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
