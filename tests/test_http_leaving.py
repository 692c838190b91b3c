"""Clients that close their connection: what they asked for ends with them, and others find room."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from conftest import BROWSER, ROOTS, Server
from polling import MOST_S, until
from test_http_stopping import family, is_alive, processor_ticks

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ORDINARY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
# Far beyond what these tests take: nothing here is freed by a deadline.
DEADLINE_S = 600
QUESTION = "what-never-ends"


@pytest.fixture(scope="module")
def patient(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The toy root with one question more, at a server that gives each query very much time."""
    folder = tmp_path_factory.mktemp("patient") / "root"
    shutil.copytree(ROOTS["toy"], folder)
    questions = folder / "ontology" / "questions"
    (questions / f"{QUESTION}.rq").write_text(f"#+ question: What never ends?\n{RUNAWAY}\n", encoding="utf-8")
    (questions / f"{QUESTION}.csv").write_text("n\n", encoding="utf-8")
    return start("patient", folder, "--reasoner", "none", "--timeout", str(DEADLINE_S))


def get(path: str, accept: str, version: str = "1.1") -> bytes:
    return f"GET {path} HTTP/{version}\r\nHost: x\r\nAccept: {accept}\r\n\r\n".encode()


def sparql(query: str) -> str:
    return f"/sparql?{urlencode({'query': query})}"


def post(query: str) -> bytes:
    head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    return f"{head}Content-Length: {len(query)}\r\n\r\n{query}".encode()


REQUESTS = {
    "GET": get(sparql(RUNAWAY), "*/*"),
    "POST": post(RUNAWAY),
    "the page of results": get(sparql(RUNAWAY), BROWSER),
    "an endless answer to HTTP/1.0": get(sparql(ENDLESS), "text/csv", "1.0"),
    "the page of a question": get(f"/questions/{QUESTION}", BROWSER),
    "the answer of a question": get(f"/questions/{QUESTION}", "text/csv"),
}


@contextlib.contextmanager
def client(server: Server, request: bytes) -> Iterator[socket.socket]:
    """A client that has sent a request and waits; it leaves at the end."""
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as connection:
        connection.sendall(request)
        yield connection


def spent(server: Server) -> dict[int, int]:
    """The processor time, in ticks, that each process for queries has taken."""
    fork_servers = set(children(server.pid))
    workers = {worker for fork_server in fork_servers for worker in children(fork_server)}
    return {worker: processor_ticks(worker) for worker in workers}


def at_work(server: Server, before: dict[int, int]) -> set[int]:
    """The processes that have been at work on queries since `before`: one that waits takes no time. An old
    one may be as well, where a query that came before was short enough for it."""
    return {worker for worker, ticks in spent(server).items() if ticks - before.get(worker, 0) > 20}


def children(pid: int) -> set[int]:
    below = family(pid)[1:]
    return set(below) - {grandchild for child in below for grandchild in family(child)[1:]}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_query_ends_when_its_client_leaves(patient: Server, name: str) -> None:
    before = spent(patient)
    with client(patient, REQUESTS[name]):
        until(lambda: bool(at_work(patient, before)))
        begun = at_work(patient, before)
    until(lambda: not any(is_alive(worker) for worker in begun))
    assert patient.ask("ASK {}").status == 200


def test_clients_that_left_take_no_room_from_who_stays(patient: Server) -> None:
    with contextlib.ExitStack() as clients:
        numbers = itertools.count()
        while status_of_a_long_query(patient) != 429:
            for number in itertools.islice(numbers, 64):
                # Each another one: who asks the same takes no room.
                clients.enter_context(client(patient, get(sparql(f"{RUNAWAY} # {number}"), "*/*")))
    until(lambda: status_of_a_long_query(patient) == 503)
    assert patient.ask(ORDINARY).status == 200


def test_a_client_that_sends_the_next_request_early_has_not_left(patient: Server) -> None:
    first, second = get(sparql(ORDINARY), "text/csv"), get("/version", "*/*")
    with client(patient, first) as connection:
        connection.sendall(second)
        received = b""
        while received.count(b"HTTP/1.1 200 OK") < 2:
            piece = connection.recv(65536)
            assert piece
            received += piece


def test_nothing_is_logged_about_who_left(patient: Server) -> None:
    # Stands last in this module: many have left by now.
    log = patient.log.read_text()
    assert "Traceback" not in log
    assert "ClientGone" not in log


def status_of_a_long_query(server: Server) -> int:
    """Of one that ends by its own deadline, once it is too late to pass for a short one: 503 where
    there is room for it, 429 where there is none."""
    return server.ask(RUNAWAY, timeout="1.5").status


def test_clients_that_leave_are_figures_and_no_events(patient: Server) -> None:
    requests = [
        *REQUESTS.values(),
        get(sparql(ENDLESS), "text/csv"),
        get(sparql(ENDLESS), "application/json"),
    ]

    def gone() -> float:
        figures = patient.get("/metrics").text.splitlines()
        counted = [line for line in figures if line.startswith("calcigraph_query_seconds_count")]
        return sum(float(line.split()[-1]) for line in counted if "ClientGone" in line)

    before = gone()
    for request in requests:
        for _ in range(5):
            with client(patient, request) as connection:
                if b"text/csv" in request and b"HTTP/1.1" in request and b"questions" not in request:
                    assert connection.recv(100)
    until(lambda: gone() > before)
    until(lambda: patient.ask("ASK {}").status == 200)
    # What it says when it is ready, on its root and where it listens, and nothing else.
    said = [re.sub(r"\d+", "0", line).split() for line in patient.log.read_text().splitlines()]
    assert [words[:2] for words in said] == [["Read:", "0"], ["0", "quads"]]
