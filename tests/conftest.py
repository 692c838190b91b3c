"""Real servers for the HTTP tests: each root in, a process that answers for it out.

A server is started once a session, on a free port of the loopback interface, and ended by its
own process id. Nothing here looks inside it: what a test knows, it asked over HTTP or read from
the root's files.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, settings

import published
from calcigraph.root import Root
from closed_once import closed_once
from polling import MOST_S

# The outcomes of the W3C tests, what a test leaves open, and what is begun first; see there.
pytest_plugins = ["earl", "leaks", "order"]
# How long an example takes says how busy the machine is, and no test asserts a time.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")
# Where everything is to be had (see .ci/run), what is skipped was not tested.
NO_SKIPS = os.environ.get("CALCIGRAPH_NO_SKIPS") == "1"

REPOSITORY = Path(__file__).parents[1]
ROOTS = {"shipped": REPOSITORY, "toy": REPOSITORY / "tests" / "toy"}
LOWEST_PORT = 10_000
# Less than a client waits, who is told so.
PATIENT = ("--timeout", f"{MOST_S / 2:g}", "--document-timeout", f"{MOST_S - 10:g}")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def pytest_configure(config: pytest.Config) -> None:
    """Closures are kept for this run alone, and for all processes that take part in it; bytecode is kept,
    whatever is said elsewhere, as to compile the package is half of what each process takes to start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="calcigraph-tests-")
        config.add_cleanup(folder.cleanup)
        os.environ["XDG_CACHE_HOME"] = folder.name


@dataclass(frozen=True)
class Reply:
    """A response that was read to its end; header names in lower case, repeated ones joined."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Relation and target of each `Link` entry."""
        entries = self.headers.get("link", "").split(", <")
        found = []
        for entry in entries:
            target, _, rest = entry.lstrip("<").partition(">")
            if 'rel="' in rest:
                found.append((rest.split('rel="')[1].split('"')[0], target))
        return found


@dataclass(frozen=True)
class Server:
    """A running server: `root` is what it serves, `port` where, `pid` its process."""

    name: str
    root: Root
    port: int
    pid: int
    log: Path = field(repr=False)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def namespace(self) -> str:
        return self.root.namespace

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One request on a connection of its own; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=MOST_S)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            with connection.getresponse() as response:
                found: dict[str, str] = {}
                for name, value in response.getheaders():
                    key = name.lower()
                    found[key] = f"{found[key]}, {value}" if key in found else value
                return Reply(response.status, found, response.read())

    def get(self, path: str, accept: str | None = None, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", path, headers=named | ({"Accept": accept} if accept is not None else {}))

    def follow(self, path: str, accept: str | None = None) -> Reply:
        """GET, and one redirect after it."""
        reply = self.get(path, accept)
        return self.get(reply.headers["location"], accept) if reply.status == 303 else reply

    def ask(self, query: str, accept: str | None = None, **parameters: str) -> Reply:
        return self.get(f"/sparql?{urlencode({'query': query, **parameters})}", accept)

    def rows(self, query: str, **parameters: str) -> list[dict[str, str]]:
        """The rows of a SELECT, each variable with the value's text."""
        reply = self.ask(query, "application/sparql-results+json", **parameters)
        assert reply.status == 200, reply.text
        return [{n: v["value"] for n, v in row.items()} for row in reply.json["results"]["bindings"]]

    def path_of(self, iri: str) -> str:
        """Where the server answers for one of the root's own IRIs."""
        assert iri.startswith(self.namespace)
        return "/" + quote(iri.removeprefix(self.namespace), safe="/%:@!$&'()*+,;=~")

    def individuals(self, most: int = 5) -> list[str]:
        """Some IRIs of things of the root that have a label and are still there."""
        rows = self.rows(
            "SELECT DISTINCT ?s { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l "
            f"FILTER(STRSTARTS(STR(?s), '{self.namespace}id/')) "
            "MINUS { ?s a <https://www.w3.org/ns/activitystreams#Tombstone> } } ORDER BY STR(?s)"
        )
        assert rows, "the root has individuals"
        return [row["s"] for row in rows[:: max(1, len(rows) // most)]][:most]

    def inferred(self) -> ox.Triple:
        """A triple between things of the root that only the inferred graph holds."""
        own = f"{self.namespace}id/"
        (row, *_) = self.rows(
            f"SELECT ?s ?p ?o {{ GRAPH <{self.namespace}graph/inferred> {{ ?s ?p ?o }} "
            f"FILTER(STRSTARTS(STR(?s), '{own}') && STRSTARTS(STR(?o), '{own}')) }} "
            "ORDER BY ?s ?p ?o LIMIT 1"
        )
        return ox.Triple(*(ox.NamedNode(row[name]) for name in ("s", "p", "o")))


@dataclass(frozen=True)
class PublishedServer:
    """A server of an empty root, and the data that a test gives it."""

    server: Server
    data: published.Published


@contextlib.contextmanager
def serving(name: str, folder: Path, log: Path, *options: str) -> Iterator[Server]:
    """A server process for `folder`, ended by its process id."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(serve_command(folder, port, *options), stdout=output, stderr=output)
    try:
        wait_until_well(process, port, log)
        yield Server(name, Root.open(folder), port, process.pid, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve_command(folder: Path, port: int, *options: str) -> list[str]:
    """As a user starts it, but no ordinary query or document meets its deadline; what is to has its own."""
    command = [sys.executable, "-m", "calcigraph", "serve", "--root", str(folder), "--port", str(port)]
    return [*command, *PATIENT, *options]


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to no client meanwhile: two processes may
    run tests, and what they ask with has ports of its own."""
    low, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()
    while True:
        port = LOWEST_PORT + secrets.randbelow(int(low) - LOWEST_PORT)
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until_well(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + MOST_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended at once:\n{log.read_text()}")
        if _is_well(port):
            return
        time.sleep(0.05)
    pytest.fail(f"the server did not answer within {MOST_S} s:\n{log.read_text()}")


def _is_well(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        response.read()
    except OSError:
        return False
    finally:
        connection.close()
    return response.status == 200


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start a server for any folder; it runs until the session ends."""
    with contextlib.ExitStack() as running:
        logs = tmp_path_factory.mktemp("logs")

        def start_one(name: str, folder: Path, *options: str) -> Server:
            log = logs / f"{name}-{len(list(logs.iterdir()))}.log"
            return running.enter_context(serving(name, folder, log, *options))

        yield start_one


@pytest.fixture(scope="session")
def servers(start: Callable[..., Server]) -> Callable[[str], Server]:
    """The server of a root by its name, started when it is first asked for."""
    running: dict[str, Server] = {}

    def of(name: str) -> Server:
        if name not in running:
            with closed_once(name):
                running[name] = start(name, ROOTS[name])
        return running[name]

    return of


@pytest.fixture(scope="session", params=sorted(ROOTS))
def server(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """Each root in turn: a test with this fixture runs on both."""
    return servers(request.param)


@pytest.fixture(scope="session")
def toy(servers: Callable[[str], Server]) -> Server:
    return servers("toy")


@pytest.fixture(scope="session")
def publishing(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., contextlib.AbstractContextManager[PublishedServer]]:
    """Start a plain SPARQL store with what a test puts into it; its default graph is no union."""

    @contextlib.contextmanager
    def start_one(name: str, *options: str, **limits: int) -> Iterator[PublishedServer]:
        folder, log, port = (
            tmp_path_factory.mktemp("empty"),
            tmp_path_factory.mktemp(name) / "log",
            free_port(),
        )
        plain = ("--default-graph", "separate", "--reasoner", "none", *PATIENT, *options)
        with published.running(folder, port, log, *plain, **limits) as (process, data):
            wait_until_well(process, port, log)
            yield PublishedServer(Server(name, Root.open(folder), port, process.pid, log), data)

    return start_one


@pytest.fixture(scope="session")
def service(
    publishing: Callable[..., contextlib.AbstractContextManager[PublishedServer]],
) -> Iterator[PublishedServer]:
    """One such server for all W3C tests."""
    with publishing("service", "--workers", "1") as server:
        yield server


@pytest.fixture(scope="session")
def hostile(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The toy root with data in it that means harm, or is merely hard to show."""
    folder = tmp_path_factory.mktemp("hostile") / "root"
    shutil.copytree(ROOTS["toy"], folder)
    many = "".join(f"id:spoke-{n} plant:feeds id:hub .\n" for n in range(5000))
    (folder / "data" / "hostile.ttl").write_text(HOSTILE + many, encoding="utf-8")
    return start("hostile", folder, "--reasoner", "none")


HOSTILE = (
    """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

id:script
  a plant:Device ;
  rdfs:label "<script>alert(1)</script>"@en ;
  dcterms:description "</script><img src=x onerror=alert(2)> \\" onmouseover=alert(3) '"@en ;
  dcterms:source <javascript:alert(4)> , <data:text/html,alert(5)> , <https://example.org/'onclick=alert(6)> .

id:long
  a plant:Device ;
  rdfs:label \""""
    + "x" * 10_000
    + """\"@en .

id:unnamed a plant:Device .

id:wordy a plant:Device ; rdfs:label \""""
    + "a name of many words " * 500
    + """\"@en ; plant:blocks id:long , id:unnamed , id:rtl , id:turned .

id:rtl
  a plant:Device ;
  rdfs:label "\u0645\u0636\u062e\u0629 \u0627\u0644\u0645\u064a\u0627\u0647 (\u0631\u0642\u0645 7), A-12"@ar ;
  dcterms:description "\u05d4\u05de\u05e9\u05d0\u05d1\u05d4, \u05de\u05e1' 7."@he .

# It turns the reading direction and never turns it back.
id:turned a plant:Device ; rdfs:label "turned \u202edrawkcab \u2067 and on"@en .

id:gone
  a <https://www.w3.org/ns/activitystreams#Tombstone> ;
  rdfs:label "a pump that was scrapped"@en ;
  <https://www.w3.org/ns/activitystreams#deleted> "2025-03-01T00:00:00Z"^^xsd:dateTime ;
  dcterms:description "It rusted."@en ;
  dcterms:isReplacedBy id:pump-1 .

<https://example.org/plant/id/a%20b> a plant:Device ; rdfs:label "a percent-encoded name"@en .
<https://example.org/plant/id/caf\u00e9> a plant:Device ; rdfs:label "a name beyond ASCII"@en .
<https://example.org/plant/id/dotted.ttl> a plant:Device ; rdfs:label "a name that ends like a suffix"@en .
<https://example.org/plant/id/deep/er> a plant:Device ; rdfs:label "a name with a slash"@en .

id:hub a plant:Device ; rdfs:label "hub"@en .
"""
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CALCIGRAPH_NO_SKIPS=1 a skipped test has failed; a strict xfail has a reason and stays."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report
