"""Heads and bodies of requests: what is taken another reader of HTTP/1.1 takes, and reads as the same.

h11 is that reader: a state machine of its own, written from RFC 9112. Over a socket the same is tried in
test_http_smuggling.py.
"""

from __future__ import annotations

import contextlib
import gc
import weakref
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calcigraph.errors import Problem
from calcigraph.web.protocol import request_head
from calcigraph.web.serving.request_body import ChunkedBody, SizedBody

MOST_FIELDS = 100
LARGEST_BODY = 1000
MOST_CHUNKS = 1000


@dataclass(frozen=True)
class Message:
    """A request as a reader understands it, and what it leaves of the bytes."""

    method: str
    target: bytes
    fields: dict[bytes, bytes]
    body: bytes
    rest: bytes


def ours(data: bytes) -> Message:
    """Raises: Problem; EOFError where something is missing."""
    end = data.find(request_head.END)
    if end < 0:
        raise EOFError
    head = request_head.read(data[: end + 4], MOST_FIELDS)
    body = (
        ChunkedBody(LARGEST_BODY, MOST_CHUNKS)
        if head.length is None
        else SizedBody(head.length, LARGEST_BODY)
    )
    rest = data[end + 4 :]
    if not body.is_whole:
        rest = body.feed(rest)
    if not body.is_whole:
        raise EOFError
    return Message(head.method, head.target, dict(head.fields), bytes(body.content), rest)


def theirs(data: bytes) -> Message:
    """Raises: h11.RemoteProtocolError; EOFError where something is missing."""
    reader = h11.Connection(h11.SERVER)
    reader.receive_data(data)
    request, body = None, b""
    while True:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            raise EOFError
        if isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            break
    assert request is not None
    fields: dict[bytes, bytes] = {}
    for name, value in request.headers:
        fields[name] = fields[name] + b", " + value if name in fields else value
    return Message(request.method.decode(), request.target, fields, body, reader.trailing_data[0])


def without_named_differences(message: Message) -> Message:
    """Ours leaves out what offers another protocol, and names that WSGI could not tell apart; theirs has the
    coding in lower case."""
    left_out = (b"upgrade", b"http2-settings")
    fields = {
        name: value for name, value in message.fields.items() if name not in left_out and b"_" not in name
    }
    if b"transfer-encoding" in fields:
        fields[b"transfer-encoding"] = fields[b"transfer-encoding"].lower()
    return Message(message.method, message.target, fields, message.body, message.rest)


LINE_ENDS = st.sampled_from(
    [b"\r\n"] * 150 + [b"\n", b"\r", b"\r\r\n", b" \r\n", b"\t\r\n", b"\r\n ", b"\x00\r\n"]
)
METHODS = st.sampled_from(
    [*([b"GET", b"POST", b"HEAD", b"OPTIONS"] * 4), b"get", b"M-SEARCH", b"G ET", b"", b"G\x00T"]
)
TARGETS = st.sampled_from(
    [
        *[b"/", b"/a?b=c"] * 8,
        *(
            b"/",
            b"/sparql?query=ASK%7B%7D",
            b"/a//b",
            b"/?a=b&c",
            b"*",
            b"http://h/p?q",
            b"http://h",
            b"/%zz",
        ),
        *(b"nothing", b"/a b", b"", b"/\x7f", b"/a\tb", b"http://", b"HTTP://h:80/x", b'/"<>{}|\\^`'),
    ]
)
VERSIONS = st.sampled_from(
    [b"HTTP/1.1"] * 12 + [b"HTTP/1.0"] * 3 + [b"HTTP/2.0", b"http/1.1", b"HTTP/1.10", b""]
)
HOSTS = st.sampled_from(
    [
        *[[b"Host: a"]] * 12,
        [b"host:\ta:80 "],
        [b"Host: [::1]:80"],
        [],
        [b"Host: a", b"Host: a"],
        [b"Host: a b"],
    ]
)
FIELDS = st.sampled_from(
    [
        *[b"Accept: */*", b"X: y"] * 6,
        *(
            b"Accept: text/csv",
            b"accept:a",
            b"ACCEPT:  b  ",
            b"X: \x80\xff",
            b"X:",
            b'X: a,b;c="d"',
            b"x-y: 1",
        ),
        *(b"Connection: close", b"Connection: Upgrade", b"Upgrade: h2c", b"HTTP2-Settings: AAMA", b"X_Y: 1"),
        *(
            b"X : 1",
            b" X: 1",
            b"X: a\x00b",
            b"X: a\x0bb",
            b": a",
            b"X",
            b"X: a\rb",
            b"X: a\nb",
            b"\xe9: 1",
            b"X y: 1",
        ),
    ]
)
BODIES = st.sampled_from(
    [
        *[([], b"")] * 6,
        *[([b"Content-Length: 3"], b"abc")] * 3,
        *[([b"Transfer-Encoding: chunked"], b"3\r\nabc\r\n0\r\n\r\n")] * 3,
        *[
            ([b"transfer-encoding: Chunked"], b'1\r\na\r\n0002;x="y"\r\nbc\r\n0;z\r\nT: u\r\n\r\n'),
            ([b"Content-Length: 0"], b""),
            ([b"Content-Length: 03"], b"abc"),
            ([b"Content-Length: +3"], b"abc"),
            ([b"Content-Length: 3", b"Content-Length: 3"], b"abc"),
            ([b"Content-Length: 3, 3"], b"abc"),
            ([b"Content-Length: 3", b"Content-Length: 4"], b"abcd"),
            ([b"Content-Length: 3", b"Transfer-Encoding: chunked"], b"3\r\nabc\r\n0\r\n\r\n"),
            *[([b"Transfer-Encoding: gzip, chunked"], b"3\r\nabc\r\n0\r\n\r\n")] * 2,
            ([b"Transfer-Encoding: chunked, chunked"], b"0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"], b"0\r\n\r\n"),
            ([b"Transfer-Encoding: \x0bchunked"], b"0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"3\r\nabcd\r\n0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"3\nabc\r\n0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"3;a\nb\r\nabc\r\n0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"0x3\r\nabc\r\n0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"3 \r\nabc\r\n0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"-3\r\nabc\r\n0\r\n\r\n"),
            ([b"Transfer-Encoding: chunked"], b"3\r\nabc\r\n0\r\n T: u\r\n\r\n"),
        ],
    ]
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request, most often a good one, with another behind it."""
    framing, body = draw(BODIES)
    lines = [*draw(HOSTS), *draw(st.lists(FIELDS, max_size=4)), *framing]
    first = b" ".join((draw(METHODS), draw(TARGETS), draw(VERSIONS)))
    head = b"".join(line + draw(LINE_ENDS) for line in [first, *draw(st.permutations(lines))])
    return head + b"\r\n" + body + draw(st.sampled_from([b"", b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"]))


def test_what_is_taken_another_reader_takes_and_reads_as_the_same() -> None:
    hits: Counter[str] = Counter()

    @settings(max_examples=3000, database=None)
    @given(requests())
    def judged(data: bytes) -> None:
        try:
            taken = ours(data)
        except (Problem, EOFError) as refused:
            hits[type(refused).__name__] += 1
            return
        hits["with a body" if taken.body else "taken"] += 1
        assert without_named_differences(taken) == without_named_differences(theirs(data))

    judged()
    assert hits["taken"] >= 300, hits
    assert hits["with a body"] >= 100, hits
    assert hits["RequestMalformed"] >= 200, hits
    assert hits["CodingUnknown"] >= 3, hits
    assert hits["VersionUnsupported"] >= 10, hits


@given(st.binary(max_size=60))
def test_whatever_bytes_come_are_taken_or_refused(noise: bytes) -> None:
    for data in (noise + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n" + noise + b"\r\n\r\n"):
        with contextlib.suppress(Problem, EOFError):
            ours(data)


@pytest.mark.parametrize(
    ("target", "path", "query", "kept"),
    [
        (b"/id/caf\xc3\xa9?x=\xc3\xa9", b"/id/caf%C3%A9", b"x=%C3%A9", b"/id/caf%C3%A9?x=%C3%A9"),
        (b"http://other/x?y", b"/x", b"y", b"http://other/x?y"),
        (b"http://other?y", b"/", b"y", b"http://other?y"),
        (b"//a/b", b"//a/b", b"", b"//a/b"),
        (b"/a%2Fb?c?d", b"/a%2Fb", b"c?d", b"/a%2Fb?c?d"),
        (b"/a%23b?c#d?e", b"/a%23b", b"c", b"/a%23b?c#d?e"),
    ],
)
def test_a_target_is_read_in_all_its_forms(target: bytes, path: bytes, query: bytes, kept: bytes) -> None:
    """A named difference to h11: bytes beyond ASCII, which clients send of IRIs, mean their escapes."""
    head = request_head.read(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n", MOST_FIELDS)
    assert (head.raw_path, head.query_string, head.target) == (path, query, kept)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_chunked_body_is_the_same_in_pieces_of_any_size(size: int) -> None:
    whole = b"4;ext=1\r\nwiki\r\n5\r\npedia\r\n0\r\nTrailer: x\r\n\r\nrest"
    body, rest = ChunkedBody(LARGEST_BODY, MOST_CHUNKS), b""
    for begin in range(0, len(whole), size):
        piece = whole[begin : begin + size]
        rest += piece if body.is_whole else body.feed(piece)
    assert (bytes(body.content), rest) == (b"wikipedia", b"rest")


def test_a_body_that_is_dropped_is_gone_at_once_whatever_it_waits_for() -> None:
    """Its memory is not to wait for a search for garbage, which an idle process does not make."""
    for received in (b"", b"5\r\n", b"5\r\nabc", b"5\r\nabcde", b"0\r\n", b"0\r\nT: u\r\n"):
        body = ChunkedBody(LARGEST_BODY, MOST_CHUNKS)
        body.feed(received)
        alive = weakref.ref(body)
        gc.disable()
        try:
            del body
            assert alive() is None, received
        finally:
            gc.enable()


@pytest.mark.parametrize(
    "beside", [b"1;" + b"x" * 5000, b"0\r\n" + b"T: u\r\n" * 10_000, b"1;a\r\nx\r\n" * 10_000, b"0" * 20_000]
)
def test_what_stands_beside_the_content_of_chunks_is_bounded(beside: bytes) -> None:
    body = ChunkedBody(1 << 20, MOST_CHUNKS)

    def feed_all() -> None:
        for begin in range(0, len(beside), 100):
            body.feed(beside[begin : begin + 100])

    with pytest.raises(Problem):
        feed_all()
    assert body.size < 1 << 16


def test_a_body_may_come_in_so_many_chunks_and_no_more() -> None:
    chunk, end = b"5\r\n12345\r\n", b"0\r\n\r\n"
    body = ChunkedBody(LARGEST_BODY, 10)
    assert body.feed(chunk * 10 + end + b"rest") == b"rest"
    assert body.is_whole
    with pytest.raises(Problem, match="more than 10 chunks"):
        ChunkedBody(LARGEST_BODY, 10).feed(chunk * 11 + end)


def test_of_many_short_chunks_only_some_are_read_at_once() -> None:
    """Each takes as long as a thousand bytes of a long one."""
    body, rest, sizes = ChunkedBody(10_000, MOST_CHUNKS), b"5\r\n12345\r\n" * 1000 + b"0\r\n\r\n", [0]
    while not body.is_whole:
        rest = body.feed(rest)
        sizes.append(len(body.content))
    assert bytes(body.content) == b"12345" * 1000
    assert max(after - before for before, after in pairwise(sizes)) == 5 * 200
