"""What one client may take of the front: beyond it stands a status and a figure, and nobody else waits."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from conftest import ROOTS, Server
from polling import MOST_S, until
from raw_exchange import connected, exchange, read_all, read_one, responses

POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
GET = b"GET /version HTTP/1.1\r\nHost: a\r\n\r\n"
ASK = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n"
LONG = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
# Some 700 kB, which is kept and sent whole.
KEPT = "SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 3000"
CONNECTIONS = 24
FOR_HEALTH = 16


@pytest.fixture(scope="module")
def impatient(start: Callable[..., Server]) -> Server:
    """Waits for nobody for long."""
    options = {"head-seconds": 1, "body-seconds": 1, "idle-seconds": 1, "reader-seconds": 1}
    return started(start, "impatient", options)


@pytest.fixture(scope="module")
def narrow(start: Callable[..., Server]) -> Server:
    """Has room for little."""
    options = {
        **{"connections": CONNECTIONS, "head-bytes": 2048, "head-fields": 20, "body-bytes": 768_000},
        **{"bodies-bytes": 1_000_000, "unread-bytes": 1_000_000, "spool-bytes": 2_000_000},
        **{"query-bytes": 256_000},
    }
    return started(start, "narrow", options)


def started(start: Callable[..., Server], name: str, options: dict[str, int]) -> Server:
    given = [text for option, value in options.items() for text in (f"--{option}", str(value))]
    return start(name, ROOTS["toy"], "--reasoner", "none", *given)


def ended(server: Server, reason: str) -> int:
    line = re.search(
        rf'^calcigraph_http_connections_ended_total{{reason="{reason}"}} (\d+)',
        server.get("/metrics").text,
        re.MULTILINE,
    )
    assert line is not None, reason
    return int(line[1])


def memory_kib(server: Server) -> int:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    (found,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(found)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"GET /version HTTP/1.1\r\nHost: a\r\n", "head"),
        (b"G", "head"),
        (POST + b"Content-Length: 6\r\n\r\nASK", "body"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK", "body"),
    ],
)
def test_a_request_that_does_not_come_is_answered_408(impatient: Server, sent: bytes, reason: str) -> None:
    before = ended(impatient, reason)
    (response,) = responses(exchange(impatient, sent), ["POST"])
    assert response.status == 408
    assert response.closes
    assert response.fields["content-type"] == "application/problem+json"
    assert ended(impatient, reason) == before + 1


def test_a_connection_on_which_nothing_comes_is_closed_without_a_word(impatient: Server) -> None:
    before = ended(impatient, "idle")
    assert exchange(impatient) == b""
    with connected(impatient) as connection:
        connection.sendall(GET)
        assert read_one(connection).status == 200
        assert read_all(connection) == b""
    assert ended(impatient, "idle") == before + 2


def test_a_client_that_does_not_read_is_ended_and_nobody_waits_for_it(impatient: Server) -> None:
    before = ended(impatient, "unread")
    path = f"/sparql?{urlencode({'query': LONG, 'format': 'json'})}"
    with contextlib.ExitStack() as clients:
        for _ in range(4):
            client = clients.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", impatient.port))
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        until(lambda: ended(impatient, "unread") >= before + 4)
    assert impatient.ask("ASK {}").status == 200


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /version HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 3000 + b"\r\n\r\n", 431),
        (b"GET /version HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 30 + b"\r\n", 431),
        (b"GET /version?" + b"x" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET /" + b"x" * 100_000, 414),
        (b"x" * 100_000, 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 1_000_000, 431),
    ],
)
def test_a_head_that_is_too_large_is_refused(narrow: Server, request_head: bytes, status: int) -> None:
    (response,) = responses(exchange(narrow, request_head), ["GET"])
    assert response.status == status
    assert response.closes


def test_a_body_that_is_too_large_is_refused_before_it_has_come(narrow: Server) -> None:
    for request in (
        POST + b"Content-Length: 800000\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nC3500\r\n",
    ):
        (response,) = responses(exchange(narrow, request), ["POST"])
        assert response.status == 413


def test_all_bodies_together_have_a_bound_and_small_ones_pass(narrow: Server) -> None:
    with contextlib.ExitStack() as clients:
        connections = [clients.enter_context(connected(narrow)) for _ in range(6)]
        for connection in connections:
            connection.sendall(POST + b"Content-Length: 700000\r\n\r\n")
            with contextlib.suppress(OSError):
                connection.sendall(b"x" * 400_000)
        refused = read_one(first_readable(connections))
        assert refused.status == 503
        assert int(refused.fields["retry-after"]) > 0
        assert (
            narrow.request("POST", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query"}).status
            == 200
        )
    until(lambda: narrow.request("POST", "/sparql", b"#" * 250_000, SPARQL).status == 400)


def test_a_body_that_was_answered_takes_no_room_any_more(narrow: Server) -> None:
    with contextlib.ExitStack() as clients:
        for _ in range(6):
            # Kept open, and idle by the time the next one comes.
            connection = clients.enter_context(connected(narrow))
            connection.sendall(POST + b"Content-Length: 250000\r\n\r\n" + b"#" * 250_000)
            assert read_one(connection).status == 400


SPARQL = {"Content-Type": "application/sparql-query"}


def first_readable(connections: list[socket.socket]) -> socket.socket:
    import select

    readable, _, _ = select.select(connections, [], [], MOST_S)
    return readable[0]


def test_the_longest_idle_connection_makes_room_for_a_new_one(narrow: Server) -> None:
    before = ended(narrow, "shed")
    with contextlib.ExitStack() as clients:
        idle = [clients.enter_context(connected(narrow)) for _ in range(CONNECTIONS)]
        for connection in idle:
            connection.sendall(GET)
            assert read_one(connection).status == 200
        # The first one has been used last.
        idle[0].sendall(GET)
        assert read_one(idle[0]).status == 200
        for _ in range(3):
            clients.enter_context(connected(narrow)).sendall(ASK)
        assert read_all(idle[1]) == b""
        idle[0].sendall(GET)
        assert read_one(idle[0]).status == 200
    assert ended(narrow, "shed") >= before + 3


def test_who_was_refused_and_stays_makes_room_before_who_goes_on_asking(narrow: Server) -> None:
    before = ended(narrow, "shed")
    with contextlib.ExitStack() as clients:
        asking = clients.enter_context(connected(narrow))
        for _ in range(CONNECTIONS - 1):
            refused = clients.enter_context(connected(narrow))
            refused.sendall(POST + b"Content-Length: 1000000000\r\n\r\n")
            assert read_one(refused).status == 413
        # So long they may read it undisturbed.
        time.sleep(1.5)
        for _ in range(CONNECTIONS - 1):
            asking.sendall(GET)
            assert read_one(asking).status == 200
            newcomer = clients.enter_context(connected(narrow))
            newcomer.sendall(ASK)
            assert read_one(newcomer).status == 200
    assert ended(narrow, "shed") >= before + CONNECTIONS - 2


def test_where_every_connection_is_busy_health_is_still_told(narrow: Server) -> None:
    """A body that is awaited is work that was begun: it does not make room."""
    before = ended(narrow, "full")
    with contextlib.ExitStack() as clients:
        for _ in range(CONNECTIONS):
            assert keeps_busy(clients.enter_context(connected(narrow)))
        assert narrow.get("/healthz").status == 200
        assert narrow.get("/readyz").status == 200
        refused = narrow.ask("ASK {}")
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.type == "application/problem+json"
        # There is room for health alone, until that is taken as well.
        taken = [keeps_busy(clients.enter_context(connected(narrow))) for _ in range(FOR_HEALTH + 1)]
        assert not taken[-1]
    until(lambda: narrow.ask("ASK {}").status == 200)
    assert ended(narrow, "full") > before


def keeps_busy(client: socket.socket) -> bool:
    """Have a body awaited that does not come; whether it is."""
    with contextlib.suppress(ConnectionError):
        client.sendall(POST + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n")
        return client.recv(100).startswith(b"HTTP/1.1 100 ")
    return False


def test_answers_that_wait_for_their_readers_have_a_bound(narrow: Server) -> None:
    before = ended(narrow, "unread")
    path = f"/sparql?{urlencode({'query': KEPT, 'format': 'json'})}"
    request = f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with contextlib.ExitStack() as clients:
        for _ in range(CONNECTIONS - 4):
            client = clients.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", narrow.port))
            # The system keeps some of them; what waits here is one.
            client.sendall(request * 10)
        until(lambda: ended(narrow, "unread") > before)
    assert narrow.ask("ASK {}").status == 200


def test_requests_sent_ahead_of_a_slow_one_wait_outside(toy: Server) -> None:
    slow = f"/sparql?{urlencode({'query': RUNAWAY, 'timeout': 3})}"
    memory = memory_kib(toy)
    with contextlib.ExitStack() as clients:
        for _ in range(10):
            client = clients.enter_context(connected(toy))
            client.sendall(f"GET {slow} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            client.settimeout(0.3)
            with contextlib.suppress(TimeoutError):
                client.sendall(GET * 200_000)
        assert memory_kib(toy) < memory + 100_000
    assert toy.ask("ASK {}").status == 200


RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_a_client_that_left_behind_what_it_sent_ahead_is_noticed(toy: Server) -> None:
    slow = f"/sparql?{urlencode({'query': RUNAWAY})}"
    before = ended(toy, "ahead")
    with connected(toy) as client:
        client.sendall(f"GET {slow} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        client.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            client.sendall(GET * 200_000)
        until(lambda: busy(toy) == 1)
    # Its deadline is later than what is waited for here.
    until(lambda: busy(toy) == 0, most_s=MOST_S / 4)
    assert ended(toy, "ahead") > before


def test_whoever_sends_too_much_ahead_of_a_slow_one_gets_its_response_as_the_last(toy: Server) -> None:
    slow = f"/sparql?{urlencode({'query': RUNAWAY, 'timeout': 8})}"
    before = ended(toy, "ahead")
    with connected(toy) as client:
        client.sendall(f"GET {slow} HTTP/1.1\r\nHost: a\r\n\r\n".encode() + GET * 2000)
        until(lambda: ended(toy, "ahead") > before)
        (response,) = responses(read_all(client), ["GET"])
    assert response.status == 503
    assert response.closes


def test_whoever_sends_too_much_ahead_of_what_it_does_not_read_is_told_the_end(toy: Server) -> None:
    """The answer was written, and waits: a connection that is kept would swallow what comes next."""
    path = f"/sparql?{urlencode({'query': KEPT, 'format': 'json'})}"
    before, idle = ended(toy, "ahead"), ended(toy, "idle")
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", toy.port))
        client.settimeout(MOST_S)
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 10 + GET * 2000)
        until(lambda: ended(toy, "ahead") > before)
        received = read_all(client)
    assert 0 < received.count(b"HTTP/1.1 200 OK") <= 10
    assert ended(toy, "idle") == idle, "it is closed behind its last response, not because nothing more came"


def busy(server: Server) -> int:
    found = re.findall(
        r'^calcigraph_pool_workers\{state="(?:busy|preempted)"\} (\d+)', server.get("/metrics").text, re.M
    )
    return sum(map(int, found))


def test_a_long_answer_by_http_1_0_waits_in_a_file_of_a_bounded_size(narrow: Server, toy: Server) -> None:
    path = f"/sparql?{urlencode({'query': LONG, 'format': 'json'})}"
    request = f"GET {path} HTTP/1.0\r\n\r\n".encode()
    (whole,) = responses(exchange(toy, request), ["GET"])
    assert whole.status == 200
    (refused,) = responses(exchange(narrow, request), ["GET"])
    assert refused.status == 505
    assert b"HTTP/1.1" in refused.body


@pytest.mark.parametrize("attack", ["fields", "accept", "spaces", "trailers", "bytes"])
def test_what_freezes_others_is_bounded(toy: Server, attack: str) -> None:
    """Each was found to stop the serving process, or to fill its memory."""
    memory = memory_kib(toy)
    exchange(toy, *ATTACKS[attack]())
    assert memory_kib(toy) < memory + 50_000
    assert toy.ask("ASK {}").status == 200


def endless_trailers() -> Iterator[bytes]:
    yield POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    for _ in range(300):
        yield b"T: u\r\n" * 50_000


ATTACKS: dict[str, Callable[[], Iterator[bytes]]] = {
    "fields": lambda: iter([b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 200_000 + b"\r\n"]),
    "accept": lambda: iter([b"GET / HTTP/1.1\r\nHost: a\r\nAccept: " + b"a/b," * 250_000 + b"\r\n\r\n"]),
    "spaces": lambda: iter([b"GET / HTTP/1.1\r\nHost: a\r\nX:" + b" " * (1 << 20) + b"\r\n\r\n"]),
    "trailers": endless_trailers,
    "bytes": lambda: iter(
        [bytes([byte]) for byte in b"GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]
    ),
}


@pytest.mark.parametrize("point", [0, 1, 20, 60, 100, 140, -1])
def test_a_client_may_leave_at_any_point(toy: Server, point: int) -> None:
    whole = POST + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n"
    for linger in (False, True):
        with connected(toy) as client:
            if linger:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.sendall(whole[:point] if point >= 0 else whole)
            time.sleep(0.01)
    assert toy.ask("ASK {}").status == 200
    assert "Traceback" not in toy.log.read_text()
