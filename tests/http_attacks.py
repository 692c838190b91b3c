"""What anonymous clients send to freeze a server, to fill its memory, or to mislead it, by name.

Each kind has the attack that once got somewhere and at least three neighbours of it.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from hostile_clients import Manners, Pieces, Statuses

HOST: Final = b"Host: a\r\n"
CLOSE: Final = b"Connection: close\r\n"
# Nothing but its deadline ends it.
ENDLESS: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != <urn:%s>) }"
)
LONG: Final = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
FORGED: Final = "FORGED"
_MIB: Final = 1 << 20
# What fits into a head beside the rest of it.
_FITS: Final = 30_000


@dataclass(frozen=True)
class Attack:
    """What each client sends, how it behaves, what it may be answered, and how many do so at once: once in
    passing, and in a campaign. `ended_as` is the reason that /metrics give where only they tell."""

    kind: str
    name: str
    pieces: Callable[[int], Pieces]
    answers: frozenset[Statuses]
    at_once: int = 1
    many: int = 4
    manners: Manners = Manners.READS
    ended_as: str = ""


def get(target: str, *fields: bytes, version: bytes = b"1.1", end: bytes = CLOSE) -> bytes:
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"GET %b HTTP/%b\r\n%b%b%b\r\n" % (target.encode(), version, HOST, end, lines)


def query(text: str, *fields: bytes, more: str = "", version: bytes = b"1.1", end: bytes = CLOSE) -> bytes:
    return get(f"/sparql?query={quote(text, safe='')}{more}", *fields, version=version, end=end)


def head_of_post(
    *fields: bytes, target: str = "/sparql", media: bytes = b"application/sparql-query"
) -> bytes:
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"POST %b HTTP/1.1\r\n%b%bContent-Type: %b\r\n%b\r\n" % (
        target.encode(),
        HOST,
        CLOSE,
        media,
        lines,
    )


def post(
    body: bytes, *fields: bytes, target: str = "/sparql", media: bytes = b"application/sparql-query"
) -> bytes:
    return head_of_post(b"Content-Length: %d" % len(body), *fields, target=target, media=media) + body


def chunked(*fields: bytes) -> bytes:
    return head_of_post(b"Transfer-Encoding: chunked", *fields)


def endless(end: bytes = CLOSE) -> bytes:
    """A query that no other one equals, with a second for it."""
    return query(ENDLESS % secrets.token_hex(8), more="&timeout=1", end=end)


def filled(beginning: str, repeated: str, length: int) -> str:
    return beginning + repeated * ((length - len(beginning)) // len(repeated))


def same(*pieces: bytes | float) -> Callable[[int], Pieces]:
    return lambda _: pieces


def repeated(head: bytes, piece: bytes, times: int) -> Callable[[int], Pieces]:
    """Made while it is sent: it may be a thousand megabytes."""
    return lambda _: itertools.chain([head], itertools.repeat(piece, times))


def single_bytes(data: bytes) -> Callable[[int], Pieces]:
    return lambda _: [data[n : n + 1] for n in range(len(data))]


def one_of(*statuses: int) -> frozenset[Statuses]:
    return frozenset((status,) for status in statuses)


NOTHING: Final[frozenset[Statuses]] = frozenset([()])
# A query that is stopped, or finds no room.
ENDED: Final = one_of(503, 429)


def _descriptors() -> Iterator[Attack]:
    kind = "B1 descriptors"
    yield Attack(
        kind,
        "idle connections beside slow queries",
        lambda n: [endless()] if n % 23 == 0 else [],
        NOTHING | ENDED,
        *(46, 1100),
    )
    yield Attack(kind, "closed at once", same(), NOTHING, 50, 1000, Manners.LEAVES)
    yield Attack(
        kind, "reset within a head", same(b"GET / HTTP/1.1\r\nHo"), NOTHING, 50, 1000, Manners.RESETS
    )
    yield Attack(
        kind, "slow queries whose clients leave", lambda _: [endless()], NOTHING, 8, 48, Manners.LEAVES
    )
    yield Attack(kind, "slow queries that nobody reads", lambda _: [endless()], NOTHING | ENDED, 8, 48)


def _idle() -> Iterator[Attack]:
    kind = "B5 idle connections"
    late = one_of(408)
    yield Attack(kind, "that say nothing", same(), NOTHING, 40, 1000)
    yield Attack(kind, "after an answer", same(get("/version", end=b"")), one_of(200), 40, 1000)
    yield Attack(kind, "after an empty line", same(b"\r\n"), NOTHING, 40, 1000)
    yield Attack(kind, "after a byte of a head", same(b"G"), late | one_of(503), 40, 1000)
    yield Attack(kind, "after a refused query", same(query("ASK {", end=b"")), one_of(400, 503), 40, 1000)


def _fields() -> Iterator[Attack]:
    kind = "B2 many or long fields"
    many = repeated(b"GET / HTTP/1.1\r\n" + HOST, b"A: b\r\n" * 1000, 200)
    yield Attack(kind, "one 200,000 times", many, one_of(431))
    yield Attack(
        kind, "as many as may be", same(get("/version", *[b"A: " + b"b" * 300] * 95)), one_of(200), many=16
    )
    yield Attack(
        kind, "a megabyte of spaces", same(b"GET / HTTP/1.1\r\nHost: a\r\nX:" + b" " * _MIB), one_of(431)
    )
    yield Attack(kind, "in single bytes", single_bytes(get("/version")), one_of(200), many=16)
    parameters = "&".join(f"p{n}={n}" for n in range(10_000))
    yield Attack(kind, "10,000 parameters in an address", same(get(f"/sparql?{parameters}")), one_of(414))
    form = post(parameters.encode(), media=b"application/x-www-form-urlencoded")
    yield Attack(kind, "10,000 parameters in a form", same(form), one_of(400))


def _preferences() -> Iterator[Attack]:
    ask = "/sparql?query=ASK%7B%7D"

    def field(name: bytes, beginning: str, repeated: str, length: int = _FITS) -> Callable[[int], Pieces]:
        return same(get(ask, name + b": " + filled(beginning, repeated, length).encode()))

    read = one_of(200, 304, 400, 406, 431)
    kind = "B2 Accept, by commas"
    yield Attack(kind, "a megabyte", field(b"Accept", "a/b", ",a/b", _MIB), one_of(431))
    yield Attack(kind, "what fits", field(b"Accept", "a/b", ",a/b"), read, many=16)
    yield Attack(kind, "of encodings", field(b"Accept-Encoding", "gzip", ",x"), read, many=16)
    yield Attack(kind, "of tags", field(b"If-None-Match", '"a"', ', "b"'), read, many=16)
    ranges = same(get("/version", b"Range: bytes=" + filled("0-0", ",0-0", _FITS).encode()))
    yield Attack(kind, "of ranges", ranges, read | one_of(206, 416), many=16)
    kind = "B2 Accept, by semicolons"
    yield Attack(kind, "a megabyte", field(b"Accept", "a/b", ";", _MIB), one_of(431))
    yield Attack(kind, "what fits", field(b"Accept", "a/b", ";"), read, many=16)
    yield Attack(kind, "an unended string", field(b"Accept", 'a/b;c="', "\\\\"), read, many=16)
    yield Attack(kind, "of a language", field(b"Accept-Language", "en", ";q=0"), read, many=16)
    media = filled("text/csv", ";a=b", _FITS).encode()
    yield Attack(kind, "of a content", same(post(b"ASK {}", media=media)), read | one_of(415), many=16)


def _names() -> Iterator[Attack]:
    kind = "B2 a long name in a query"
    read = one_of(400, 503, 429)
    texts = {
        "with dots": ("ASK{", "a."),
        "with colons": ("ASK{", "a:"),
        "of a variable": ("ASK{", "?a.?a"),
        "of a blank node": ("ASK{ _:", "a."),
        "an unended string": ('ASK{"', "\\\\"),
        "unended IRIs": ("ASK{", "<a "),
        "unended comments": ("ASK{", "#\n"),
        "what may be a number": ("ASK{", "1.e"),
    }
    for name, (beginning, again) in texts.items():
        sent = same(post(filled(beginning, again, 128_000).encode(), target="/sparql?timeout=1"))
        yield Attack(kind, name, sent, read, many=8)
    leaving = same(post(filled("ASK{", "a.", 128_000).encode()))
    yield Attack(kind, "whose client leaves", leaving, NOTHING, 4, 16, Manners.LEAVES)


def _beside_bodies() -> Iterator[Attack]:
    kind = "B3 bytes beside a body"
    trailers = repeated(chunked() + b"0\r\n", b"T: u\r\n" * 10_000, 1700)
    yield Attack(kind, "trailers, 100 MB", trailers, one_of(413))
    yield Attack(kind, "an endless extension", repeated(chunked() + b"6;", b"x" * 65_536, 500), one_of(413))
    short = repeated(chunked(), b"1;a=bcdefghijkl\r\nx\r\n" * 1000, 500)
    yield Attack(kind, "extensions of short chunks", short, one_of(413))
    yield Attack(kind, "chunks of a byte", repeated(chunked(), b"1\r\n#\r\n" * 10_000, 100), one_of(413))
    short = repeated(chunked(), b"5\r\n12345\r\n" * 1000, 80)
    yield Attack(kind, "as many chunks as their content allows", short, one_of(413), 2, 150)
    whole = chunked() + b"1\r\n#\r\n" * 500 + b"7\r\n\nASK {}\r\n0\r\n\r\n"
    yield Attack(kind, "chunks of a byte, in single bytes", single_bytes(whole), one_of(200), many=16)
    yield Attack(kind, "empty lines", repeated(b"", b"\r\n" * 10_000, 500), one_of(400))


def _ahead() -> Iterator[Attack]:
    kind = "B3 requests sent ahead"

    def behind(piece: bytes, times: int = 100) -> Callable[[int], Pieces]:
        last = get("/version")
        return lambda _: itertools.chain([endless(b"")], itertools.repeat(piece, times), [last])

    def after(*statuses: int) -> frozenset[Statuses]:
        return frozenset((first, *statuses) for first in (503, 429))

    answered = after(200) | frozenset([(503,), (429,)])
    yield Attack(kind, "small ones", behind(get("/version", end=b"")), answered, 4, 10)
    head = get("/version", b"X: " + b"x" * 20_000, end=b"")
    yield Attack(kind, "with long heads", behind(head), answered, 4, 10)
    body = post(b"#" * 100_000 + b"\nASK {}").replace(CLOSE, b"")
    yield Attack(kind, "with bodies", behind(body), answered, 4, 10)
    yield Attack(kind, "garbage", behind(b"\0" * 65_536), after(400), 4, 10)
    left = behind(get("/version", end=b""), 20_000)
    yield Attack(kind, "that nobody waits for", left, NOTHING, 4, 10, Manners.IS_DEAF, "unread")


def _bodies() -> Iterator[Attack]:
    kind = "B3 unfinished bodies"
    refused = one_of(408, 503)
    part = b"#" * 4_000_000
    sized = head_of_post(b"Content-Length: 4100000")
    yield Attack(kind, "of 4 MB", same(sized, part), refused, 4, 150)
    yield Attack(kind, "in chunks", same(chunked(), b"%x\r\n" % 4_100_000, part), refused, 4, 150)
    expecting = head_of_post(b"Content-Length: 4100000", b"Expect: 100-continue")
    yield Attack(kind, "that were announced", same(expecting), refused, 4, 150)
    elsewhere = head_of_post(b"Content-Length: 4100000", target="/nothing")
    yield Attack(kind, "where nothing is", same(elsewhere, part), refused | one_of(404, 405), 4, 150)
    too_long = repeated(head_of_post(b"Content-Length: 1000000000"), b"#" * 65_536, 500)
    yield Attack(kind, "longer than may be", too_long, one_of(413), 4, 16)


def _documents() -> Iterator[Attack]:
    kind = "B3 documents"
    read = one_of(200, 503)
    yield Attack(kind, "dumps", same(get("/dump.ttl.gz")), read, 5, 20)
    graphs = same(get("/graphs?default&format=json-ld"))
    yield Attack(kind, "graphs", graphs, read, 4, 16)
    yield Attack(
        kind, "dumps for HTTP/1.0", same(get("/dump.nq.gz", version=b"1.0")), read | one_of(505), 5, 20
    )
    yield Attack(kind, "dumps whose clients leave", same(get("/dump.nq.gz")), NOTHING, 5, 20, Manners.LEAVES)
    part = same(get("/dump.nq.gz", b"Range: bytes=1-1"))
    yield Attack(kind, "a byte of a dump", part, read | one_of(206), 5, 20)
    yield Attack(
        kind, "compressed for each", same(get("/ontology.ttl", b"Accept-Encoding: gzip")), read, 5, 20
    )


def _upgrades() -> Iterator[Attack]:
    kind = "B4 Upgrade"
    # One answer and no second one: its body reads like a request.
    body = b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
    length = b"Content-Length: %d" % len(body)
    pause_s = 0.02
    offers = {
        "of HTTP/2": (b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQA"),
        "of websockets": (b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"),
        "of TLS": (b"Upgrade: TLS/1.0, HTTP/1.1",),
        "of nothing": (b"Upgrade:",),
    }
    for name, fields in offers.items():
        sent = same(head_of_post(b"Connection: Upgrade", length, *fields), pause_s, body)
        yield Attack(kind, name, sent, one_of(400), many=16)
    chunks = same(
        chunked(b"Upgrade: h2c"), pause_s, b"%x\r\n%b\r\n" % (len(body), body), pause_s, b"0\r\n\r\n"
    )
    yield Attack(kind, "with chunks", chunks, one_of(400), many=16)
    yield Attack(kind, "without asking", same(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), one_of(505), many=16)


# Each has chance in it, beside what may be read as an IRI: twenty answers are not all alike.
VOLATILE: Final = {
    "RAND": "SELECT (0.5<RAND()&&2>1 AS ?x) {}",
    "RAND in a filter": "SELECT ?x { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 11 12 } FILTER(0.5<RAND()&&2>1) }",
    "UUID": 'SELECT (IF("a"<STR(UUID())&&2>1, STR(UUID()), "") AS ?x) {}',
    "STRUUID": 'SELECT (IF(""<STRUUID()&&2>1, STRUUID(), "") AS ?x) {}',
    "RAND behind a comment": "SELECT (0.5< #>\nRAND()&&2>1 AS ?x) {}",
}


def _volatile() -> Iterator[Attack]:
    for name, text in VOLATILE.items():
        yield Attack("S3 what reads as an IRI", name, same(query(text)), one_of(200), many=16)
    brackets = same(post(b"SELECT (1<" + b"(" * 60_000 + b">1 AS ?x) {}", target="/sparql?timeout=1"))
    yield Attack("S3 what reads as an IRI", "60,000 brackets", brackets, one_of(400, 503), many=8)


def _slow_readers() -> Iterator[Attack]:
    kind = "S5 slow readers"
    more = "&format=json"
    old, new = query(LONG, more=more, version=b"1.0"), query(LONG, more=more)
    trickle, deaf = Manners.TRICKLES, Manners.IS_DEAF
    yield Attack(kind, "of HTTP/1.0, a byte at a time", same(old), NOTHING, 4, 50, trickle, "unread")
    yield Attack(kind, "of HTTP/1.0 that read nothing", same(old), NOTHING, 4, 50, deaf, "unread")
    yield Attack(kind, "of HTTP/1.1, a byte at a time", same(new), NOTHING, 4, 50, trickle, "unread")
    yield Attack(kind, "of HTTP/1.1 that read nothing", same(new), NOTHING, 4, 50, deaf, "unread")
    many = same(query("ASK {}", end=b"") * 20_000)
    yield Attack(kind, "of many small answers", many, NOTHING, 4, 50, deaf, "unread")


def _logs() -> Iterator[Attack]:
    kind = "S6 forged lines"
    missing = one_of(404)
    for name, ending in {
        "by a line end": "%0D%0A",
        "by an escape": "%1B%5B2J%0A",
        "by a separator of lines": "%E2%80%A8%0B%0C%C2%85",
        "by a byte that is no UTF-8": "%FF%0A",
    }.items():
        yield Attack(kind, name, same(get(f"/id/x{ending}{FORGED}%20line")), missing, many=16)
    fields = [name + b": " + FORGED.encode() for name in (b"User-Agent", b"Referer", b"X-Forwarded-For")]
    yield Attack(kind, "by fields", same(get("/id/none", *fields)), missing, many=16)
    leaving = same(query(ENDLESS % f"{FORGED}%0A", more=f"&x=%0A{FORGED}"))
    yield Attack(kind, "by clients that leave", leaving, NOTHING, 10, 100, Manners.LEAVES)


def _requests() -> Iterator[Attack]:
    """Minor rows: what is the client's fault is told so."""

    def rows(kind: str, answers: frozenset[Statuses], sent: dict[str, bytes]) -> Iterator[Attack]:
        for name, data in sent.items():
            yield Attack(kind, name, same(data), answers, many=8)

    yield from rows(
        "minor: a function without its brackets",
        one_of(400),
        {
            name: query(f'SELECT ?x {{ BIND({name} "a" AS ?x) }}')
            for name in ("BNODE", "IRI", "STRDT", "UUID")
        },
    )
    yield from rows(
        "minor: an unknown function",
        one_of(400, 200),
        {
            "in a projection": query("SELECT (<urn:none>(1) AS ?x) {}"),
            "in a filter": query("ASK { FILTER(<urn:none>()) }"),
            "as an aggregate": query("SELECT (<urn:none>(DISTINCT ?s) AS ?x) { ?s ?p ?o }"),
            "without a name": query("SELECT (<>(1) AS ?x) {}"),
        },
    )
    triple = "/explain?subject=id:pump-1&predicate=plant:feeds&object="
    yield from rows(
        "minor: a term that is none",
        one_of(400, 404),
        {text: get(triple + quote(text)) for text in ('"x"@en-1', '"x"@', '"x"^^<', "<a b>", '"x"@en--up')},
    )
    yield from rows(
        "minor: a number that is none",
        one_of(400, 404),
        {
            name: get(f"/id/pump-1.html?incoming={value}")
            for name, value in {
                "zeros": "0" * 5000 + "x",
                "nines": "9" * 5000,
                "less": "-1",
                "line": "1_0",
            }.items()
        },
    )
    yield from rows(
        "minor: a body that does not come",
        one_of(408),
        {
            "at all": head_of_post(b"Content-Length: 6"),
            "wholly": head_of_post(b"Content-Length: 6") + b"ASK",
            "in its chunk": chunked() + b"6\r\nASK",
            "to its end": chunked() + b"6\r\nASK {}\r\n0\r\n",
        },
    )
    hosts = {"none": b"", "two": HOST * 2, "a list": b"Host: a, b\r\n", "an address": b"Host: http://a/\r\n"}
    yield from rows(
        "minor: Host",
        one_of(400),
        {name: b"GET / HTTP/1.1\r\n%b\r\n" % lines for name, lines in hosts.items()},
    )
    codings = (b"gzip, chunked", b"deflate, chunked", b"gzip", b"chunked, gzip")
    yield from rows(
        "minor: a transfer coding",
        one_of(400, 501),
        {name.decode(): head_of_post(b"Transfer-Encoding: " + name) for name in codings},
    )
    good = query("ASK {}", end=b"")
    yield from rows(
        "minor: garbage behind a request",
        frozenset([(200, 400)]),
        {
            "words": good + b"this is no request\r\n\r\n",
            "TLS": good + b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            "line feeds": good + b"GET / HTTP/1.1\nHost: a\n\n",
            "a folded field": good + b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        },
    )


def _all() -> Iterable[Attack]:
    parts = (
        _descriptors,
        _fields,
        _preferences,
        _names,
        _beside_bodies,
        _ahead,
        _bodies,
        _documents,
        _upgrades,
    )
    for part in (*parts, _idle, _volatile, _slow_readers, _logs, _requests):
        yield from part()


ATTACKS: Final = tuple(_all())
