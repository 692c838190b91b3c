"""A document that is asked for again is sent again, as long as it is the same and somebody keeps it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from calcigraph.web.protocol import request_head
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.http_response import HeaderFields, HttpResponse
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.serving.document_cache import DocumentCache

TAG = (b"etag", b'"one"')


class Keeper:
    """Who keeps a file."""


def head(*fields: bytes, line: bytes = b"GET /dump HTTP/1.1") -> RequestHead:
    return request_head.read(b"\r\n".join((line, b"Host: x", *fields, b"", b"")), 100)


def document(
    keeper: object, fields: HeaderFields | None = None, status: int = 200, version: str = "v1"
) -> HttpResponse:
    content = FileContent(Path("none"), 7, keeper=keeper)
    return HttpResponse(status, [TAG] if fields is None else fields, content, version, "/dump")


def cache() -> DocumentCache:
    made = DocumentCache()
    assert made.get(head(), "v1") is None
    return made


def test_the_same_request_has_the_same_response() -> None:
    kept, keeper = cache(), Keeper()
    kept.put(head(b"Accept: a/b"), document(keeper))
    found = kept.get(head(b"Accept: a/b", b"User-Agent: another"), "v1")
    assert found is not None
    assert (found.status, found.fields, found.route) == (200, [TAG], "/dump")
    assert isinstance(found.content, FileContent)
    assert found.content.size == 7
    assert found.content.keeper is keeper


@pytest.mark.parametrize(
    "other",
    [
        head(b"Accept: a/c"),
        head(),
        head(b"Accept: a/b", b"Accept-Encoding: gzip"),
        head(b"Accept: a/b", b"Range: bytes=0-1"),
        head(b"Accept: a/b", b'If-None-Match: "one"'),
        head(b"Accept: a/b", line=b"GET /dump?x HTTP/1.1"),
        head(b"Accept: a/b", line=b"HEAD /dump HTTP/1.1"),
    ],
)
def test_another_request_has_none_of_it(other: RequestHead) -> None:
    kept, keeper = cache(), Keeper()
    kept.put(head(b"Accept: a/b"), document(keeper))
    assert kept.get(other, "v1") is None


@pytest.mark.parametrize(
    "response",
    [
        document(Keeper(), status=206),
        document(Keeper(), []),
        document(Keeper(), [(b"etag", b'W/"one"')]),
        document(Keeper(), [TAG, (b"vary", b"Accept, Accept-Language")]),
        document(Keeper(), version="v0"),
        document(None),
        HttpResponse(200, [TAG], b"content", "v1"),
    ],
)
def test_what_may_be_another_one_the_next_time_is_not_kept(response: HttpResponse) -> None:
    kept = cache()
    kept.put(head(), response)
    assert kept.get(head(), "v1") is None


def test_another_version_has_other_documents() -> None:
    kept, keeper = cache(), Keeper()
    kept.put(head(), document(keeper))
    assert kept.get(head(), "v2") is None
    assert kept.get(head(), "v1") is None


def test_nothing_is_kept_that_nobody_else_keeps() -> None:
    kept, keeper = cache(), Keeper()
    kept.put(head(), document(keeper))
    assert kept.get(head(), "v1") is not None
    del keeper
    gc.collect()
    assert kept.get(head(), "v1") is None


def test_there_are_no_more_than_a_few_and_the_least_recently_used_leaves_first() -> None:
    kept, keeper = cache(), Keeper()
    heads = [head(line=b"GET /dump?%d HTTP/1.1" % number) for number in range(100)]
    for one in heads:
        kept.put(one, document(keeper))
        assert kept.get(heads[0], "v1") is not None
    assert kept.get(heads[1], "v1") is None
    assert kept.get(heads[99], "v1") is not None
