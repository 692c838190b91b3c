"""An answer of the pool in, a response out: whole where it is short, streamed where it is long.

A body that fails after its status has been sent is broken off, so that no client takes a part for the whole:
HTTP/1.1 clients miss the last chunk (RFC 9112 section 8).
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from typing import IO

from flask import Response, request

from calcigraph.errors import Problem
from calcigraph.pool import Answer
from calcigraph.pool.query_problems import ClientGone

_LOG = logging.getLogger(__name__)
_IN_MEMORY = 4 << 20
_PIECE = 64 * 1024


class BrokenOffError(OSError):
    """Raised into the server to make it drop the connection without ending the body."""


def respond(answer: Answer, content_type: str) -> Response:
    """The response with the bytes of `answer`.

    A short answer has a strong ETag made from its bytes. Raises: a Problem while nothing is sent.
    """
    if answer.content is not None:
        response = Response(answer.content, content_type=content_type)
        response.set_etag(entity_tag(answer.content, content_type))
        return response
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return _spooled(answer, content_type)
    response = Response(_pieces(answer), content_type=content_type)
    response.call_on_close(answer.body.close)
    return response


def entity_tag(content: bytes, content_type: str) -> str:
    """The strong entity tag, without quotes, of an answer that is known whole."""
    digest = hashlib.sha256(content)
    digest.update(content_type.encode())
    return digest.hexdigest()[:32]


def _pieces(answer: Answer) -> Iterator[bytes]:
    try:
        yield from answer.body
    except ClientGone as problem:
        raise BrokenOffError from problem
    except Problem as problem:
        _LOG.warning("an answer was broken off: %s", type(problem).__name__)
        raise BrokenOffError from problem
    finally:
        answer.body.close()


def _spooled(answer: Answer, content_type: str) -> Response:
    """The whole answer through a temporary file: HTTP/1.0 cannot tell a broken body from an ended one."""
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the response
    try:
        for piece in answer.body:
            spool.write(piece)
    except Problem:
        spool.close()
        raise
    finally:
        answer.body.close()
    size = spool.tell()
    spool.seek(0)
    response = Response(_read(spool), content_type=content_type)
    response.content_length = size
    response.call_on_close(spool.close)
    return response


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
