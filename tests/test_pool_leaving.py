"""Who asked and has left: the query ends, its place is free, and nobody who stays notices."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from calcigraph.pool import Pool, Query, QueryLimits, run
from calcigraph.pool.query_problems import ClientGone
from polling import until
from taken_workers import taken_from

EX = "http://example.org/"
DATA = "".join(f"<{EX}s{i}> <{EX}p> <{EX}s{i * 7 % 3000}> .\n" for i in range(3000)).encode()
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d }"
POINT = f"SELECT ?o {{ <{EX}s1> ?p ?o }}"
LONG = "SELECT * { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
# Far beyond what these tests take: no query here ends by its deadline.
LIMITS = QueryLimits(workers=2, spares=2, timeout_s=600.0, cache_bytes=0)


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        yield started


def is_at_rest(pool: Pool) -> bool:
    counts = pool.counts()
    in_use = counts["busy"], counts["preempted"], counts["waiting"]
    return in_use == (0, 0, 0) and counts["idle"] >= LIMITS.workers + LIMITS.spares


@contextmanager
def asking(pool: Pool, query: str) -> Iterator[threading.Event]:
    """One who asks in a thread, until the event says that they have left, at the latest at the end."""
    left = threading.Event()
    ended: list[ClientGone] = []

    def ask() -> None:
        with pytest.raises(ClientGone) as caught:
            pool.ask(Query(query), left.is_set)
        ended.append(caught.value)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield left
    finally:
        left.set()
        thread.join()
    assert len(ended) == 1


def test_query_whose_asker_has_left_is_ended_and_its_worker_replaced(pool: Pool) -> None:
    with asking(pool, CROSS) as left:
        until(lambda: pool.counts()["preempted"] == 1)
        left.set()
        until(lambda: is_at_rest(pool))


def test_query_is_ended_in_its_first_moments_too(pool: Pool) -> None:
    with asking(pool, CROSS) as left:
        until(lambda: pool.counts()["busy"] == 1)
        left.set()
        until(lambda: is_at_rest(pool))


def test_more_askers_than_there_is_room_for_leave_and_a_long_query_finds_room() -> None:
    limits = replace(LIMITS, long_queries=4, patience_s=0.1)
    with Pool.start(DATA, limits=limits) as pool:
        for _ in range(2):
            with ExitStack() as askers:
                for number in range(limits.long_queries):
                    askers.enter_context(asking(pool, CROSS))
                    until(lambda wanted=number + 1: pool.counts()["preempted"] == wanted)  # type: ignore[misc]
            until(lambda: is_at_rest(pool))
        assert pool.ask(Query(SLOW)).content


def test_place_in_the_queue_is_given_up(pool: Pool) -> None:
    taken = [taken_from(pool, 600) for _ in range(LIMITS.workers)]
    with asking(pool, POINT) as left:
        until(lambda: pool.counts()["waiting"] == 1)
        left.set()
        until(lambda: pool.counts()["waiting"] == 0)
    for worker in taken:
        pool._scheduler.release_unused(worker)
    assert pool.ask(Query(POINT)).content
    until(lambda: is_at_rest(pool))


def test_who_waits_behind_one_who_has_left_gets_their_turn(pool: Pool) -> None:
    taken = [taken_from(pool, 600) for _ in range(LIMITS.workers)]
    answers: list[bytes | None] = []
    patient = threading.Thread(target=lambda: answers.append(pool.ask(Query(POINT)).content))
    with asking(pool, POINT) as left:
        until(lambda: pool.counts()["waiting"] == 1)
        patient.start()
        until(lambda: pool.counts()["waiting"] == 2)
        left.set()
        until(lambda: pool.counts()["waiting"] == 1)
    for worker in taken:
        pool._scheduler.release_unused(worker)
    patient.join()
    assert answers[0]


def test_long_answer_is_broken_off_while_it_is_read(pool: Pool) -> None:
    left = threading.Event()
    answer = pool.ask(Query(LONG), left.is_set)
    assert next(answer.body)
    left.set()
    with pytest.raises(ClientGone):
        for _ in answer.body:
            pass
    until(lambda: is_at_rest(pool))


def test_who_stays_gets_the_answer_however_often_they_are_looked_at(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_LOOK_S", 0.0)
    looks: list[float] = []

    def gone() -> bool:
        looks.append(time.monotonic())
        return False

    answer = pool.ask(Query(SLOW, results_format="csv"), gone)
    assert answer.content == b"n\r\n9000000\r\n"
    assert looks
    until(lambda: is_at_rest(pool))


def test_failure_to_tell_whether_they_left_frees_the_worker(pool: Pool) -> None:
    def gone() -> bool:
        raise LookupError("nobody knows")

    with pytest.raises(LookupError):
        pool.ask(Query(CROSS), gone)
    until(lambda: is_at_rest(pool))
