"""A response in, the lines that go before its content out (RFC 9112 section 4)."""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from calcigraph.web.protocol.http_response import HttpResponse

_STATUS_LINES: Final = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status.value, status.phrase.encode()) for status in HTTPStatus
}
_CLOSE: Final = b"connection: close\r\n"
_KEEP_ALIVE: Final = b"connection: keep-alive\r\n"
_CHUNKED: Final = b"transfer-encoding: chunked\r\n"


def head_of(response: HttpResponse, keeps_alive: bool, is_old: bool, is_chunked: bool = False) -> bytes:
    """The head of a response, to a request of HTTP/1.0 where it `is_old`."""
    connection = (_KEEP_ALIVE if is_old else b"") if keeps_alive else _CLOSE
    coding = _CHUNKED if is_chunked else b""
    status, date = _status_line(response.status), _date_line(int(time.time()))
    return b"".join((status, date, connection, response.lines, coding, b"\r\n"))


@lru_cache(128)
def _status_line(status: int) -> bytes:
    return _STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status


@lru_cache(2)
def _date_line(second: int) -> bytes:
    """RFC 9110 section 6.6.1."""
    return f"date: {formatdate(second, usegmt=True)}\r\n".encode()
