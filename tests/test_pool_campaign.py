"""A hundred runaways beside ordinary queries: each is answered in time, no other fails, nothing grows."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from calcigraph.errors import Problem
from calcigraph.pool import Pool, Query, QueryLimits
from calcigraph.pool.query_problems import QueryRefused, QueryTimedOut, QueryTooBig
from polling import MOST_S, until
from runaways import DATA, KINDS, ORDINARY_S, Outcome, ordinary, runaway

LIMITS = QueryLimits(memory_mib=256, cache_bytes=0, timeout_s=MOST_S)
TOLERANCE_S = 0.1
# What is answered with 400 and with 503.
EXPECTED = (QueryRefused, QueryTimedOut, QueryTooBig)


def attack(pool: Pool, runaways: int, at_once: int, timeout_s: float) -> Outcome:
    """Send `runaways` in waves of `at_once`, and 50 ordinary queries a second meanwhile."""
    outcome = Outcome()

    def run_away(number: int) -> None:
        started = time.monotonic()
        with pytest.raises(Problem) as raised:
            pool.ask(Query(runaway(number), timeout_s=timeout_s)).body.close()
        outcome.late.append(time.monotonic() - started - timeout_s)
        outcome.answers[type(raised.value).__name__] += 1
        if not isinstance(raised.value, EXPECTED):
            outcome.failures.append(str(raised.value))

    with ordinary_queries(pool, outcome):
        for first in range(0, runaways, at_once):
            with ThreadPoolExecutor(at_once) as attackers:
                list(attackers.map(run_away, range(first, min(first + at_once, runaways))))
    return outcome


@contextmanager
def ordinary_queries(pool: Pool, outcome: Outcome) -> Iterator[None]:
    """A query each 20 ms, each by somebody who does not wait for the others."""
    over = threading.Event()

    def ask(number: int, due: float) -> None:
        try:
            answer = pool.ask(Query(ordinary(number)))
            if b'"uri"' not in (answer.content or b""):
                outcome.failures.append("an ordinary query has a wrong answer")
        except Problem as problem:
            outcome.failures.append(str(problem))
        outcome.ordinary.append(time.monotonic() - due)

    def send() -> None:
        with ThreadPoolExecutor(32) as askers:
            number, due = 0, time.monotonic()
            while not over.wait(max(0.0, due - time.monotonic())):
                askers.submit(ask, number, due)
                number, due = number + 1, due + ORDINARY_S

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()


def resident_kib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4


def number_of_children(pid: int) -> int:
    parents = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents.append(int(stat.read_text().rpartition(")")[2].split()[1]))
    return parents.count(pid)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        attack(started, 5, 5, 0.2)
        yield started


def belongings(pool: Pool) -> tuple[int, int, int]:
    """Open files and threads of the front, and the fork server's process id."""
    return len(os.listdir("/proc/self/fd")), threading.active_count(), pool._fork_server.pid


def settle(pool: Pool) -> None:
    """Wait until every worker that was ended is gone."""
    until(lambda: number_of_children(pool._fork_server.pid) == pool.counts()["idle"])


def check(pool: Pool, runaways: int, at_once: int, timeout_s: float) -> Outcome:
    settle(pool)
    before, front, fork_server = (
        belongings(pool),
        resident_kib(os.getpid()),
        resident_kib(pool._fork_server.pid),
    )
    idle = pool.counts()["idle"]
    outcome = attack(pool, runaways, at_once, timeout_s)
    settle(pool)
    print(f"{runaways} runaways, {at_once} at once: {outcome}")
    assert outcome.failures == []
    assert outcome.answers.total() == runaways
    assert outcome.ordinary
    # Each worker has two files.
    files, *others = belongings(pool)
    assert (files - 2 * (pool.counts()["idle"] - idle), *others) == before
    assert resident_kib(os.getpid()) - front < 20_000
    assert resident_kib(pool._fork_server.pid) - fork_server < 5_000
    return outcome


def test_there_are_a_hundred_runaways_of_five_kinds() -> None:
    assert len({runaway(number) for number in range(100)}) == sum(map(len, KINDS.values())) >= 12
    assert all(len(text) >= 19_000 for text in KINDS["20 KB nested"])


def test_runaways_of_every_kind_hurt_nobody(pool: Pool) -> None:
    # How late is measured by the campaign, on a machine that does nothing else.
    check(pool, 2 * len(KINDS), len(KINDS), timeout_s=0.5)


@pytest.mark.campaign
@pytest.mark.parametrize("at_once", [10, 25, 50, 100])
def test_a_hundred_runaways_hurt_nobody(pool: Pool, at_once: int) -> None:
    assert max(check(pool, 100, at_once, timeout_s=5.0).late) <= TOLERANCE_S


@pytest.mark.campaign
def test_many_kills_leave_nothing_behind(pool: Pool) -> None:
    assert max(check(pool, 500, 10, timeout_s=0.3).late) <= TOLERANCE_S
