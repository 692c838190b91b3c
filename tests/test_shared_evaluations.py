"""The same query, asked again while it is evaluated: one evaluation, and each who asked has an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Pool, Query, QueryLimits
from calcigraph.pool.query_problems import ClientGone, QueryMalformed, QueryTimedOut
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol import request_head
from calcigraph.web.serving.running_queries import RunningQueries
from calcigraph.web.serving.shared_evaluation import SharedEvaluation
from polling import MOST_S, until

HEAD = request_head.read(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 100)
DATA = "".join(f"<urn:s{n}> <urn:p> <urn:s{n * 7 % 3000}> .\n" for n in range(3000)).encode()
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <urn:p> ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
ENDLESS_BY_CHANCE = (
    "SELECT (COUNT(*) AS ?n) (MAX(?u) AS ?m) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f BIND(RAND() AS ?u) }"
)
LONG = "SELECT * { ?s ?p ?o }"
# Of what is too long to be known whole.
BUFFER = 10_000


class Asker:
    """One who asks: `ended` once it is told, `is_repeated` where it is told that others have asked too."""

    def __init__(self) -> None:
        self.ended = False
        self.is_repeated = False
        self.in_flight = InFlight(HEAD, b"", lambda _: None)

    @property
    def told(self) -> Answer | Attempt | Problem | None:
        return self.in_flight.begun


def test_who_asks_and_leaves_again_and_again_is_forgotten() -> None:
    """Where another one waits for the same all the time."""
    patient = InFlight(HEAD, b"", lambda _: None)
    evaluation = SharedEvaluation(Query(COUNT), None, [patient])
    for _ in range(1000):
        leaving = InFlight(HEAD, b"#" * 1000, lambda _: None)
        evaluation.join(leaving)
        leaving.leave()
        assert not leaving.body
    assert len(evaluation.waiting) < 100
    assert not evaluation.gone()
    assert evaluation.taken() == [patient]


class Asking:
    """Those who ask one pool, in one event loop."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._by_request: dict[InFlight, Asker] = {}
        self._queries = RunningQueries(pool, self._end)

    def ask(self, text: str, timeout_s: float | None = None, version: int | None = None) -> Asker:
        asker = Asker()
        self._by_request[asker.in_flight] = asker
        query = Query(text, timeout_s=timeout_s, results_format="csv")
        self._queries.run(query, asker.in_flight, self.pool.version if version is None else version)
        return asker

    async def wait(self, *askers: Asker) -> None:
        """Until all are told."""
        await self.until(lambda: all(asker.ended for asker in askers))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(MOST_S):
            while not condition():
                await asyncio.sleep(0.005)

    @property
    def evaluations(self) -> int:
        return self.pool.counts()["cache_misses"]

    def _end(self, in_flight: InFlight, _seconds: float, is_repeated: bool) -> None:
        asker = self._by_request[in_flight]
        assert not asker.ended, "each is told once"
        asker.ended, asker.is_repeated = True, is_repeated


Play = Callable[[Asking], Awaitable[None]]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    limits = QueryLimits(workers=2, spares=1, queue=4, cache_bytes=0, buffer_bytes=BUFFER, timeout_s=60)
    with Pool.start(DATA, limits=limits) as pool:
        yield pool


@pytest.fixture
def play(pool: Pool) -> Callable[[Play], None]:
    """Play a scene in a loop of its own; afterwards no worker is busy and nobody waits."""

    def played(scene: Play) -> None:
        async def scened() -> None:
            await scene(Asking(pool))

        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(scened())).result()
        until(lambda: not pool.counts()["busy"] + pool.counts()["waiting"] + pool.counts()["preempted"])

    return played


def test_a_crowd_that_asks_one_thing_takes_one_worker_and_no_room_in_the_queue(
    play: Callable[[Play], None],
) -> None:
    async def scene(asking: Asking) -> None:
        before = asking.evaluations
        askers = [asking.ask(COUNT) for _ in range(200)]
        other = asking.ask(COUNT + " # another text")
        await asking.wait(*askers, other)
        assert asking.evaluations == before + 2
        for asker in askers:
            assert isinstance(asker.told, Answer)
            assert b"".join(asker.told.body) == asker.told.content == b"n\r\n3000\r\n"
        assert {asker.is_repeated for asker in askers} == {True}
        assert not other.is_repeated

    play(scene)


def test_who_asks_about_another_edition_or_within_another_time_has_an_evaluation_of_its_own(
    play: Callable[[Play], None],
) -> None:
    async def scene(asking: Asking) -> None:
        before = asking.evaluations
        await asking.wait(asking.ask(COUNT), asking.ask(COUNT, version=7), asking.ask(COUNT, timeout_s=5))
        assert asking.evaluations == before + 3

    play(scene)


def test_a_problem_is_told_to_all(play: Callable[[Play], None]) -> None:
    async def scene(asking: Asking) -> None:
        before = asking.evaluations
        askers = [asking.ask("SELECT ( {}") for _ in range(50)]
        await asking.wait(*askers)
        assert {type(asker.told) for asker in askers} == {QueryMalformed}
        assert asking.evaluations == before + 1

    play(scene)


@pytest.mark.parametrize("leaving", [[0], [1], [0, 1, 2]])
def test_who_leaves_ends_nothing_for_the_others(play: Callable[[Play], None], leaving: list[int]) -> None:
    async def scene(asking: Asking) -> None:
        before = asking.evaluations
        askers = [asking.ask(COUNT + f" # {leaving}") for _ in range(4)]
        for number in leaving:
            askers[number].in_flight.has_left = True
        staying = [asker for number, asker in enumerate(askers) if number not in leaving]
        await asking.wait(*staying)
        assert asking.evaluations == before + 1
        assert {asker.told.content for asker in staying if isinstance(asker.told, Answer)} == {
            b"n\r\n3000\r\n"
        }

    play(scene)


def test_an_evaluation_that_all_have_left_is_ended(play: Callable[[Play], None]) -> None:
    async def scene(asking: Asking) -> None:
        askers = [asking.ask(ENDLESS) for _ in range(3)]
        await asking.until(lambda: asking.pool.counts()["busy"])
        for asker in askers:
            asker.in_flight.has_left = True
        await asking.until(lambda: askers[0].ended)
        assert isinstance(askers[0].told, ClientGone)

    play(scene)


def test_each_has_its_own_deadline(play: Callable[[Play], None]) -> None:
    async def scene(asking: Asking) -> None:
        before = asking.evaluations
        first = [asking.ask(ENDLESS, timeout_s=4) for _ in range(3)]
        await asyncio.sleep(2)
        later = [asking.ask(ENDLESS, timeout_s=4) for _ in range(3)]
        assert asking.evaluations == before + 1
        await asking.wait(*first)
        assert not any(asker.ended for asker in later)
        await asking.wait(*later)
        assert asking.evaluations == before + 2, "once more for those who had time left"
        assert {type(asker.told) for asker in first + later} == {QueryTimedOut}

    play(scene)


def test_what_is_another_answer_each_time_is_evaluated_for_each(play: Callable[[Play], None]) -> None:
    async def scene(asking: Asking) -> None:
        askers = [asking.ask("SELECT (STRUUID() AS ?u) {}") for _ in range(4)]
        await asking.wait(*askers)
        assert len({asker.told.content for asker in askers if isinstance(asker.told, Answer)}) == 4

    play(scene)


def test_nobody_waits_for_the_chance_of_another_one(play: Callable[[Play], None]) -> None:
    async def scene(asking: Asking) -> None:
        askers = [asking.ask(ENDLESS_BY_CHANCE, timeout_s=30) for _ in range(2)]
        # Two are under way at the same time.
        await asking.until(lambda: asking.pool.counts()["busy"] + asking.pool.counts()["preempted"] == 2)
        for asker in askers:
            asker.in_flight.has_left = True
        await asking.wait(*askers)

    play(scene)


def test_each_reads_a_long_answer_at_its_own_pace(play: Callable[[Play], None]) -> None:
    async def scene(asking: Asking) -> None:
        before = asking.evaluations
        askers = [asking.ask(LONG) for _ in range(3)]
        await asking.wait(*askers)
        assert asking.evaluations == before + 3
        contents = []
        for asker in askers:
            assert isinstance(asker.told, Answer)
            assert asker.told.content is None
            contents.append(await asyncio.to_thread(b"".join, asker.told.body))
        assert len(set(contents)) == 1
        assert contents[0].count(b"\r\n") == 3001

    play(scene)
