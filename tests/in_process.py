"""A root in, the application for it out, in this process: for what no request can show."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from werkzeug.datastructures import Headers

from calcigraph.edition import assemble
from calcigraph.pool import Pool
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import request_head
from calcigraph.web.serving.page_threads import answered

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def local_app(root: Root) -> Flask:
    """The application, with a pool that is closed and must not be asked."""
    with Pool.start(b"") as pool:
        return create_app(LocalEngine(assemble(root, "none").edition, pool), Settings())


@dataclass(frozen=True)
class Answered:
    """A response as a connection would send it."""

    status: int
    headers: Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def ask(
    app: Flask, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> Answered:
    """What the application answers, finished, but without a connection."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = request_head.read(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode(), 100)
    response = answered(app, InFlight(head, body, lambda _response: None))
    assert isinstance(response.content, bytes)
    fields = [*response.fields, *response.common.fields]
    found = Headers([(name.decode(), value.decode("latin-1")) for name, value in fields])
    return Answered(response.status, found, response.content)
