"""Long queries take turns, crowds are let in bit by bit, and the machine keeps some memory."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from calcigraph.pool import Answer, Pool, Query, QueryLimits, memory
from calcigraph.pool.memory import Memory
from calcigraph.pool.query_problems import ClientGone, QueryTooBig
from calcigraph.pool.run import Run
from calcigraph.pool.waiting_queue import WaitingQueue
from polling import until
from taken_workers import waiting_run

EX = "http://example.org/"
DATA = "".join(f"<{EX}s{i}> <{EX}p> <{EX}s{i * 7 % 3000}> .\n" for i in range(3000)).encode()
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
SLOW = "SELECT (COUNT(*) AS ?n) { SELECT * { ?a ?p ?b . ?c ?q ?d } LIMIT 400000 }"
LONG = "SELECT * { ?a ?p ?b . ?c ?q ?d }"
POINT = f"SELECT ?o {{ <{EX}s1> ?p ?o }}"
LIMITS = QueryLimits(workers=2, spares=2, timeout_s=600.0, cache_bytes=0)
PROCESSORS = len(os.sched_getaffinity(0))


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        yield started


@contextmanager
def endless(pool: Pool, number: int) -> Iterator[None]:
    """So many queries that would run for ever, all of them found to be long."""
    over = threading.Event()

    def ask() -> None:
        with pytest.raises(ClientGone):
            pool.ask(Query(CROSS), over.is_set)

    with ThreadPoolExecutor(number) as askers:
        asked = [askers.submit(ask) for _ in range(number)]
        try:
            until(lambda: pool.counts()["preempted"] == number)
            yield
        finally:
            over.set()
            for future in asked:
                future.result()


def preempted(pool: Pool) -> dict[int, float]:
    """The processor time of each process with a long query."""
    with pool._scheduler._lock:
        return {
            worker.pid: worker.cpu_s()
            for worker in pool._scheduler._workforce.busy
            if worker in pool._scheduler._time_slicing
        }


def stopped(pids: dict[int, float]) -> int:
    states = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] for pid in pids]
    return states.count("T")


def works(pool: Pool) -> bool:
    return f"{EX}s7".encode() in (pool.ask(Query(POINT)).content or b"")


def test_long_queries_take_turns_and_each_goes_on(pool: Pool) -> None:
    number = 2 * PROCESSORS + 2
    with endless(pool, number):
        before = preempted(pool)
        until(lambda: works(pool) and stopped(before) >= number - max(1, PROCESSORS - 1))
        until(lambda: works(pool) and all(had > before[pid] for pid, had in preempted(pool).items()))


def test_all_processors_are_for_long_queries_while_nobody_has_short_ones(pool: Pool) -> None:
    with endless(pool, PROCESSORS + 2):
        until(lambda: stopped(preempted(pool)) == 2)


def test_long_query_that_is_alone_is_never_stopped(pool: Pool) -> None:
    with endless(pool, 1):
        for _ in range(50):
            assert works(pool)
            assert stopped(preempted(pool)) == 0


def test_query_that_takes_long_overtakes_those_that_never_end(pool: Pool) -> None:
    with endless(pool, 8):
        answer = pool.ask(Query(SLOW, results_format="csv"))
        assert answer.content == b"n\r\n400000\r\n"
        assert pool.counts()["preempted"] == 8


def test_answers_that_wait_for_their_readers_take_no_turns(pool: Pool) -> None:
    with ExitStack() as unread:
        for _ in range(6):
            answer = pool.ask(Query(LONG))
            unread.callback(answer.body.close)
        waiting = preempted(pool)
        with endless_beside(pool, 6):
            (endless_one,) = preempted(pool).keys() - waiting.keys()
            for _ in range(50):
                assert works(pool)
                time.sleep(0.01)
            until(lambda: stopped({endless_one: 0.0}) == 0)


@contextmanager
def endless_beside(pool: Pool, others: int) -> Iterator[None]:
    over = threading.Event()

    def ask() -> None:
        with pytest.raises(ClientGone):
            pool.ask(Query(CROSS), over.is_set)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        until(lambda: pool.counts()["preempted"] == others + 1)
        yield
    finally:
        over.set()
        thread.join()


def test_stopped_answer_goes_on_and_is_whole(pool: Pool) -> None:
    with endless(pool, 4), ThreadPoolExecutor(4) as readers:
        query = Query(f"{LONG} LIMIT 40000", results_format="tsv")
        answers = list(readers.map(lambda _: b"".join(pool.ask(query).body), range(4)))
    assert [answer.count(b"\n") for answer in answers] == [40_001] * 4


def test_everyone_in_a_backlog_is_served() -> None:
    with (
        Pool.start(DATA, limits=replace(LIMITS, workers=1, spares=1)) as pool,
        ThreadPoolExecutor(64) as crowd,
    ):
        assert all(crowd.map(lambda _: works(pool), range(640)))
        assert pool.counts()["waiting"] == 0


def test_largest_query_is_ended_before_the_machine_has_no_memory_left() -> None:
    with Pool.start(DATA, limits=replace(LIMITS, memory_kept_free=1.0)) as pool:
        with pytest.raises(QueryTooBig, match="left for queries"):
            pool.ask(Query(f"{LONG} ORDER BY ?b ?d"))
        assert works(pool)
        # What takes little is not to blame.
        assert pool.ask(Query(SLOW, results_format="csv")).content == b"n\r\n400000\r\n"


def run(pool: Pool, breadth: int, age_s: float = 0.0) -> Run:
    text = " ".join(f"?v{number} ?v{number}" for number in range(breadth))
    one = waiting_run(pool, text, 60)
    one.since -= age_s
    return one


def waiting(*runs: Run) -> WaitingQueue:
    queue = WaitingQueue()
    for one in runs:
        queue.join(one)
    return queue


def test_of_those_who_have_just_come_the_narrowest_query_goes_first(pool: Pool) -> None:
    broad, narrow, early = run(pool, 9), run(pool, 2), run(pool, 1, age_s=600)
    assert list(waiting(early, broad, narrow).newest()) == [narrow, broad]


def test_in_a_backlog_the_first_and_the_narrowest_take_turns(pool: Pool) -> None:
    runs = [run(pool, breadth, age_s=600) for breadth in (9, 8, 7, 1, 2, 3)]
    queue = waiting(*runs)
    served = []
    while queue:
        first = next(queue.backlog())
        queue.assign(first, None)  # type: ignore[arg-type]
        served.append(first.breadth)
    assert served == [1, 9, 2, 8, 3, 7]


def test_memory_is_that_of_the_machine() -> None:
    found = Memory()
    assert 0 < found.left() < found.total
    assert 0 < found.share_left() < 1


GROUPS = {
    "second version": ("0::/a/b", "a", "memory.max", "memory.current", "inactive_file"),
    "first version": (
        "4:memory:/a/b",
        "memory/a",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
}


@pytest.mark.parametrize("version", GROUPS)
def test_memory_is_that_of_a_container_around(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, folder, limit, usage, cached = GROUPS[version]
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(f"9:cpu:/\n{line}\n")
    (tmp_path / "proc/meminfo").write_text("MemTotal: 4000 kB\nMemFree: 10 kB\nMemAvailable: 3000 kB\n")
    group = tmp_path / "groups" / folder
    (group / "b").mkdir(parents=True)
    (group / "b" / limit).write_text("max\n")
    (group / limit).write_text("1024000\n")
    (group / usage).write_text("512000\n")
    (group / "memory.stat").write_text(
        f"anon 1\n{cached} 1000\n{cached.replace('inactive', 'active')} 500\nactive_anon 7\n"
    )
    monkeypatch.setattr(memory, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path / "groups")
    found = Memory()
    assert (found.total, found.left()) == (1_024_000, 513_500)


def test_answer_does_not_say_how_it_was_made(pool: Pool) -> None:
    with endless(pool, 3):
        beside = pool.ask(Query(POINT))
    alone = pool.ask(Query(POINT))
    assert isinstance(beside, Answer)
    assert (beside.content, beside.format) == (alone.content, alone.format)
