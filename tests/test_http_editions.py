"""Editions that are swapped while clients ask: each response is from one of them, and says which."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import http.client
import os
import random
import re
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask import Flask

import changing
from calcigraph.edition import Change, assemble
from calcigraph.pool import Answer, Pool, Query
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app
from calcigraph.web.site import Publication, publication_of
from conftest import BROWSER, ROOTS, free_port, wait_until_well
from in_process import FORM, Answered, ask
from polling import MOST_S, until

NAMESPACE = "https://example.org/plant/"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
COUNTS = ox.NamedNode(f"{NAMESPACE}ontology/counts")
COUNTER = ox.NamedNode(f"{NAMESPACE}id/counter")
GRAPH = ox.NamedNode(f"{NAMESPACE}graph/data/counted")
COUNTED = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

plant:counts a owl:ObjectProperty ; rdfs:domain plant:Counter .
id:counter rdfs:label "counter 0"@en ; plant:counts id:number-0 .
"""
QUESTION = """\
#+ question: What is counted?
#+ needs: inference
PREFIX plant: <https://example.org/plant/ontology/>
SELECT ?counter ?number { ?counter plant:counts ?number }
"""
PREFIXES = "PREFIX plant: <https://example.org/plant/ontology/> PREFIX id: <https://example.org/plant/id/> "
NUMBER = re.compile(r"(?:counter |number-)(\d+)")
CLIENTS = 8


def counted(number: int) -> list[ox.Quad]:
    """What an edition says of its own number: once as a name, once as a thing, whose proof names it too."""
    name = ox.Literal(f"counter {number}", language="en")
    thing = ox.NamedNode(f"{NAMESPACE}id/number-{number}")
    return [ox.Quad(COUNTER, LABEL, name, GRAPH), ox.Quad(COUNTER, COUNTS, thing, GRAPH)]


def query(text: str, **parameters: str) -> str:
    return f"/sparql?{urlencode({'query': PREFIXES + text, **parameters})}"


POINT = "SELECT ?name ?number { id:counter rdfs:label ?name ; plant:counts ?number }".replace(
    "rdfs:label", f"<{LABEL.value}>"
)
WIDE = f"SELECT ?name ?s {{ id:counter <{LABEL.value}> ?name . ?s a ?class }} ORDER BY ?s ?class"
ASKED = {"subject": COUNTER.value, "predicate": "rdf:type", "object": f"{NAMESPACE}ontology/Counter"}
RESULTS = "application/sparql-results+json"
Headers = dict[str, str]


def fresh(draw: random.Random) -> str:
    mark = f"mark {draw.getrandbits(64)}"
    return query(POINT.replace("}", f'BIND("{mark}" AS ?mark) }}').replace("?number {", "?number ?mark {"))


KINDS: dict[str, tuple[Callable[[random.Random], str], Headers]] = {
    "fresh query": (fresh, {"Accept": RESULTS}),
    "repeated query": (lambda _: query(POINT), {"Accept": RESULTS}),
    "compressed query": (lambda _: query(WIDE), {"Accept": RESULTS, "Accept-Encoding": "gzip"}),
    "page of results": (lambda _: query(POINT), {"Accept": BROWSER}),
    "question": (lambda _: "/questions/what-is-counted", {"Accept": BROWSER}),
    "answer": (lambda _: "/questions/what-is-counted?format=csv", {}),
    "page": (lambda _: "/id/counter.html", {"Accept-Encoding": "gzip"}),
    "Turtle": (lambda _: "/id/counter.ttl", {}),
    "graph": (lambda _: f"/graphs?{urlencode({'graph': GRAPH.value})}", {"Accept": "text/turtle"}),
    "proof": (lambda _: f"/explain?{urlencode(ASKED)}", {"Accept": "application/json"}),
    "search": (lambda _: "/search?q=counter", {"Accept": "application/json"}),
}
DATED = ("page", "Turtle", "graph", "proof", "search")
"""What says when it changed: not what is the answer of a query alone."""


def number_of(version: str) -> int:
    return int(version.partition("-")[2] or 0)


@dataclass(frozen=True)
class Response:
    status: int
    headers: Headers
    raw: bytes

    @property
    def body(self) -> str:
        is_compressed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.raw) if is_compressed else self.raw).decode()

    @property
    def number(self) -> int:
        """The edition that the header says it is from."""
        return number_of(self.headers["calcigraph-version"])


@dataclass
class Line:
    """A server, the editions that it was given, and all that was seen of them."""

    changes: changing.Changes
    port: int
    number: int = 0
    begun: int = 0
    versions: dict[int, str] = field(default_factory=dict)
    tags: dict[tuple[object, ...], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    failures: list[str] = field(default_factory=list)

    def swap(self) -> None:
        """Publish the next edition."""
        self.begun += 1
        version = self.changes.publish(add=counted(self.begun), remove=counted(self.begun - 1))
        assert number_of(version) == self.begun
        self.number = self.begun

    def is_same(self, kind: str, key: object, value: str) -> None:
        """Each key has one value, whoever sees it."""
        with self.lock:
            assert self.tags.setdefault((kind, key), value) == value, (kind, key)


@dataclass
class Client:
    """One connection, that stays open, and what was seen on it."""

    line: Line
    draw: random.Random
    connection: http.client.HTTPConnection
    seen: dict[str, Response] = field(default_factory=dict)

    def ask(self, path: str, headers: Headers, method: str = "GET") -> Response:
        self.line.counts["requests"] += 1
        self.connection.request(method, path, headers=headers)
        with self.connection.getresponse() as response:
            found = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, found, response.read())

    def step(self) -> None:
        """One request, perhaps on condition or about a version; what comes back has to be of one edition."""
        kind = self.draw.choice(list(KINDS))
        path_of, headers = KINDS[kind]
        path, before = path_of(self.draw), (self.line.begun, self.line.number)
        last = self.seen.get(kind)
        way = self.draw.choice(["plain", "plain", "tag", "date", "head", "version"]) if last else "plain"
        if last and "last-modified" not in last.headers and way == "date":
            way = "plain"
        if last and way == "version":
            path += f"{'&' if '?' in path else '?'}at={last.headers['calcigraph-version']}"
        response = self._asked(kind, way, path, headers, last)
        during = before[0] != before[1] or self.line.begun != before[0]
        with self.line.lock:
            self.line.counts[f"{kind} during a change"] += during
            self.line.counts[f"{way} {response.status}"] += 1
        if way == "version" and response.status == 404:
            # There is another edition meanwhile.
            assert last
            assert response.number > last.number
            return
        # Whoever asks after a change sees it.
        assert response.number >= before[1], (kind, way, response.number, before)
        self._check(kind, way, path, response)

    def _asked(self, kind: str, way: str, path: str, headers: Headers, last: Response | None) -> Response:
        if way == "tag" and last and "etag" in last.headers:
            return self.ask(path, headers | {"If-None-Match": last.headers["etag"]})
        if way == "date" and last:
            return self.ask(path, headers | {"If-Modified-Since": last.headers["last-modified"]})
        return self.ask(path, headers, "HEAD" if way == "head" else "GET")

    def _check(self, kind: str, way: str, path: str, response: Response) -> None:
        last, version = self.seen.get(kind), response.headers["calcigraph-version"]
        self.line.is_same("version", response.number, version)
        if response.status == 304:
            # What the client has is what it would have got.
            assert last
            assert last.number == response.number, (kind, way)
            return
        assert response.status == 200, (kind, way, response.status, response.body)
        tag = response.headers["etag"]
        variant = kind, path, response.headers.get("content-encoding")
        self.line.is_same("tag", (*variant, version), tag)
        if way == "head":
            assert not response.raw
            return
        self.line.is_same("body", (*variant, tag), hashlib.sha256(response.raw).hexdigest())
        body = response.body
        assert set(NUMBER.findall(body)) == {str(response.number)}, (kind, way, response.number, body)
        if "mark" in path:
            assert re.findall(r"mark \d+", body) == re.findall(r"mark \d+", path.replace("+", " ")), kind
        if way == "version":
            assert last
            assert version == last.headers["calcigraph-version"]
        if kind in DATED and "last-modified" in response.headers:
            self.line.is_same("date", (kind, response.headers["last-modified"]), version)
        self.seen[kind] = response


@contextlib.contextmanager
def client(line: Line, seed: int) -> Iterator[Client]:
    connection = http.client.HTTPConnection("127.0.0.1", line.port, timeout=MOST_S)
    with contextlib.closing(connection):
        connection.connect()
        # A connection that the server ends is a failure.
        connection.auto_open = 0
        yield Client(line, random.Random(seed), connection)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    shutil.copytree(ROOTS["toy"], root)
    (root / "data" / "counted.ttl").write_text(COUNTED, encoding="utf-8")
    questions = root / "ontology" / "questions"
    (questions / "what-is-counted.rq").write_text(QUESTION, encoding="utf-8")
    answer = f"counter,number\r\n{COUNTER.value},{NAMESPACE}id/number-0\r\n"
    (questions / "what-is-counted.csv").write_text(answer, encoding="utf-8", newline="")
    return root


@pytest.fixture
def line(root: Path, tmp_path: Path) -> Iterator[Line]:
    port = free_port()
    with changing.running(root, port, tmp_path / "log") as changes:
        wait_until_well(changes.process, port, tmp_path / "log")
        yield Line(changes, port)


@contextlib.contextmanager
def asking(line: Line, number: int) -> Generator[None]:
    """So many clients ask until the context is left; what one of them finds wrong is raised then."""
    stop = threading.Event()

    def run(seed: int) -> None:
        try:
            with client(line, seed) as asking:
                while not stop.is_set():
                    asking.step()
        except BaseException as error:
            line.failures.append(f"client {seed}: {error!r}")
            raise

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not line.failures


def swapped_under_load(line: Line, swaps: int, requests: int) -> None:
    """So many swaps, with at least so many requests begun between two of them."""
    with client(line, -1) as first, asking(line, CLIENTS):
        for _ in range(swaps):
            asked = line.counts["requests"]
            until(lambda asked=asked: line.counts["requests"] > asked + requests or line.failures)
            line.swap()
            path_of, headers = KINDS["fresh query"]
            path = path_of(first.draw)
            response = first.ask(path, headers)
            assert response.number == line.number, "the next query sees it"
            first._check("fresh query", "plain", path, response)
    print(sorted(line.counts.items()))


def counted_by_the_server(line: Line) -> int:
    """How many requests the server has answered, but for the one that asks so."""
    with client(line, 0) as asking:
        text = asking.ask("/metrics", {}).body
    rows = re.findall(r"^calcigraph_http_requests_total\{([^}]*)\} ([\d.]+)$", text, re.MULTILINE)
    return sum(
        int(float(value)) for labels, value in rows if "healthz" not in labels and "metrics" not in labels
    )


def test_each_response_is_of_one_edition_while_editions_are_swapped(line: Line) -> None:
    swapped_under_load(line, 15, CLIENTS)
    sent = line.counts["requests"]
    assert counted_by_the_server(line) == sent
    assert sum(line.counts[f"{kind} during a change"] for kind in KINDS) >= 15
    seen = {key for (what, key) in line.tags if what == "version"}
    assert len(seen) >= 14


@pytest.mark.campaign
def test_each_response_is_of_one_edition_through_three_hundred_swaps(line: Line) -> None:
    swapped_under_load(line, 300, 5 * CLIENTS)
    sent = line.counts["requests"]
    assert counted_by_the_server(line) == sent
    for kind in KINDS:
        assert line.counts[f"{kind} during a change"] >= 30, kind
    for outcome in ("tag 200", "tag 304", "head 200", "version 200", "version 404"):
        assert line.counts[outcome] >= 30, outcome
    # So many swaps leave few seconds that are past, and no date is said before.
    assert line.counts["date 200"] >= 5
    assert len({key for (what, key) in line.tags if what == "version"}) >= 295


def kill_a_helper(line: Line, module: str) -> None:
    for pid in line.changes.helpers(module):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("module", ["calcigraph.edition.process", "calcigraph.pool.fork_server_process"])
def test_swaps_go_on_where_a_process_is_killed(line: Line, module: str) -> None:
    with client(line, -1) as first, asking(line, 2):
        line.swap()
        assert line.changes.helpers(module)
        for delay_s in (None, 0.0, 0.01, 0.03):
            killing = threading.Timer(delay_s or 0, kill_a_helper, [line, module])
            killing.start()
            if delay_s is None:
                killing.join()
            line.swap()
            killing.join()
            response = first.ask(query(POINT), {"Accept": RESULTS})
            first._check("repeated query", "plain", query(POINT), response)
            assert response.number == line.number


def test_a_long_answer_is_of_the_edition_that_it_began_with(line: Line) -> None:
    line.swap()
    # Longer than what is buffered on the way, so that its end is made after the swaps.
    text = f"SELECT * {{ id:counter <{LABEL.value}> ?name . ?a ?b ?c . ?d ?e ?f }} LIMIT 150000"
    with client(line, 0) as slow, client(line, 1) as quick:
        slow.connection.request("GET", query(text, format="csv"))
        with slow.connection.getresponse() as response:
            assert response.status == 200
            body = response.read(1 << 16)
            for _ in range(3):
                line.swap()
            assert quick.ask(query(POINT), {"Accept": RESULTS}).number == 4
            body += response.read()
            version = response.getheader("Calcigraph-Version") or ""
    assert number_of(version) == 1
    assert len(body) > 8 << 20
    assert set(re.findall(rb"counter (\d+)", body)) == {b"1"}
    assert body.count(b"\r\n") == 150_001


class RestlessEngine(LocalEngine):
    """Data that change whenever a query is about to be answered, unless that has to wait."""

    publication: Publication | None = None
    waiting: threading.Thread | None = None
    is_held = False

    def ask(self, query: Query, gone: Callable[[], bool] | None = None, since: float | None = None) -> Answer:
        if self.publication is not None:
            changing = threading.Thread(target=swap, args=(self.publication,))
            changing.start()
            until(lambda: not changing.is_alive() or self.is_held)
            self.waiting = changing
        return super().ask(query, gone, since)


def swap(publication: Publication) -> None:
    number = publication.current.edition.number
    publication.publish(Change.of(add=counted(number + 1), remove=counted(number)))


@pytest.fixture
def app(root: Path) -> Iterator[Flask]:
    """The application in this process, so that the data can be changed at a certain moment of a request."""
    edition = assemble(Root.open(root)).edition
    edition = replace(edition, root=edition.root.without_contents())
    with (
        Pool.start(edition.nquads(), unasserted=edition.root.inferences) as pool,
        contextlib.closing(RestlessEngine(edition, pool)) as engine,
    ):
        yield create_app(engine, Settings())


def numbers(response: Answered) -> set[int]:
    """The editions that the header and the body are from."""
    assert response.status == 200, response.text
    return {number_of(response.headers["Calcigraph-Version"]), *map(int, NUMBER.findall(response.text))}


def test_changes_wait_for_a_page_that_they_have_kept_from_being_made(app: Flask) -> None:
    publication = publication_of(app)
    engine = publication.current.engine
    assert isinstance(engine, RestlessEngine)
    unchanging = publication.unchanging

    @contextlib.contextmanager
    def held() -> Iterator[object]:
        with unchanging() as site:
            engine.is_held = True
            yield site

    publication.unchanging = held
    engine.publication = publication

    response = ask(app, "/questions/what-is-counted", headers={"Accept": "text/html"})

    assert engine.is_held
    assert numbers(response) == {3}
    assert engine.waiting
    engine.waiting.join()
    assert publication.current.edition.number == 4


def change_under_each_request(app: Flask) -> None:
    """After the edition of a request is chosen, and before it is used."""
    app.before_request(lambda: swap(publication_of(app)))


def test_a_proof_of_an_edition_that_is_gone_is_given_of_the_newest(app: Flask) -> None:
    publication = publication_of(app)
    change_under_each_request(app)
    app.before_request(kill_writers)
    for number in (1, 2):
        response = ask(app, f"/explain?{urlencode(ASKED | {'format': 'json'})}")
        assert numbers(response) == {number}
        assert publication.current.edition.number == number


def kill_writers() -> None:
    for pid in changing.helpers_of(os.getpid(), "calcigraph.edition.process"):
        os.kill(pid, signal.SIGKILL)


def test_what_is_asked_of_a_version_is_never_answered_from_the_next(app: Flask) -> None:
    change_under_each_request(app)
    publication = publication_of(app)
    query = {"query": PREFIXES + POINT, "format": "json"}
    for asked in (
        lambda at: ask(app, f"/questions/what-is-counted?format=csv&at={at}"),
        lambda at: ask(app, f"/questions/what-is-counted?format=html&at={at}"),
        lambda at: ask(app, f"/sparql?{urlencode(query | {'at': at})}"),
        lambda at: ask(app, "/sparql", "POST", FORM, urlencode(query | {"at": at}).encode()),
    ):
        response = asked(publication.current.version)
        assert response.status == 404, response.text
        assert "max-age" not in response.headers.get("Cache-Control", "")
    assert numbers(ask(app, f"/sparql?{urlencode(query)}")) == {5}
