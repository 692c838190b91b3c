"""A file that is whole in, a response that sends it out, all of it or the range that is asked for.

No more than a piece of it is in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import IO, Protocol

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed

from calcigraph.web.protocol import caching, compression
from calcigraph.web.protocol.byte_ranges import ByteRange, asked_range, is_current
from calcigraph.web.protocol.versions import Versioned

_PIECE = 1 << 16


class FileContent(Protocol):
    """A file that is whole, with a content coding (RFC 9110 section 8.4) that is "" or "gzip"."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def encoding(self) -> str:
        """The coding that was applied."""

    def open(self) -> IO[bytes]:
        """The file, to be read."""


def validated_file(
    response: Response, published: Versioned, variant: str, made: Callable[[int | None], FileContent]
) -> Response:
    """`response` with a file as its body, and with validators, as `caching.validated` gives them; 304 where
    the client has it, and 206 where a range is asked for (RFC 9110 section 14).

    `made` makes the file, for a client that has not got it, compressed where that is at least as long as its
    argument says. Raises: RangeUnsatisfiable, PreconditionFailed, and what `made` raises.
    """
    caching.say_how_long(response)
    if caching.is_known(response, published.etag(variant)):
        return caching.not_modified(response, published, variant)
    is_compressed = compression.suffix(response)
    content = made(compression.LEAST_BYTES if is_compressed else None)
    if content.encoding:
        response.content_encoding = content.encoding
    caching.mark(response, published, published.etag(variant) + (is_compressed if content.encoding else ""))
    response.content_length = content.size
    response.accept_ranges = "bytes"
    # Preconditions go first (RFC 9110, section 13.2.2).
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    if response.status_code == HTTPStatus.OK:
        _send(response, content, _part(response, content))
    return response


def _part(response: Response, content: FileContent) -> ByteRange | None:
    """The range to be sent; None for everything. Raises: RangeUnsatisfiable."""
    headers = response.headers
    if request.method != "GET" or not is_current(
        request.headers.get("If-Range"), headers["ETag"], headers.get("Last-Modified")
    ):
        return None
    return asked_range(request.headers.get("Range"), content.size)


def _send(response: Response, content: FileContent, part: ByteRange | None) -> None:
    if part is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = (
            f"bytes {part.start}-{part.start + part.length - 1}/{content.size}"
        )
        response.content_length = part.length
    file = content.open()
    response.call_on_close(file.close)
    response.response = _pieces(file, part or ByteRange(0, content.size))
    response.direct_passthrough = True


def _pieces(file: IO[bytes], part: ByteRange) -> Iterator[bytes]:
    file.seek(part.start)
    left = part.length
    while left and (piece := file.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece
