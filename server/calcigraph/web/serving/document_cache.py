"""A request's bytes in, the file that the same request was answered with before out.

Whoever asks for a dump again and again would else take a thread for each time, and the time of everybody who
asks for something small.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.finishing import is_conditional
from calcigraph.web.protocol.http_response import HttpResponse
from calcigraph.web.protocol.request_head import RequestHead

# All that the response depends on, besides the data: method and target, and what of the header fields.
DocumentKey = tuple[str, bytes, bytes | None, bytes | None]
_VARYING: Final = frozenset({b"accept", b"accept-encoding"})
_MOST: Final = 64


class DocumentCache:
    """Responses with files of one version of the data; the least recently used one is dropped first (LRU).

    None is kept because of it: what the store has let go is made anew. For one thread.
    """

    def __init__(self) -> None:
        self._responses: OrderedDict[DocumentKey, tuple[HttpResponse, weakref.ref[object]]] = OrderedDict()
        self._version = ""

    def get(self, head: RequestHead, version: str) -> HttpResponse | None:
        """The response to a request about this version; None where it is not kept."""
        if version != self._version:
            self._responses.clear()
            self._version = version
        if not self._responses or not _may_be_repeated(head):
            return None
        kept = self._responses.get(_key(head))
        if kept is None:
            return None
        response, reference = kept
        keeper = reference()
        if keeper is None:
            del self._responses[_key(head)]
            return None
        self._responses.move_to_end(_key(head))
        assert isinstance(response.content, FileContent)
        return response.with_content(replace(response.content, keeper=keeper))

    def put(self, head: RequestHead, response: HttpResponse) -> None:
        """Keep `response` to a request, where it is a whole file, says by a strong entity tag that it follows
        from the version, and depends on nothing else of the request than what is compared here."""
        content = response.content
        if (
            not isinstance(content, FileContent)
            or content.keeper is None
            or response.status != HTTPStatus.OK
            or response.version != self._version
            or not (response.field(b"etag") or b"").startswith(b'"')
            or not _listed(response.field(b"vary")) <= _VARYING
            or not _may_be_repeated(head)
        ):
            return
        keeper = weakref.ref(content.keeper)
        self._responses[_key(head)] = response.with_content(replace(content, keeper=None)), keeper
        if len(self._responses) > _MOST:
            self._responses.popitem(last=False)


def _may_be_repeated(head: RequestHead) -> bool:
    return head.method == "GET" and not is_conditional(head)


def _listed(vary: bytes | None) -> set[bytes]:
    return {name.strip().lower() for name in (vary or b"").split(b",") if name.strip()}


def _key(head: RequestHead) -> DocumentKey:
    return head.method, head.target, head.fields.get(b"accept"), head.fields.get(b"accept-encoding")
