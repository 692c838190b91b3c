"""What a crowd asks of the event loop is done in many turns, between which everybody else has theirs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar, cast

import pytest
import uvloop

from calcigraph.web.in_flight import InFlight
from calcigraph.web.metrics import Metrics
from calcigraph.web.serving.acceptor import Acceptor
from calcigraph.web.serving.connection import Connection
from calcigraph.web.serving.connection_limits import ConnectionLimits
from calcigraph.web.serving.connections import Connections
from calcigraph.web.serving.dispatcher import Dispatcher
from calcigraph.web.serving.turns import Turns
from polling import MOST_S

Told = TypeVar("Told")
CROWD = 300


def in_a_loop(scene: Callable[[], Awaitable[Told]]) -> Told:
    async def scened() -> Told:
        async with asyncio.timeout(MOST_S):
            return await scene()

    def run() -> Told:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(scened())

    # The tests' thread has a loop of its own since a browser was used.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def longer_than_a_turn() -> None:
    until = time.monotonic() + 0.003
    while time.monotonic() < until:
        pass


def test_each_is_called_once_the_newest_and_the_oldest_by_turns() -> None:
    async def scene() -> list[int]:
        turns, called = Turns(), list[int]()
        turns.add(partial(called.append, number) for number in range(6))
        while len(called) < 6:
            await asyncio.sleep(0)
        return called

    assert in_a_loop(scene) == [5, 0, 4, 1, 3, 2]


def test_others_have_their_turn_between() -> None:
    async def scene() -> list[int]:
        turns, done, seen = Turns(), list[int](), list[int]()

        def one() -> None:
            longer_than_a_turn()
            done.append(1)

        turns.add([one] * 5)
        while len(done) < 5:
            await asyncio.sleep(0)
            seen.append(len(done))
        return seen

    assert set(in_a_loop(scene)) >= {1, 2, 3, 4}


def test_pieces_of_long_work_hold_up_nobody() -> None:
    """One in a turn, behind what was added: who comes waits for one of them, and not for all."""

    async def scene() -> list[str]:
        turns, called = Turns(), list[str]()
        for _ in range(5):
            turns.add_piece(partial(called.append, "piece"))
        await asyncio.sleep(0)
        turns.add([partial(called.append, "call")])
        while len(called) < 6:
            await asyncio.sleep(0)
        return called

    assert "call" in in_a_loop(scene)[:3]


def test_what_goes_wrong_in_one_ends_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> list[int]:
        turns, called = Turns(), list[int]()
        turns.add([partial(called.append, 1), partial(int, "none"), partial(called.append, 2)])
        while len(called) < 2:
            await asyncio.sleep(0)
        return called

    assert sorted(in_a_loop(scene)) == [1, 2]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]


def test_a_turn_is_over_when_it_has_taken_long_and_the_next_one_is_not() -> None:
    async def scene() -> tuple[bool, bool, bool]:
        turns = Turns()
        fresh = turns.is_over
        longer_than_a_turn()
        over = turns.is_over
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return fresh, over, turns.is_over

    assert in_a_loop(scene) == (False, True, False)


@contextlib.contextmanager
def waiting_clients(port: int, number: int) -> Iterator[None]:
    with contextlib.ExitStack() as clients:
        for _ in range(number):
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        yield


def test_a_crowd_that_connects_at_once_is_taken_little_by_little() -> None:
    async def scene() -> list[int]:
        made, steps = list[asyncio.BaseTransport](), list[int]()

        class Taken(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                made.append(transport)

        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(CROWD)
            acceptor = Acceptor(listener, Taken, Turns())
            with waiting_clients(listener.getsockname()[1], CROWD):
                acceptor.open()
                while len(made) < CROWD:
                    before = len(made)
                    await asyncio.sleep(0)
                    steps.append(len(made) - before)
            acceptor.close()
            for transport in made:
                transport.close()
        return steps

    steps = in_a_loop(scene)
    assert sum(steps) == CROWD
    assert max(steps) <= 32


class Slow:
    """In place of what answers: each request takes longer than a turn, and gets no answer."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def take(self, in_flight: InFlight, is_for_health: bool) -> None:
        longer_than_a_turn()
        self.taken.append(in_flight.body)


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (HEAD + b"Content-Length: 6\r\n\r\n", b"ASK {}"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n"),
    ],
)
def test_bodies_that_are_whole_at_once_have_their_turns(head: bytes, body: bytes) -> None:
    """Each of a crowd has sent its head; then all of the bodies come."""

    async def scene() -> list[int]:
        connections, slow, steps = Connections(ConnectionLimits(), NOBODY_ENDED), Slow(), list[int]()
        loop = asyncio.get_running_loop()
        with contextlib.ExitStack() as clients:
            near = []
            for _ in range(MANY_BODIES):
                client, server = map(clients.enter_context, socket.socketpair())
                near.append(client)
                await loop.connect_accepted_socket(
                    lambda: Connection(connections, cast(Dispatcher, slow)), server.dup()
                )
                client.sendall(head)
            while len(connections.bodies) < MANY_BODIES:
                await asyncio.sleep(0)
            for client in near:
                client.sendall(body)
            while len(slow.taken) < MANY_BODIES:
                before = len(slow.taken)
                await asyncio.sleep(0)
                steps.append(len(slow.taken) - before)
            for connection in tuple(connections.open):
                connection.abort()
            await asyncio.sleep(0)
        assert {*slow.taken} == {b"ASK {}"}
        return steps

    assert max(in_a_loop(scene)) <= 2


def test_who_sends_little_is_read_before_all_who_send_much() -> None:
    async def scene() -> list[str]:
        turns, read = Turns(), list[str]()
        for _ in range(100):
            turns.add_read(partial(read.append, "much"), True)
        turns.add_read(partial(read.append, "little"), False)
        while len(read) < 101:
            await asyncio.sleep(0)
        return read

    assert in_a_loop(scene).index("little") <= 8


def test_who_asks_something_short_does_not_wait_for_all_long_bodies() -> None:
    """All have sent their heads, and wait; then all of the bodies come, a short one among long ones."""

    async def scene() -> int:
        connections, slow = Connections(ConnectionLimits(), NOBODY_ENDED), Slow()
        loop = asyncio.get_running_loop()
        sizes = [40_000] * 10 + [6] + [40_000] * 10
        with contextlib.ExitStack() as clients:
            near = []
            for size in sizes:
                client, server = map(clients.enter_context, socket.socketpair())
                near.append(client)
                await loop.connect_accepted_socket(
                    lambda: Connection(connections, cast(Dispatcher, slow)), server.dup()
                )
                client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % size)
            while len(connections.bodies) < len(sizes):
                await asyncio.sleep(0)
            for client, size in zip(near, sizes, strict=True):
                client.sendall(b"#" * size)
            while len(slow.taken) < len(sizes):
                await asyncio.sleep(0)
            for connection in tuple(connections.open):
                connection.abort()
            await asyncio.sleep(0)
        return [len(body) for body in slow.taken].index(6)

    assert in_a_loop(scene) <= 4


MANY_BODIES = 20
NOBODY_ENDED = cast(Metrics, None)
