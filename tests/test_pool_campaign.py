"""A hundred runaways beside ordinary queries: each is answered, none of the others fails, nothing grows."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import pytest

from calcigraph.errors import Problem
from calcigraph.pool import Limits, Pool, Query
from calcigraph.pool.problems import QueryRefused, QueryTimedOut, QueryTooBig, QueueFull

EX = "http://example.org/"
DATA = "".join(
    f"<{EX}s{i}> <{EX}p{i % 5}> <{EX}s{(i * 7919 + 13) % 4000}> <{EX}g{i % 3}> .\n" for i in range(20_000)
).encode()
LIMITS = Limits(memory_mib=256, cache_bytes=0)
ANY = "|".join(f"<{EX}p{i}>" for i in range(5))
RUNAWAYS = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }",
    "sorted cross product": "SELECT * { ?a ?p ?b . ?c ?q ?d } ORDER BY ?b ?d",
    "distinct cross product": "SELECT DISTINCT ?a ?b ?c ?d { ?a ?p ?b . ?c ?q ?d } ORDER BY ?a",
    "path explosion": f"SELECT (COUNT(*) AS ?n) {{ ?a ({ANY})* ?b . ?b ({ANY})* ?c . ?c ({ANY})* ?d }}",
    "paths in each other": f"SELECT (COUNT(*) AS ?n) {{ ?a ((({ANY})*/({ANY})*)*)* ?b }}",
    "a string that doubles": 'SELECT (STRLEN(?x40) AS ?n) { BIND("aaaaaaaaaa" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    + " }",
    "20 KB of nested groups": "SELECT * " + "{" * 10_000 + "}" * 10_000,
    "20 KB of nested calls": "SELECT (" + "STR(" * 4000 + "1" + ")" * 4000 + " AS ?x) {}",
    "20 KB of nested EXISTS": "SELECT * {" + "FILTER EXISTS {" * 1300 + "?s ?p ?o" + "}" * 1301,
    "a path of 1024 steps": "SELECT * { ?s " + "/".join([f"<{EX}p0>"] * 1024) + " ?o }",
    "an endless regular expression": (
        "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . "
        'FILTER(REGEX(CONCAT(STR(?b), STR(?d)), "(.*s.*)+$")) }'
    ),
}
EXPECTED = (QueryRefused, QueryTimedOut, QueryTooBig, QueueFull)


@dataclass
class Outcome:
    """What became of the queries; times in seconds."""

    problems: Counter[str] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    ordinary: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ordinary = sorted(self.ordinary)
        middle, p95 = (1000 * ordinary[int(len(ordinary) * share)] for share in (0.5, 0.95))
        return (
            f"{dict(self.problems)}, at most {1000 * max(self.late):.0f} ms after the deadline; "
            f"{len(ordinary)} ordinary queries, p50 {middle:.1f} ms, p95 {p95:.1f} ms, "
            f"most {1000 * ordinary[-1]:.1f} ms"
        )


def attack(pool: Pool, runaways: int, at_once: int, timeout_s: float) -> Outcome:
    """Send `runaways`, `at_once` of them at a time, and 50 ordinary queries a second meanwhile."""
    outcome = Outcome()
    over = threading.Event()

    def run_away(text: str) -> None:
        started = time.monotonic()
        with pytest.raises(Problem) as raised:
            pool.ask(Query(text, timeout_s=timeout_s)).body.close()
        outcome.late.append(time.monotonic() - started - timeout_s)
        outcome.problems[type(raised.value).__name__] += 1
        if not isinstance(raised.value, EXPECTED):
            outcome.failures.append(str(raised.value))

    def ask_ordinarily() -> None:
        number = 0
        while not over.wait(0.02):
            number += 1
            started = time.monotonic()
            try:
                answer = pool.ask(Query(f"SELECT ?o {{ <{EX}s{number % 4000}> ?p ?o }}"))
                if b'"uri"' not in (answer.content or b""):
                    outcome.failures.append("an ordinary query has a wrong answer")
            except Problem as problem:
                outcome.failures.append(str(problem))
            outcome.ordinary.append(time.monotonic() - started)

    ordinary = threading.Thread(target=ask_ordinarily)
    ordinary.start()
    with ThreadPoolExecutor(at_once) as attackers:
        list(attackers.map(run_away, islice(cycle(RUNAWAYS.values()), runaways)))
    over.set()
    ordinary.join()
    return outcome


def resident_kib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        attack(started, 2, 2, 0.2)
        yield started


def belongings(pool: Pool) -> tuple[int, int, int]:
    """Open files and threads of the front, and the zygote's process id."""
    return len(os.listdir("/proc/self/fd")), threading.active_count(), pool._nursery.pid


def settle(pool: Pool) -> None:
    give_up = time.monotonic() + 20
    while pool.counts()["idle"] != LIMITS.workers + LIMITS.spares and time.monotonic() < give_up:
        time.sleep(0.01)


def check(pool: Pool, runaways: int, at_once: int, timeout_s: float) -> None:
    settle(pool)
    before, front, zygote = belongings(pool), resident_kib(os.getpid()), resident_kib(pool._nursery.pid)
    outcome = attack(pool, runaways, at_once, timeout_s)
    settle(pool)
    print(outcome)
    assert outcome.failures == []
    assert outcome.problems.total() == runaways
    assert outcome.ordinary
    assert belongings(pool) == before
    assert resident_kib(os.getpid()) - front < 20_000
    assert resident_kib(pool._nursery.pid) - zygote < 5_000


def test_runaways_of_every_kind_hurt_nobody(pool: Pool) -> None:
    check(pool, len(RUNAWAYS), 3, 0.5)


@pytest.mark.campaign
@pytest.mark.parametrize("at_once", [4, 25])
def test_a_hundred_runaways_hurt_nobody(pool: Pool, at_once: int) -> None:
    check(pool, 100, at_once, 2.0)


@pytest.mark.campaign
def test_many_kills_leave_nothing_behind(pool: Pool) -> None:
    check(pool, 500, 8, 0.3)
