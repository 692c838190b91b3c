"""Asking without waiting: what `ask` would say, looked for when there is something to read."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from calcigraph.pool import Answer, Attempt, Diff, Pool, Query, QueryLimits
from calcigraph.pool.query_problems import ClientGone, QueryMalformed, QueryRefused, QueryTimedOut
from calcigraph.pool.worker import Worker
from polling import MOST_S, until
from taken_workers import taken_from

EX = "http://example.org/"
DATA = "".join(f"<{EX}s{i}> <{EX}p> <{EX}s{i * 7 % 3000}> .\n" for i in range(3000)).encode()
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
POINT = f"SELECT ?o {{ <{EX}s1> ?p ?o }}"
LONG = "SELECT * { ?a ?p ?b . ?c ?q ?d } LIMIT 50000"
LIMITS = QueryLimits(workers=2, spares=2, timeout_s=600.0, cache_bytes=0)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        yield started


@pytest.fixture(autouse=True)
def rested(pool: Pool) -> Iterator[None]:
    until(lambda: is_at_rest(pool))
    yield
    until(lambda: is_at_rest(pool))


def is_at_rest(pool: Pool) -> bool:
    counts = pool.counts()
    in_use = counts["busy"], counts["preempted"], counts["waiting"]
    return in_use == (0, 0, 0) and counts["idle"] >= LIMITS.workers + LIMITS.spares


def begun(
    pool: Pool,
    text: str,
    gone: Callable[[], bool] | None = None,
    woken: Callable[[], None] = lambda: None,
    timeout_s: float | None = None,
) -> Attempt:
    attempt = pool.attempt(Query(text, timeout_s=timeout_s), woken, gone)
    assert isinstance(attempt, Attempt)
    return attempt


def watched(attempt: Attempt) -> Answer:
    """The answer of an attempt that is only ever polled when there is something to read, or it is time to."""
    while True:
        assert attempt.channel is not None
        left_s = max(0.0, attempt.next_look - time.monotonic())
        assert left_s < 1000
        select.select([attempt.channel], [attempt.channel] if attempt.channel.is_sending else [], [], left_s)
        answer = attempt.poll()
        if answer is not None:
            return answer


@pytest.mark.parametrize("text", [POINT, "ASK { ?s ?p ?o }", "SELECT * { ?s ?p ?o } LIMIT 2000"])
def test_polled_answer_is_the_one_that_is_waited_for(pool: Pool, text: str) -> None:
    for _ in range(5):
        polled, asked = watched(begun(pool, text)), pool.ask(Query(text))
        assert (polled.content, polled.form, polled.format) == (asked.content, asked.form, asked.format)
        assert b"".join(polled.body) == asked.content


VERY_LONG = POINT + " " * (4 << 20)


@pytest.fixture
def deaf() -> Iterator[tuple[Pool, Worker]]:
    """A pool whose only worker reads nothing until it is resumed."""
    with Pool.start(DATA, limits=replace(LIMITS, workers=1, spares=0, query_bytes=8 << 20)) as started:
        until(lambda: started.counts()["idle"] == 1)
        worker = taken_from(started, 600)
        started._scheduler.release_unused(worker)
        worker.pause()
        yield started, worker


@pytest.mark.parametrize("way", [watched, Attempt.finish])
def test_what_no_socket_takes_at_once_is_sent_on_as_it_is_read(
    deaf: tuple[Pool, Worker], way: Callable[[Attempt], Answer]
) -> None:
    pool, worker = deaf
    attempt = begun(pool, VERY_LONG)
    assert attempt.channel is not None
    assert attempt.channel.is_sending
    assert not attempt.needs_thread
    assert attempt.poll() is None
    worker.resume()
    assert f"{EX}s7".encode() in (way(attempt).content or b"")


def test_a_query_that_its_worker_does_not_read_meets_its_deadline(deaf: tuple[Pool, Worker]) -> None:
    pool, _ = deaf
    polled = begun(pool, VERY_LONG, timeout_s=0.1)
    with pytest.raises(QueryTimedOut):
        until(lambda: polled.poll() is not None)


def test_a_thread_that_waits_for_a_worker_to_read_meets_its_deadline(deaf: tuple[Pool, Worker]) -> None:
    pool, _ = deaf
    with pytest.raises(QueryTimedOut):
        begun(pool, VERY_LONG, timeout_s=0.1).finish()


def test_finish_goes_on_where_polling_stopped(pool: Pool) -> None:
    attempt = begun(pool, LONG)
    assert attempt.poll() is None
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(attempt.finish()))
    thread.start()
    thread.join()
    assert answers[0].content is None
    assert b"".join(answers[0].body).endswith(b"]}}")


def test_long_answer_comes_with_a_body_from_polling_too(pool: Pool) -> None:
    answer = watched(begun(pool, LONG))
    assert answer.content is None
    assert b"".join(answer.body).endswith(b"]}}")


def test_polling_never_waits_for_an_answer_that_takes_long(pool: Pool) -> None:
    attempt = begun(pool, CROSS)
    assert [attempt.poll() for _ in range(100)] == [None] * 100
    assert not attempt.needs_thread
    attempt.abandon()
    attempt.abandon()
    assert attempt.poll() is None
    counts = pool.counts()
    assert (counts["busy"], counts["waiting"]) == (0, 0), "what was abandoned does not begin again"


def test_attempt_that_is_dropped_ends_its_query(pool: Pool) -> None:
    attempt = begun(pool, CROSS)
    assert pool.counts()["busy"] == 1
    del attempt
    assert pool.counts()["busy"] == 0


@pytest.mark.parametrize("makes_way", [True, False])
def test_who_finds_no_worker_waits_for_a_turn_and_is_woken(pool: Pool, makes_way: bool) -> None:
    attempts = [begun(pool, CROSS) for _ in range(LIMITS.workers)]
    woken = threading.Event()
    waiting = begun(pool, POINT, woken=woken.set)
    assert waiting.needs_thread is False
    if not makes_way:
        attempts[0].abandon()
    assert woken.wait(MOST_S)
    assert waiting.poll() is None
    assert f"{EX}s7".encode() in (watched(waiting).content or b"")
    assert waiting.poll() is None, "an answer is given once"
    for attempt in attempts:
        attempt.abandon()


def test_a_turn_that_nobody_wants_any_more_goes_to_the_next(pool: Pool) -> None:
    taken = [taken_from(pool, 600) for _ in range(LIMITS.workers)]
    first, second = threading.Event(), threading.Event()
    left, stays = begun(pool, POINT, woken=first.set), begun(pool, POINT, woken=second.set)
    left.abandon()
    assert pool.counts()["waiting"] == 1
    for worker in taken:
        pool._scheduler.release_unused(worker)
    assert second.wait(MOST_S)
    assert not first.is_set()
    stays.poll()
    assert watched(stays).content


def test_deadline_and_departure_end_the_wait_for_a_turn(pool: Pool) -> None:
    taken = [taken_from(pool, 600) for _ in range(LIMITS.workers)]
    late, gone = begun(pool, POINT, timeout_s=0.01), begun(pool, POINT, gone=lambda: True)
    with pytest.raises(QueryTimedOut, match="turn did not come"):
        until(lambda: late.poll() is not None)
    with pytest.raises(ClientGone):
        until(lambda: gone.poll() is not None)
    assert pool.counts()["waiting"] == 0
    for worker in taken:
        pool._scheduler.release_unused(worker)


def test_who_waits_for_a_turn_can_go_on_in_a_thread(pool: Pool) -> None:
    attempts = [begun(pool, CROSS) for _ in range(LIMITS.workers)]
    waiting = begun(pool, POINT)
    assert f"{EX}s7".encode() in (waiting.finish().content or b"")
    for attempt in attempts:
        attempt.abandon()


def test_what_needs_no_worker_is_said_at_once(pool: Pool) -> None:
    with pytest.raises(QueryRefused):
        begun(pool, "ASK {}" + " " * LIMITS.query_bytes)
    with Pool.start(DATA, limits=QueryLimits(workers=1)) as cached:
        first = cached.ask(Query(POINT))
        kept = cached.attempt(Query(POINT), lambda: None)
        assert isinstance(kept, Answer)
        assert kept.content == first.content


def test_problems_are_raised_by_polling_and_free_the_worker(pool: Pool) -> None:
    with pytest.raises(QueryMalformed):
        watched(begun(pool, "SELECT * {"))
    with pytest.raises(QueryRefused):
        watched(begun(pool, "SELECT * " + "{" * 1000))
    with pytest.raises(QueryTimedOut):
        watched(begun(pool, CROSS, timeout_s=0.3))
    with pytest.raises(ClientGone):
        watched(begun(pool, CROSS, lambda: True))


def test_time_limit_counts_from_when_the_query_was_received(pool: Pool) -> None:
    with pytest.raises(QueryTimedOut, match=r"limit of 600 s"):
        pool.ask(Query(CROSS), since=time.monotonic() - 599.9)


def test_deadline_and_departure_end_what_a_thread_goes_on_with(pool: Pool) -> None:
    with pytest.raises(QueryTimedOut):
        begun(pool, CROSS, timeout_s=0.3).finish()
    with pytest.raises(ClientGone):
        begun(pool, CROSS, lambda: True).finish()


@pytest.mark.parametrize("waits", [True, False])
def test_lost_worker_is_replaced(waits: bool) -> None:
    with Pool.start(DATA, limits=LIMITS) as pool:
        # Under the lock, because the supervisor has workers ended that it sees stopped.
        with pool._scheduler._lock:
            workers = [worker.pid for worker in pool._scheduler._workforce.idle]
            for pid in workers:
                os.kill(pid, signal.SIGSTOP)
            attempt = begun(pool, POINT)
            (busy,) = pool._scheduler._workforce.busy
            for pid in workers:
                os.kill(pid, signal.SIGKILL if pid == busy.pid else signal.SIGCONT)
        if waits:
            assert f"{EX}s7".encode() in (attempt.finish().content or b"")
        else:
            lost = attempt.channel
            # Between the two it may wait for a worker, where none is idle; then there is no channel at all.
            until(lambda: attempt.poll() is None and attempt.channel not in (lost, None))
            assert f"{EX}s7".encode() in (watched(attempt).content or b"")


def test_attempt_knows_every_diff_that_was_published_before() -> None:
    with Pool.start(DATA, limits=LIMITS) as pool:
        for number in range(20):
            version = pool.publish(Diff(added=f'<{EX}new> <{EX}n> "{number}" .\n'.encode()))
            answer = watched(begun(pool, f"SELECT ?n {{ <{EX}new> ?p ?n }} ORDER BY ?n"))
            assert answer.version == version
            assert (answer.content or b"").count(b'"literal"') == number + 1


def test_descriptor_that_was_made_to_return_at_once_serves_long_queries_and_slow_answers_too() -> None:
    with Pool.start(DATA, limits=replace(LIMITS, workers=1, spares=0)) as pool:
        attempt = begun(pool, POINT)
        # As event loops do with what they watch (libuv, and so uvloop).
        assert attempt.channel is not None
        os.set_blocking(attempt.channel.fileno(), False)
        watched(attempt)
        until(lambda: pool.counts()["idle"] == 1)
        values = " ".join(f"<{EX}s{number}>" for number in range(9000))
        answer = pool.ask(
            Query(f"SELECT (COUNT(?s) AS ?n) {{ VALUES ?s {{ {values} }} }}", results_format="csv")
        )
        assert answer.content == b"n\r\n9000\r\n"
        assert b"".join(pool.ask(Query(LONG)).body).endswith(b"]}}")
