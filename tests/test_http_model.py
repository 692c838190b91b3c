"""Random requests, judged by a small model of HTTP: written from RFC 9110, RFC 9112 and the Fetch standard.

The model imports nothing of the program. It knows of each address what is there (`PLACES`), and tells of a
request what its response has to be, whichever way the request takes inside.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Server
from raw_exchange import Response, exchange, responses

ASK = quote("ASK { ?s ?p ?o }")
TABLE = quote("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 40")
READ = frozenset({"GET", "HEAD", "OPTIONS"})
QUERY = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
GRAPHS = ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"]
RESULTS = ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"]
TEXTUAL = (
    "text/",
    "application/json",
    "application/sparql",
    "application/ld",
    "application/n-",
    "application/rdf",
)


@dataclass(frozen=True)
class Place:
    """What is at an address: the methods that it takes, and the media types that `Accept` chooses from."""

    path: str
    methods: frozenset[str] = READ
    offers: tuple[str, ...] = ()
    status: int = 200


PLACES = [
    Place(f"/sparql?query={ASK}", QUERY, tuple(RESULTS)),
    Place(f"/sparql?query={TABLE}", QUERY, tuple(RESULTS)),
    Place(f"/sparql/?query={TABLE}", QUERY, tuple(RESULTS)),
    Place(f"/%73parql?query={TABLE}", QUERY, tuple(RESULTS)),
    Place("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", QUERY, (), 400),
    Place("/sparql", QUERY, tuple(GRAPHS)),
    Place("/.well-known/void", READ, tuple(GRAPHS)),
    Place("/.well-known/void/", READ, tuple(GRAPHS)),
    Place("/version"),
    Place("/version/"),
    Place("/ontology.ttl"),
    Place("/id/nothing-is-called-that", READ, (), 404),
    Place("/nowhere", READ, (), 404),
]

METHODS = st.sampled_from(
    ["GET"] * 6 + ["HEAD"] * 3 + ["OPTIONS"] * 2 + ["POST", "PUT", "DELETE", "PATCH", "BREW"]
)
ACCEPT = st.sampled_from(
    [
        None,
        "*/*",
        *GRAPHS,
        *RESULTS,
        "image/png",
        "text/turtle;q=0.1, text/csv;q=0.2, application/n-triples;q=0.3",
    ]
)
ENCODINGS = st.sampled_from(
    [
        *(
            None,
            "gzip",
            "GZIP",
            "x-gzip",
            "identity",
            "*",
            "br",
            "",
            "gzip;q=0",
            "*;q=0",
            "br;q=1, gzip;q=0.2",
        ),
        *(
            "identity;q=0.5, gzip;q=0.4",
            "gzip ; q=0.4 , identity;q=0.1",
            "gzip;q=2",
            "deflate,gzip",
            "gzip;q=0, *",
        ),
    ]
)
SPELLINGS = st.sampled_from([str, str.lower, str.upper, str.title])
CONDITIONS = st.sampled_from([None] * 4 + ["mine", "other", "*", "weak", "list"])


def wants_gzip(header: str | None) -> bool:
    """RFC 9110 section 12.5.3: whether gzip is acceptable, and no less than the content as it is."""
    if header is None:
        return False
    weights: dict[str, float] = {}
    for member in header.lower().split(","):
        coding, _, parameter = (part.strip() for part in member.partition(";"))
        weight = re.fullmatch(r"q=(0(\.\d{0,3})?|1(\.0{0,3})?)", parameter) if parameter else None
        if not parameter or weight:
            weights[coding] = float(weight[1]) if weight else 1.0
    other = weights.get("*", 0.0)
    packed = max((weights[name] for name in ("gzip", "x-gzip") if name in weights), default=other)
    return packed > 0 and packed >= weights.get("identity", other)


def expected_status(place: Place, method: str, accept: str | None) -> int:
    if method == "OPTIONS":
        return 200 if place.path not in ("/nowhere",) else 404
    if place.path == "/nowhere":
        return 404
    if method == "POST" and method in place.methods:
        # There is no body, and so no media type.
        return 415
    if method not in place.methods:
        return 405
    if place.status != 200 or not place.offers:
        return place.status
    liked = accept is None or "*/*" in accept or any(offer in accept for offer in place.offers)
    return 200 if liked else 406


@dataclass(frozen=True)
class Asked:
    place: Place
    method: str
    accept: str | None
    encoding: str | None
    condition: str | None
    fields: tuple[tuple[str, str], ...]

    def bytes(self, condition: str | None = None) -> bytes:
        lines = list(self.fields)
        if self.accept is not None:
            lines.append(("Accept", self.accept))
        if self.encoding is not None:
            lines.append(("Accept-Encoding", self.encoding))
        if condition is not None:
            lines.append(("If-None-Match", condition))
        written = "".join(f"{name}:{value}\r\n" for name, value in lines)
        first = f"{self.method} {self.place.path} HTTP/1.1\r\nHost: a\r\n"
        return f"{first}{written}Connection: close\r\n\r\n".encode()


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    spelling = draw(SPELLINGS)
    extra = draw(
        st.lists(
            st.sampled_from(
                [
                    *(("Origin", "https://example.org"), ("Cookie", "a=b"), ("Range", "bytes=0-1")),
                    *(("Access-Control-Request-Headers", "queryid, authorization"), ("Upgrade", "h2c")),
                    ("X-Forwarded-Host", "evil.example"),
                ]
            ),
            max_size=2,
            unique=True,
        )
    )
    return Asked(
        draw(st.sampled_from(PLACES)),
        draw(METHODS),
        draw(ACCEPT),
        draw(ENCODINGS),
        draw(CONDITIONS),
        tuple((spelling(name), f" {value} ") for name, value in extra),
    )


def ask(server: Server, one: Asked, condition: str | None = None) -> Response:
    (response,) = responses(exchange(server, one.bytes(condition)), [one.method])
    return response


def check_every_response(one: Asked, response: Response) -> None:
    """What holds of each, whatever it is."""
    fields = response.fields
    assert response.closes
    assert len(fields["date"]) == 29
    assert fields["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in fields["content-security-policy"]
    assert re.fullmatch("[0-9a-f]{64}", fields["calcigraph-version"])
    assert "evil" not in str(fields)
    path = one.place.path.partition("?")[0].rstrip("/").replace("%73", "s")
    reads = one.method in READ or path == "/sparql"
    assert (fields.get("access-control-allow-origin") == "*") == reads
    if response.status == 405 or (one.method == "OPTIONS" and response.status == 200):
        assert one.place.methods <= {name.strip() for name in fields["allow"].split(",")}
    if one.method == "OPTIONS" and response.status == 200:
        named = any("queryid" in value for _, value in one.fields)
        assert fields["access-control-allow-headers"] == ("queryid, authorization" if named else "*")
    if response.status >= 400 and one.method != "HEAD":
        document = json.loads(unpacked(response))
        assert document["status"] == response.status
        assert fields["content-type"] == "application/problem+json"
        assert fields["cache-control"] == "no-store"


def check_content(one: Asked, response: Response) -> None:
    """RFC 9110 sections 8.4 and 12.5.5: what the content is in, and what that depends on."""
    fields = response.fields
    is_textual = fields["content-type"].startswith(TEXTUAL)
    varying = fields.get("vary", "").lower()
    assert not is_textual or "accept-encoding" in varying
    assert not one.place.offers or "accept" in varying.replace("accept-encoding", "")
    if fields.get("content-encoding") == "gzip":
        assert wants_gzip(one.encoding)
    elif one.method == "GET" and is_textual:
        assert not wants_gzip(one.encoding) or len(response.body) < 1024


def unpacked(response: Response) -> bytes:
    is_packed = response.fields.get("content-encoding") == "gzip"
    return gzip.decompress(response.body) if is_packed else response.body


def check_condition(server: Server, one: Asked, first: Response) -> str:
    """RFC 9110 section 13.1.2."""
    tag = first.fields["etag"]
    given = {"mine": tag, "other": '"other"', "*": "*", "weak": f"W/{tag}", "list": f'"x" , {tag}'}
    assert one.condition is not None
    again = ask(server, one, given[one.condition])
    if one.condition == "other":
        assert (again.status, again.fields["etag"]) == (200, tag)
        return "modified"
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "vary", "content-location"):
        assert again.fields.get(name) == first.fields.get(name), name
    assert "content-type" not in again.fields
    return "not modified"


def test_random_requests_are_answered_as_the_specification_says(toy: Server) -> None:
    hits: Counter[object] = Counter()

    @settings(max_examples=400, database=None, suppress_health_check=list(HealthCheck))
    @given(asked())
    def judged(one: Asked) -> None:
        response = ask(toy, one)
        assert response.status == expected_status(one.place, one.method, one.accept)
        check_every_response(one, response)
        hits[response.status] += 1
        if response.status == 200 and one.method in ("GET", "HEAD"):
            check_content(one, response)
            hits["packed"] += response.fields.get("content-encoding") == "gzip"
            if one.method == "HEAD":
                got = ask(toy, Asked(one.place, "GET", one.accept, one.encoding, None, one.fields))
                for name in ("content-type", "content-length", "etag", "vary", "content-encoding"):
                    assert got.fields.get(name) == response.fields.get(name), name
                hits["head"] += 1
            if one.condition is not None and "etag" in response.fields:
                hits[check_condition(toy, one, response)] += 1

    judged()
    assert hits[200] >= 80, hits
    assert min(hits[status] for status in (400, 404, 405, 406)) >= 5, hits
    assert min(hits[name] for name in ("packed", "head", "modified", "not modified")) >= 3, hits
