"""A source of chance in, pipelines of requests out: well-formed ones, and among them one that was mutated.

Each well-formed request has a mark that its answer shows. What a mutant is, is for the server to say.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import quote, urlencode

_NASTY: Final = (
    b"\0",
    b"\r",
    b"\n",
    b"\x0b",
    b" ",
    b"\t",
    b":",
    b"\x7f",
    b"\x80",
    b"\xff",
    b",",
    b";",
    b"\r\n ",
)
_FIELDS: Final = (
    b"Content-Length: 0",
    b"Content-Length: 5",
    b"content-length: 00007",
    b"Content-Length: +5",
    b"Content-Length: 5, 5",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: \x0bchunked",
    b"Transfer-Encoding : chunked",
    b"transfer_encoding: chunked",
    b"Host: b",
    b"Host: a b",
    b"Expect: 100-continue",
    b"Expect: something",
    b"Connection: Upgrade",
    b"Connection: close",
    b"Connection: keep-alive, close",
    b"Upgrade: h2c",
    b"X: " + b"x" * 40_000,
    b"Range: bytes=0-0,0-0",
    b"Accept: a/b;q=2;;,",
    b"Accept: text/csv;q=0, */*",
    b"Accept-Encoding: br;q=x",
    b"If-None-Match: *",
    b'If-Match: "a',
    b" folded",
    b"no colon",
    b": no name",
)
_METHODS: Final = (
    b"OPTIONS",
    b"PUT",
    b"DELETE",
    b"TRACE",
    b"get",
    b"M-SEARCH",
    b"CONNECT",
    b"P\xc3\xb6ST",
    b"",
)
_VERSIONS: Final = (b"HTTP/1.0", b"HTTP/2.0", b"http/1.1", b"HTTP/1.10", b"HTTP/1.1 ", b"", b"HTTP/0.9")
_TARGETS: Final = (
    b"*",
    b"http://a/version",
    b"/\0",
    b"//",
    b"/%",
    b"/%00",
    b"version",
    b"/a b",
    b"/?" + b"&" * 3000,
)
_SIZES: Final = (
    b"",
    b"-1",
    b"+6",
    b"0x6",
    b"6 ",
    b" 6",
    b"fffffffffffffffff",
    b"7fffffff",
    b"6;" + b"x" * 5000,
    b"g",
)
_TRAILERS: Final = (
    b"T: u",
    b"T : u",
    b" folded",
    b"no colon",
    b"Content-Length: 5",
    b"T: " + b"u" * 5000,
    b"T: \0",
)
# What a mutant has swallowed or left open is filled up by this: so the connection ends at once.
END: Final = b"\0" * 80_000


@dataclass(frozen=True)
class Request:
    """Head without its empty line, and body; `chunks` where it has any. `mark` shows in the answer."""

    mark: str
    lines: tuple[bytes, ...]
    body: bytes = b""
    chunks: tuple[bytes, ...] | None = None
    trailers: tuple[bytes, ...] = ()

    @property
    def data(self) -> bytes:
        return b"\r\n".join(self.lines) + b"\r\n\r\n" + self.framed

    @property
    def framed(self) -> bytes:
        if self.chunks is None:
            return self.body
        return b"".join(self.chunks) + b"".join(line + b"\r\n" for line in self.trailers) + b"\r\n"


@dataclass(frozen=True)
class Pipeline:
    """Marks of requests, and what is sent; the one at `place` was mutated, as `mutation` says, if any was."""

    marks: tuple[str, ...]
    pieces: tuple[bytes, ...]
    place: int | None
    mutation: str
    chunked: int

    @property
    def whole(self) -> int:
        """How many well-formed requests there are before anything else."""
        return len(self.marks) if self.place is None else self.place


def pipeline(chance: random.Random, name: str) -> Pipeline:
    """One to eight requests, in four of five cases a mutant among them."""
    number = chance.randint(1, 8)
    requests = [well_formed(chance, f"{name}.{n}.") for n in range(number)]
    last = requests[-1]
    requests[-1] = Request(
        last.mark, (*last.lines, b"Connection: close"), last.body, last.chunks, last.trailers
    )
    sent = [request.data for request in requests]
    place, mutation = None, ""
    if chance.random() < 0.8:
        place = chance.randrange(number)
        mutation = chance.choice([*MUTATIONS])
        sent[place] = MUTATIONS[mutation](chance, requests[place])
    chunked = sum(request.chunks is not None for request in requests)
    marks = tuple(request.mark for request in requests)
    return Pipeline(marks, _cut(chance, b"".join(sent), END), place, mutation, chunked)


def well_formed(chance: random.Random, mark: str) -> Request:
    """A query that answers its own mark, or an address that is told to be unknown."""
    query = f'SELECT ("{mark}" AS ?m) {{}}'
    lines = [b"Host: a"]
    if chance.random() < 0.5:
        lines.append(b"Accept: " + chance.choice((b"text/csv", b"application/sparql-results+json", b"*/*")))
    if chance.random() < 0.2:
        lines += [b"Upgrade: h2c", b"Connection: Upgrade"]
    chance.shuffle(lines)
    kind = chance.choice(("address", "body", "form", "chunks", "chunks", "page"))
    if kind == "page":
        return Request(mark, (f"GET /id/{mark} HTTP/1.1".encode(), b"Host: a", b"Accept: text/turtle"))
    if kind == "address":
        return Request(mark, (f"GET /sparql?query={quote(query)} HTTP/1.1".encode(), *lines))
    lines.insert(0, b"POST /sparql HTTP/1.1")
    body, media = query.encode(), b"application/sparql-query"
    if kind == "form":
        body, media = urlencode({"query": query}).encode(), b"application/x-www-form-urlencoded"
    lines.append(b"Content-Type: " + media)
    if kind != "chunks":
        return Request(mark, (*lines, b"Content-Length: %d" % len(body)), body)
    chunks, rest = [], body
    while rest:
        size = chance.randint(1, len(rest))
        extension = chance.choice((b"", b"", b";a", b';a="b"'))
        chunks.append(b"%x%b\r\n%b\r\n" % (size, extension, rest[:size]))
        rest = rest[size:]
    trailers = (b"T: u",) * chance.choice((0, 0, 1, 3))
    return Request(mark, (*lines, b"Transfer-Encoding: chunked"), b"", (*chunks, b"0\r\n"), trailers)


def _cut(chance: random.Random, data: bytes, end: bytes) -> tuple[bytes, ...]:
    """In one piece, or in some; what ends it all comes with the last."""
    places = sorted(chance.sample(range(len(data) + 1), k=min(len(data), chance.choice((0, 0, 1, 3, 10)))))
    bounds = [0, *places, len(data)]
    pieces = [data[begin:stop] for begin, stop in pairwise(bounds)]
    return (*pieces[:-1], pieces[-1] + end)


def _flipped(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _inserted(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_NASTY) + data[place:]


def _deleted(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + data[place + chance.choice((1, 1, 2, 10)) :]


def _with_lines(request: Request, lines: list[bytes]) -> bytes:
    return Request(request.mark, tuple(lines), request.body, request.chunks, request.trailers).data


def _with_field(chance: random.Random, request: Request) -> bytes:
    lines = list(request.lines)
    lines.insert(chance.randint(1, len(lines)), chance.choice(_FIELDS))
    return _with_lines(request, lines)


def _line_again(chance: random.Random, request: Request) -> bytes:
    lines = list(request.lines)
    lines.insert(chance.randint(1, len(lines)), chance.choice(lines))
    return _with_lines(request, lines)


def _line_left_out(chance: random.Random, request: Request) -> bytes:
    lines = list(request.lines)
    del lines[chance.randrange(len(lines))]
    return _with_lines(request, lines)


def _many_fields(chance: random.Random, request: Request) -> bytes:
    return _with_lines(request, [*request.lines, *[b"A: b"] * chance.choice((50, 90, 110, 5000))])


def _another_start(chance: random.Random, request: Request) -> bytes:
    parts = request.lines[0].split(b" ", 2)
    place = chance.randrange(3)
    parts[place] = chance.choice((_METHODS, _TARGETS, _VERSIONS)[place])
    return _with_lines(
        request, [chance.choice((b" ", b" ", b" ", b"  ", b"\t")).join(parts), *request.lines[1:]]
    )


def _another_case(chance: random.Random, request: Request) -> bytes:
    """Means the same."""
    first, *fields = request.lines
    split = [line.partition(b":") for line in fields]
    turned = [
        chance.choice((bytes.upper, bytes.lower))(name) + b":" + b"\t " + value for name, _, value in split
    ]
    return _with_lines(request, [first, *turned])


def _bare_line_feeds(chance: random.Random, request: Request) -> bytes:
    head, end, body = request.data.partition(b"\r\n\r\n")
    return (head + end).replace(b"\r\n", b"\n", chance.choice((1, 2, -1))) + body


def _another_length(chance: random.Random, request: Request) -> bytes:
    length = len(request.framed) + chance.choice((-10, -1, 1, 10, 100, 10_000))
    lines = [line for line in request.lines if not line.lower().startswith((b"content-l", b"transfer-e"))]
    return _with_lines(request, [*lines, b"Content-Length: %d" % length])


def _other_chunks(chance: random.Random, request: Request) -> bytes:
    chunks = list(request.chunks or (b"3\r\nASK\r\n", b"3\r\n {}\r\n", b"0\r\n"))
    place = chance.randrange(len(chunks))
    size, end, rest = chunks[place].partition(b"\r\n")
    chunks[place] = chance.choice(
        (
            chance.choice(_SIZES) + end + rest,
            size + chance.choice((b";", b"; a=b", b';a="\\"', b";\n", b" ")) + end + rest,
            size + chance.choice((b"\n", b"\r", b"")) + rest,
            size + end + rest[:-2] + chance.choice((b"\n", b"", b"x\r\n")),
            b"000000" + size + end + rest,
            (size + end + rest) * 2,
        )
    )
    lines = [line for line in request.lines if not line.lower().startswith(b"content-l")]
    if request.chunks is None:
        lines.append(b"Transfer-Encoding: chunked")
    return Request(request.mark, tuple(lines), b"", tuple(chunks), request.trailers).data


def _other_trailers(chance: random.Random, request: Request) -> bytes:
    chunks = request.chunks or (b"6\r\nASK {}\r\n", b"0\r\n")
    lines = [line for line in request.lines if not line.lower().startswith((b"content-l", b"transfer-e"))]
    trailers = tuple(chance.choice(_TRAILERS) for _ in range(chance.choice((1, 3, 5000))))
    return Request(request.mark, (*lines, b"Transfer-Encoding: chunked"), b"", chunks, trailers).data


def _garbage(chance: random.Random, request: Request) -> bytes:
    return chance.randbytes(chance.choice((1, 3, 20, 2000))) + request.data


def _empty_lines(chance: random.Random, request: Request) -> bytes:
    return b"\r\n" * chance.choice((1, 1, 2, 1000)) + request.data


def _cut_short(chance: random.Random, request: Request) -> bytes:
    return request.data[: chance.randrange(len(request.data))]


MUTATIONS: Final[dict[str, Callable[[random.Random, Request], bytes]]] = {
    "a bit": lambda chance, request: _flipped(chance, request.data),
    "a byte more": lambda chance, request: _inserted(chance, request.data),
    "bytes less": lambda chance, request: _deleted(chance, request.data),
    "a field": _with_field,
    "a line again": _line_again,
    "a line less": _line_left_out,
    "many fields": _many_fields,
    "another start": _another_start,
    "another case": _another_case,
    "bare line feeds": _bare_line_feeds,
    "another length": _another_length,
    "other chunks": _other_chunks,
    "other trailers": _other_trailers,
    "garbage before": _garbage,
    "empty lines before": _empty_lines,
    "cut short": _cut_short,
}
