"""What a client has, or wants a part of, decides what is sent (RFC 9110 sections 13 and 14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from calcigraph.web.protocol import request_head
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.finishing import finished
from calcigraph.web.protocol.http_response import HttpResponse, Pieces

CONTENT = bytes(range(256)) * 1000
SIZE = len(CONTENT)
MODIFIED = b"Sun, 06 Nov 1994 08:49:37 GMT"
LATER = b"Sun, 06 Nov 1994 08:49:38 GMT"
EARLIER = b"Sun, 06 Nov 1994 08:49:36 GMT"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> FileContent:
    path: Path = tmp_path_factory.mktemp("content") / "file"
    path.write_bytes(CONTENT)
    return FileContent(path, SIZE)


def sent(file: FileContent, method: str = "GET", **fields: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, fields and content of the response that is sent."""
    lines = b"".join(
        name.replace("_", "-").encode() + b": " + value + b"\r\n" for name, value in fields.items()
    )
    head = request_head.read(method.encode() + b" /file HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n", 100)
    kind = [(b"content-type", b"application/gzip"), (b"etag", b'"tag"'), (b"last-modified", MODIFIED)]
    response = finished(HttpResponse(200, kind, file, "v"), head)
    assert not isinstance(response.content, Pieces)
    content = response.content if isinstance(response.content, bytes) else b"".join(response.content)
    return response.status, dict(response.fields), content


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        (b"bytes=0-0", 0, 0),
        (b"bytes=0-99", 0, 99),
        (b"bytes=100-", 100, SIZE - 1),
        (b"bytes=-100", SIZE - 100, SIZE - 1),
        (b"bytes=-999999999", 0, SIZE - 1),
        (b"bytes=200000-999999999999", 200_000, SIZE - 1),
        (b"BYTES= 5-6 ", 5, 6),
        (b"bytes=%d-" % (SIZE - 1), SIZE - 1, SIZE - 1),
    ],
)
def test_a_part_of_a_file_is_sent_as_it_is_asked_for(
    file: FileContent, asked: bytes, first: int, last: int
) -> None:
    status, fields, content = sent(file, range=asked)
    assert (status, content) == (206, CONTENT[first : last + 1])
    assert fields[b"content-range"] == b"bytes %d-%d/%d" % (first, last, SIZE)
    assert fields[b"content-length"] == b"%d" % (last - first + 1)
    assert fields[b"etag"] == b'"tag"'


@pytest.mark.parametrize(
    "asked", [b"bytes=2-1", b"bytes=-", b"bytes=a-b", b"lines=0-1", b"bytes=0-1,5-6", b"bytes 0-1", b""]
)
def test_what_is_no_single_range_is_ignored(file: FileContent, asked: bytes) -> None:
    status, fields, content = sent(file, range=asked)
    assert (status, content) == (200, CONTENT)
    assert fields[b"accept-ranges"] == b"bytes"


@pytest.mark.parametrize("asked", [b"bytes=%d-" % SIZE, b"bytes=999999999-999999999", b"bytes=-0"])
def test_a_range_beyond_the_end_is_refused(file: FileContent, asked: bytes) -> None:
    status, fields, content = sent(file, range=asked)
    assert status == 416
    assert fields[b"content-range"] == b"bytes */%d" % SIZE
    assert fields[b"content-type"] == b"application/problem+json"
    assert b"RangeUnsatisfiable" in content


@pytest.mark.parametrize(
    ("condition", "status"),
    [(b'"tag"', 206), (b'W/"tag"', 200), (b'"other"', 200), (MODIFIED, 206), (LATER, 200), (b"tag", 200)],
)
def test_a_part_is_sent_of_the_same_thing_alone(file: FileContent, condition: bytes, status: int) -> None:
    assert sent(file, range=b"bytes=0-9", if_range=condition)[0] == status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"if_none_match": b'"tag"'}, 304),
        ({"if_none_match": b'W/"tag"'}, 304),
        ({"if_none_match": b'"a", "tag"'}, 304),
        ({"if_none_match": b"*"}, 304),
        ({"if_none_match": b'"a"'}, 200),
        ({"if_none_match": b"tag"}, 200),
        ({"if_modified_since": MODIFIED}, 304),
        ({"if_modified_since": LATER}, 304),
        ({"if_modified_since": EARLIER}, 200),
        ({"if_modified_since": b"yesterday"}, 200),
        ({"if_modified_since": b"x" * 1000 + b"GMT"}, 200),
        ({"if_modified_since": LATER, "if_none_match": b'"a"'}, 200),
        ({"if_match": b'"tag"'}, 200),
        ({"if_match": b"*"}, 200),
        ({"if_match": b'W/"tag"'}, 412),
        ({"if_match": b'"a"'}, 412),
        ({"if_match": b'"a"', "if_none_match": b'"tag"'}, 412),
        ({"if_match": b'"tag"', "if_none_match": b'"tag"'}, 304),
        ({"if_unmodified_since": MODIFIED}, 200),
        ({"if_unmodified_since": EARLIER}, 412),
        ({"if_unmodified_since": EARLIER, "if_match": b'"tag"'}, 200),
        ({"if_none_match": b'"tag"', "range": b"bytes=0-1"}, 304),
    ],
)
def test_conditions_are_met_in_their_order(file: FileContent, fields: dict[str, bytes], status: int) -> None:
    found, sent_fields, content = sent(file, **fields)
    assert found == status
    if status == 304:
        assert content == b""
        assert b"content-length" not in sent_fields
    assert (
        sent(file, "HEAD", **{name: value for name, value in fields.items() if name != "range"})[0] == status
    )


def test_head_of_a_file_says_its_size_and_sends_nothing(file: FileContent) -> None:
    status, fields, content = sent(file, "HEAD", range=b"bytes=0-1")
    assert (status, content) == (200, b"")
    assert fields[b"content-length"] == b"%d" % SIZE


def test_a_post_meets_no_condition(file: FileContent) -> None:
    assert sent(file, "POST", if_none_match=b"*", range=b"bytes=0-1")[0] == 200
