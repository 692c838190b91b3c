"""An answer of the pool in, a response out: whole where it is short, streamed where it is long.

A body that fails after its status has been sent is broken off, so that no client takes a part for the whole:
HTTP/1.1 clients miss the last chunk (RFC 9112 section 8).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator

from flask import Response, request

from calcigraph.errors import Problem
from calcigraph.pool import Answer
from calcigraph.pool.query_problems import ClientGone
from calcigraph.web.protocol.spooling import Spool

_LOG = logging.getLogger(__name__)


class BrokenOffError(OSError):
    """Raised where a body ends before its end; its connection has to be closed."""


def respond(answer: Answer, content_type: str, most_bytes: int) -> Response:
    """The response with the bytes of `answer`.

    A short answer has a strong ETag made from its bytes. All that waits for clients of HTTP/1.0 takes at most
    `most_bytes` of temporary files. Raises: a Problem while nothing is sent.
    """
    if answer.content is not None:
        response = Response(answer.content, content_type=content_type)
        response.set_etag(entity_tag(answer.content, content_type))
        return response
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return _spooled(answer, content_type, most_bytes)
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


def _spooled(answer: Answer, content_type: str, most_bytes: int) -> Response:
    try:
        spool = Spool(answer.body, most_bytes)
    finally:
        answer.body.close()
    response = Response(iter(spool), content_type=content_type)
    response.content_length = spool.size
    response.call_on_close(spool.close)
    return response
