"""A WSGI application and an address in, a server that answers there until it is told to stop out."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

from flask import Flask
from waitress.server import create_server

from calcigraph.errors import EnvironmentProblem

# Requests wait in waitress's loop without holding a thread until they have arrived whole, and
# answers leave through its buffers: a slow client costs memory, not a thread.
# What does hold one is an answer longer than the buffer, until it is read or its deadline ends it;
# the pool allows fewer of these at a time than there are threads.
_THREADS = 64
_BUFFERED_ANSWER = 2 << 20
_LARGEST_HEADER = 1 << 20
_LARGEST_BODY = 4 << 20
_IDLE_S = 60


class Stopped(BaseException):
    """Raised by the signal that ends the server; nothing but `serve` catches it."""


def serve(app: Flask, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Answer at `listener` until SIGTERM or SIGINT, then finish.

    `ready` is called once connections are taken. Runs in the main thread.
    """
    server = create_server(
        app,
        sockets=[listener],
        threads=_THREADS,
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
    with _stopping():
        try:
            if ready is not None:
                ready()
            server.run()
        except Stopped:
            pass
        finally:
            server.task_dispatcher.shutdown(timeout=5)
            server.close()


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
def _stopping() -> Iterator[None]:
    """Let SIGTERM and SIGINT end what runs inside by raising Stopped."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
