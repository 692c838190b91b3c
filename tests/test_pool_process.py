"""A worker as the front sees it: a process whose threads have a state and a priority each."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from calcigraph.pool import Attempt, Pool, Query, QueryLimits
from calcigraph.pool.worker import Worker
from polling import until

DATA = "".join(f"<urn:s{n}> <urn:p> <urn:s{n * 7 % 3000}> .\n" for n in range(3000)).encode()
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=QueryLimits(workers=1, spares=1, cache_bytes=0)) as started:
        yield started


def idle(pool: Pool) -> Worker:
    return pool._scheduler._workforce.idle[0]


def threads(worker: Worker) -> list[int]:
    return [int(name) for name in os.listdir(f"/proc/{worker.pid}/task")]


def test_a_worker_is_asleep_until_it_has_a_query(pool: Pool) -> None:
    worker = pool._scheduler._workforce.idle[-1]
    until(worker.is_asleep)
    attempt = pool.attempt(Query(CROSS), lambda: None)
    assert isinstance(attempt, Attempt)
    until(lambda: not worker.is_asleep())
    attempt.abandon()


def test_a_lower_priority_is_one_of_all_its_threads(pool: Pool) -> None:
    worker = idle(pool)
    before = {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads(worker)}
    worker.lower_priority()
    after = {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads(worker)}
    assert len(threads(worker)) == 2
    assert (len(before), len(after)) == (1, 1)
    assert after.pop() > before.pop() >= os.getpriority(os.PRIO_PROCESS, 0)


def test_a_worker_that_is_gone_neither_sleeps_nor_is_in_the_way(pool: Pool) -> None:
    worker = idle(pool)
    worker.kill()
    until(lambda: not worker.is_asleep())
    worker.lower_priority()
