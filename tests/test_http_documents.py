"""Dumps, graphs and other large documents: made once, in bounds, in a process that can be ended."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import itertools
import os
import re
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

import changing
from calcigraph.root import Root
from conftest import ROOTS, Reply, Server, free_port, serving, wait_until_well
from large_roots import HUB, SOURCE, write_large_root
from polling import until

MAKER = "calcigraph.store.document_maker_process"
SPOKES = 6_000
CLIENTS = 20
DEFAULT = "/graphs?default&format=n-triples"
GZIP = {"Accept-Encoding": "gzip"}
_OFFSETS = itertools.count()


def unmade() -> str:
    """A large document that nobody has asked for yet: a resource with so many statements, and another page of
    the links to it."""
    return f"/id/{SOURCE}.ttl?incoming={next(_OFFSETS)}"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose documents are made in a process of their own."""
    return write_large_root(tmp_path_factory.mktemp("large") / "root", SPOKES)


@pytest.fixture(scope="module")
def server(start: Callable[..., Server], large: Path) -> Server:
    return start("large", large, "--reasoner", "none")


def figure(server: Server, name: str) -> int:
    """What the metrics say of large documents."""
    found = re.search(rf"^calcigraph_documents_{name} (\S+)$", server.get("/metrics").text, re.MULTILINE)
    assert found is not None
    return int(float(found[1]))


def makers(server: Server) -> list[int]:
    return changing.helpers_of(server.pid, MAKER)


def stopped_maker(server: Server) -> int:
    """The process that makes a document, once there is one; it goes no further."""
    until(lambda: makers(server))
    (maker,) = makers(server)
    os.kill(maker, signal.SIGSTOP)
    return maker


def files(server: Server) -> set[str]:
    """The names of the files that hold documents, in the folder that the server works in."""
    folders = {
        Path(os.readlink(link)).parent
        for link in Path(f"/proc/{server.pid}/fd").iterdir()
        if link.is_symlink() and os.readlink(link).endswith("/lock")
    }
    return {path.name for folder in folders for path in (folder / "documents").glob("*")}


def peak(server: Server) -> int:
    """The most bytes of memory that the serving process has had."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10  # type: ignore[index]


@contextlib.contextmanager
def asking(server: Server, path: str, clients: int = 1) -> Iterator[list[Callable[[], Reply]]]:
    """Clients that ask at the same time; each of what is given waits for its reply."""
    with ThreadPoolExecutor(clients) as pool:
        yield [pool.submit(server.get, path).result for _ in range(clients)]


@contextlib.contextmanager
def client(server: Server, path: str) -> Iterator[socket.socket]:
    """A client that has asked, and leaves at the end."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port))) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        yield connection


def test_documents_are_too_large_for_a_thread(server: Server) -> None:
    before = figure(server, "made_total")
    assert server.get(unmade()).status == 200
    assert figure(server, "made_total") == before + 1


@pytest.mark.parametrize("path", ["/dump.ttl.gz", "/dump.nq.gz", DEFAULT, f"/id/{SOURCE}.jsonld?incoming=99"])
def test_a_document_is_made_once_however_many_ask(server: Server, path: str) -> None:
    before, made = peak(server), figure(server, "made_total")
    with asking(server, path, CLIENTS) as replies:
        found = [reply() for reply in replies]
    assert {reply.status for reply in found} == {200}
    assert len({reply.body for reply in found}) == 1
    assert figure(server, "made_total") == made + 1
    # Each of them made its own of some 20 MB.
    assert peak(server) - before < 32 << 20


def test_a_large_resource_has_all_its_statements(server: Server) -> None:
    graph = set(ox.parse(server.get(f"/id/{SOURCE}.nt").body, format=ox.RdfFormat.N_TRIPLES))
    source = ox.NamedNode(f"{server.namespace}id/{SOURCE}")
    assert sum(quad.subject == source for quad in graph) == SPOKES


def test_a_page_of_a_large_resource_is_refused_with_the_reason(server: Server) -> None:
    page = server.get(f"/id/{SOURCE}.html", "application/problem+json")
    assert page.status == 406
    assert page.json["type"].endswith("#DescriptionTooLong")
    assert "Turtle" in page.json["hint"]


def test_many_links_are_told_a_page_at_a_time(start: Callable[..., Server], tmp_path: Path) -> None:
    many = 12_000
    server = start("hub", write_large_root(tmp_path / "root", many), "--reasoner", "none")
    seen: set[str] = set()
    for offset in (0, 100, 5_000, many - 50):
        page = server.get(f"/id/{HUB}.nt?incoming={offset}")
        subjects = {str(q.subject) for q in ox.parse(page.body, format=ox.RdfFormat.N_TRIPLES)}
        spokes = {subject for subject in subjects if "/spoke-" in subject}
        assert len(spokes) == (100 if offset < many - 100 else 50)
        assert not spokes & seen
        seen |= spokes
    assert f"{many}" in server.get(f"/id/{HUB}.html").text.replace(",", "").replace("\u202f", "")
    assert server.get(f"/id/{HUB}.nt?incoming={many}").status == 200


def test_the_catalogue_and_the_dump_are_of_one_making(server: Server) -> None:
    catalogue, dumps = server.get("/catalog").text, [server.get(f"/dump.{form}.gz") for form in ("nq", "ttl")]
    made = figure(server, "made_total")
    for dump in dumps:
        assert hashlib.sha256(dump.body).hexdigest().upper() in catalogue.upper()
    assert server.get("/catalog", "application/ld+json").status == 200
    assert figure(server, "made_total") == made


def test_a_client_that_has_the_document_has_none_made(
    server: Server, start: Callable[..., Server], large: Path
) -> None:
    other = start("known", large, "--reasoner", "none")
    for path in ("/dump.nq.gz", DEFAULT, unmade()):
        for headers in ({}, GZIP):
            reply = server.request("GET", path, headers=headers)
            assert reply.status == 200
            again = other.request("GET", path, headers={**headers, "If-None-Match": reply.headers["etag"]})
            assert (again.status, again.body) == (304, b"")
    assert figure(other, "made_total") == 0


def test_documents_are_compressed_for_those_who_take_it(server: Server) -> None:
    plain, packed = server.get(DEFAULT), server.request("GET", DEFAULT, headers=GZIP)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["etag"] != packed.headers["etag"]
    assert int(packed.headers["content-length"]) == len(packed.body) < len(plain.body)


def test_a_document_and_what_is_made_in_a_thread_are_the_same(server: Server) -> None:
    graph = f"{server.namespace}graph/data/large"
    asked = server.get(f"/graphs?graph={graph}&format=n-triples")
    made = set(ox.parse(asked.body, format=ox.RdfFormat.N_TRIPLES))
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    answer = server.ask(query, "application/n-triples")
    assert len(made) == 3 * SPOKES
    assert made == set(ox.parse(answer.body, format=ox.RdfFormat.N_TRIPLES))


def test_ranges_of_a_document_are_sent(server: Server) -> None:
    path = "/dump.nq.gz"
    whole = server.get(path)
    size, tag = len(whole.body), whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    part = server.get(path, Range="bytes=100-199")
    assert (part.status, part.body) == (206, whole.body[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    assert part.headers["etag"] == tag
    assert server.get(path, Range="bytes=-10", If_Range=tag).body == whole.body[-10:]
    rest = server.get(path, Range="bytes=1-", If_Range=tag)
    assert (rest.status, rest.body) == (206, whole.body[1:])
    other = server.get(path, Range="bytes=100-", If_Range='"other"')
    assert (other.status, other.body) == (200, whole.body)
    beyond = server.get(path, Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert beyond.type == "application/problem+json"
    known = server.get(path, Range="bytes=0-9", If_None_Match=tag)
    assert (known.status, known.body) == (304, b"")
    assert server.get(path, Range="bytes=0-9", If_Match='"other"').status == 412
    several = server.get(path, Range="bytes=0-1,5-6")
    assert (several.status, several.body) == (200, whole.body)


@pytest.mark.parametrize("path", ["/dump.ttl.gz", DEFAULT])
def test_head_says_what_get_would_send(server: Server, path: str) -> None:
    head = server.request("HEAD", path, headers={"Range": "bytes=0-9"})
    got = server.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers | {"date": ""} == got.headers | {"date": ""}
    assert int(head.headers["content-length"]) == len(got.body)


def test_a_maker_that_is_killed_is_replaced(server: Server) -> None:
    with asking(server, unmade()) as (reply,):
        os.kill(stopped_maker(server), signal.SIGKILL)
        found = reply()
    assert found.status == 200
    assert found.text.count("spoke-") >= SPOKES


def test_makers_that_are_always_killed_leave_no_document(server: Server) -> None:
    before, path = files(server), unmade()
    ended = threading.Event()

    def kill_all() -> None:
        while not ended.is_set():
            for maker in makers(server):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(maker, signal.SIGKILL)
            ended.wait(0.01)

    killing = threading.Thread(target=kill_all)
    killing.start()
    try:
        found = server.get(path)
    finally:
        ended.set()
        killing.join()
    assert found.status == 503
    assert int(found.headers["retry-after"]) > 0
    assert files(server) == before
    assert server.get(path).status == 200, "it was bad luck, and is not remembered"


def test_a_document_that_nobody_waits_for_is_not_made_to_the_end(server: Server) -> None:
    before, made, path = files(server), figure(server, "made_total"), unmade()
    with client(server, path):
        stopped_maker(server)
    until(lambda: not makers(server))
    until(lambda: figure(server, "waiting") == 0)
    assert figure(server, "made_total") == made
    until(lambda: files(server) == before)
    assert server.get(path).status == 200


def test_who_waits_still_gets_what_another_client_has_left(server: Server) -> None:
    made, path = figure(server, "made_total"), unmade()
    with asking(server, path) as (reply,):
        maker = stopped_maker(server)
        with client(server, path):
            until(lambda: figure(server, "waiting") == 2)
        until(lambda: figure(server, "waiting") == 1)
        os.kill(maker, signal.SIGCONT)
        assert reply().status == 200
    assert figure(server, "made_total") == made + 1


def test_no_more_wait_than_may_and_nothing_else_waits_for_them(server: Server) -> None:
    most, path = 64, unmade()
    with asking(server, path, most) as replies:
        maker = stopped_maker(server)
        until(lambda: figure(server, "waiting") == most)
        busy = server.get(path)
        assert busy.status == 503
        assert busy.json["type"].endswith("#DocumentsBusy")
        assert int(busy.headers["retry-after"]) > 0
        assert server.ask("SELECT * { ?s ?p ?o } LIMIT 3").status == 200
        assert server.get("/id/pump-1.html").status == 200
        os.kill(maker, signal.SIGCONT)
        assert {reply().status for reply in replies} == {200}


def test_so_many_are_made_at_a_time_and_others_wait_for_their_turn(server: Server) -> None:
    paths = [unmade() for _ in range(5)]
    with ThreadPoolExecutor(len(paths)) as pool:
        replies = [pool.submit(server.get, path) for path in paths]
        until(lambda: figure(server, "waiting") == len(paths))
        until(lambda: figure(server, "at_work") == 2)
        while not all(reply.done() for reply in replies):
            assert len(makers(server)) <= 2
        assert {reply.result().status for reply in replies} == {200}


def test_a_document_that_takes_too_long_is_refused_and_leaves_nothing(
    start: Callable[..., Server], large: Path
) -> None:
    server = start("hasty", large, "--reasoner", "none", "--document-timeout", "0.1")
    for path in (DEFAULT, "/dump.ttl.gz", "/catalog"):
        found = server.get(path)
        assert found.status == 503
        assert int(found.headers["retry-after"]) > 0
        assert found.json["type"].endswith("#DocumentTimedOut")
    until(lambda: not makers(server))
    assert files(server) == set()
    assert server.ask("ASK {}").status == 200


def test_a_document_that_needs_too_much_memory_is_refused(start: Callable[..., Server], large: Path) -> None:
    server = start("narrow", large, "--reasoner", "none", "--document-memory-mib", "64")
    found = server.get("/graphs?default&format=json-ld")
    assert found.status == 503
    assert found.json["type"].endswith("#DocumentTooBig")
    assert "64 MiB" in found.json["detail"]
    assert files(server) == set()
    assert server.get("/dump.nq.gz").status == 200, "it streams"


def test_a_document_that_has_no_room_is_refused_and_leaves_nothing(
    start: Callable[..., Server], large: Path
) -> None:
    server = start("full", large, "--reasoner", "none", "--document-disk-mib", "1")
    found = server.get(DEFAULT)
    assert found.status == 507
    assert found.json["type"].endswith("#NoRoomForDocument")
    assert files(server) == set()
    assert server.get("/dump.ttl.gz").status == 200
    assert len(files(server)) == 1
    pages = [server.get(unmade()) for _ in range(8)]
    assert {page.status for page in pages} == {200}
    assert sum(len(page.body) for page in pages) > 1 << 20, "they have no room together"
    assert 0 < figure(server, "bytes") <= 1 << 20
    assert 0 < len(files(server)) < len(pages)


def test_a_server_that_ends_ends_what_it_makes(large: Path, tmp_path: Path) -> None:
    with (
        serving("ending", large, tmp_path / "log", "--reasoner", "none") as server,
        client(server, unmade()),
    ):
        until(lambda: makers(server))
        (maker,) = makers(server)
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: not is_maker(maker))


def is_maker(pid: int) -> bool:
    try:
        return MAKER in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return False


NAME = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
COUNTER = ox.NamedNode("https://example.org/plant/id/counter")
GRAPH = ox.NamedNode("https://example.org/plant/graph/data/counted")


def name(number: int) -> ox.Quad:
    return ox.Quad(COUNTER, NAME, ox.Literal(f"counter {number}", language="en"), GRAPH)


def test_a_document_is_of_one_edition_and_old_ones_are_removed(tmp_path: Path) -> None:
    folder, log, port = tmp_path / "root", tmp_path / "log", free_port()
    shutil.copytree(ROOTS["toy"], folder)
    (folder / "data" / "counted.ttl").write_text(f'<{COUNTER.value}> <{NAME.value}> "counter 0"@en .\n')
    with changing.running(folder, port, log) as changes:
        wait_until_well(changes.process, port, log)
        server = Server("changing", Root.open(folder), port, changes.pid, log)
        stop = threading.Event()
        seen: list[tuple[str, int]] = []

        def ask() -> None:
            while not stop.is_set():
                reply = server.get("/dump.nq.gz")
                assert reply.status == 200, reply.text
                (number,) = re.findall(rb'"counter (\d+)"', gzip.decompress(reply.body))
                seen.append((reply.headers["calcigraph-version"], int(number)))

        with ThreadPoolExecutor(4) as clients:
            waiting = [clients.submit(ask) for _ in range(4)]
            try:
                for number in range(1, 6):
                    until(lambda number=number: any(found == number - 1 for _, found in list(seen)))
                    changes.publish(add=[name(number)], remove=[name(number - 1)])
                until(lambda: any(found == 5 for _, found in list(seen)))
            finally:
                stop.set()
            for client in waiting:
                client.result()
        for version, number in seen:
            assert int(version.partition("-")[2] or 0) == number
        assert {number for _, number in seen} == set(range(6))
        until(lambda: len(files(server)) == 1)
