"""The pool under attack: real runaways, real kills, and nobody else notices."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from calcigraph.pool import Answer, Diff, Pool, Query, QueryLimits, fork_server, run
from calcigraph.pool.frames import encode_query
from calcigraph.pool.query_problems import (
    ClientGone,
    EngineUnavailable,
    QueryFailed,
    QueryTimedOut,
    QueryTooBig,
    QueueFull,
    ServiceForbidden,
)
from changing import helpers_of
from polling import deadlines, until
from taken_workers import taken_from

EX = "http://example.org/"
DATA = "".join(f"<{EX}s{i}> <{EX}p> <{EX}s{i * 7 % 3000}> <{EX}g{i % 3}> .\n" for i in range(3000)).encode()
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
POINT = f"SELECT ?o {{ <{EX}s1> ?p ?o }}"
LONG = "SELECT * { ?a ?p ?b . ?c ?q ?d }"
# What ordinary work never takes: a query that is to end by its deadline has one of its own.
LIMITS = QueryLimits(workers=2, spares=2, timeout_s=600.0, cache_bytes=0)


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        yield started


def works(pool: Pool) -> bool:
    return f"{EX}s7".encode() in (pool.ask(Query(POINT)).content or b"")


def children_of(pid: int) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.add(int(entry.name))
    return found


@contextmanager
def running_away(pool: Pool) -> Iterator[threading.Thread]:
    """A thread in which a query runs until the block ends."""
    over = threading.Event()

    def run() -> None:
        with suppress(ClientGone):
            pool.ask(Query(CROSS), over.is_set)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        over.set()
        thread.join()


def fork_server_of(pool: Pool) -> int:
    return pool._fork_server.pid


def fork_servers() -> set[int]:
    return set(helpers_of(os.getpid(), "calcigraph.pool.fork_server_process"))


def test_runaway_is_ended_at_its_deadline_while_others_go_on(pool: Pool) -> None:
    for limit_s in deadlines(1.0, 64.0):
        caught, answered = beside_runaways(pool, 6, limit_s)
        assert [problem.limit_s for problem in caught] == [limit_s] * 6
        assert f"{limit_s:g} s" in caught[0].detail
        if answered > 6:
            break
    assert answered > 6
    until(lambda: pool.counts()["idle"] == LIMITS.workers + LIMITS.spares)


def beside_runaways(pool: Pool, number: int, limit_s: float) -> tuple[list[QueryTimedOut], int]:
    """How so many runaways ended, and how many other queries were answered meanwhile."""
    caught: list[QueryTimedOut] = []

    def run_away() -> None:
        with pytest.raises(QueryTimedOut) as timed_out:
            pool.ask(Query(CROSS, timeout_s=limit_s))
        caught.append(timed_out.value)

    runaways = [threading.Thread(target=run_away) for _ in range(number)]
    for thread in runaways:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in runaways):
        answered += works(pool)
    return caught, answered


def test_timeout_of_a_query_cannot_go_beyond_that_of_the_pool() -> None:
    with (
        Pool.start(DATA, limits=QueryLimits(workers=1, timeout_s=0.2)) as pool,
        pytest.raises(QueryTimedOut, match=r"0\.2 s"),
    ):
        pool.ask(Query(CROSS, timeout_s=1000.0))


BOMBS = {
    "sort of a cross product": "SELECT * { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f } ORDER BY ?b ?d LIMIT 1",
    "a string that doubles": 'SELECT (STRLEN(?x40) AS ?n) { BIND("aaaaaaaaaa" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    + " }",
}


@pytest.mark.parametrize("name", BOMBS)
def test_memory_bomb_costs_one_worker_and_says_so(name: str) -> None:
    with Pool.start(DATA, limits=QueryLimits(workers=1, timeout_s=600.0, memory_mib=64)) as pool:
        with pytest.raises(QueryTooBig, match="64 MiB"):
            pool.ask(Query(BOMBS[name]))
        assert works(pool)


def test_worker_that_is_killed_under_a_query_costs_that_query_alone(pool: Pool) -> None:
    failures: list[Exception] = []

    def ask() -> None:
        try:
            pool.ask(Query(CROSS))
        except (QueryFailed, QueryTooBig) as failure:
            failures.append(failure)

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: pool.counts()["preempted"] == 1)
    (busy,) = pool._scheduler._workforce.busy
    os.kill(busy.pid, signal.SIGKILL)
    thread.join()
    assert len(failures) == 1
    assert works(pool)


def test_worker_that_died_while_it_waited_is_replaced_without_anyone_noticing(pool: Pool) -> None:
    for pid in children_of(fork_server_of(pool)):
        os.kill(pid, signal.SIGKILL)
    assert all(works(pool) for _ in range(10))


def test_fork_server_that_is_killed_is_replaced_by_one_that_knows_everything_published(pool: Pool) -> None:
    for i in range(3):
        pool.publish(Diff(added=f'<{EX}new> <{EX}i> "{i}" <{EX}g0> .\n'.encode()))
    old = fork_server_of(pool)
    workers = children_of(old)
    os.kill(old, signal.SIGKILL)
    assert works(pool)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    answer = pool.ask(Query(f"SELECT (COUNT(*) AS ?n) {{ <{EX}new> ?p ?o }}", results_format="csv"))
    assert answer.content == b"n\r\n3\r\n"
    assert fork_server_of(pool) != old
    assert pool.publish(Diff()) == 4


def test_fork_server_that_is_killed_while_it_starts_is_started_once_more(pool: Pool) -> None:
    killed = [fork_server_of(pool)]

    def kill_the_next() -> None:
        until(lambda: bool(fork_servers() - {*killed}))
        killed.append(min(fork_servers() - {*killed}))
        os.kill(killed[-1], signal.SIGKILL)

    killing = threading.Thread(target=kill_the_next)
    killing.start()
    os.kill(killed[0], signal.SIGKILL)
    assert pool.publish(Diff(added=f"<{EX}new> <{EX}p> <{EX}o> <{EX}g0> .\n".encode())) == 1
    killing.join()
    assert len(killed) == 2
    assert fork_server_of(pool) not in killed
    assert works(pool)


def test_fork_server_starts_again_from_folded_diffs_too(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fork_server, "_FOLD_BYTES", 0)
    files = len(os.listdir("/proc/self/fd"))
    lines = b"".join(f"<{EX}n{i}> <{EX}i> _:b{i} <{EX}g0> .\n".encode() for i in range(3000))
    for added, removed in ((lines, b""), (b"", lines[: lines.index(b"\n") + 1]), (lines, lines)):
        pool.publish(Diff(added=added, removed=removed))
    pool.publish(Diff(removed=DATA))
    # Fewer where a test before had left something to be closed.
    assert len(os.listdir("/proc/self/fd")) <= files
    for pid in (fork_server_of(pool), *children_of(fork_server_of(pool))):
        os.kill(pid, signal.SIGKILL)
    answer = pool.ask(Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", results_format="csv"))
    assert answer.content == b"n\r\n3000\r\n"


def test_closing_an_answer_early_frees_its_worker(pool: Pool) -> None:
    for _ in range(2 * LIMITS.workers):
        answer = pool.ask(Query(LONG))
        assert answer.content is None
        assert next(answer.body)
        answer.body.close()
        assert list(answer.body) == []
    assert works(pool)
    assert pool.counts()["preempted"] == 0


def test_long_answers_that_nobody_reads_do_not_keep_others_waiting(pool: Pool) -> None:
    answers = [pool.ask(Query(LONG)) for _ in range(2 * LIMITS.workers)]
    assert works(pool)
    for answer in answers:
        answer.body.close()


def test_long_answer_that_meets_its_deadline_raises_instead_of_ending_well_formed(pool: Pool) -> None:
    answer = begun_in_time(pool)
    next(answer.body)
    (busy,) = pool._scheduler._workforce.busy
    until(lambda: busy.deadline is None)
    with pytest.raises(QueryTimedOut):
        for _ in answer.body:
            pass
    assert pool.counts()["preempted"] == 0


def begun_in_time(pool: Pool) -> Answer:
    """A long answer that has begun, and has a deadline that it cannot meet."""
    for timeout_s in deadlines(1.0, LIMITS.timeout_s):
        with suppress(QueryTimedOut):
            return pool.ask(Query(LONG, timeout_s=timeout_s))
    raise AssertionError("no answer begins")


def test_answer_that_is_dropped_unread_frees_its_worker(pool: Pool) -> None:
    answer = pool.ask(Query(LONG))
    assert pool.counts()["preempted"] == 1
    del answer
    assert pool.counts()["preempted"] == 0


def test_too_many_waiting_queries_are_told_to_come_back() -> None:
    limits = QueryLimits(workers=1, queue=0, patience_s=600.0, long_queries=0, timeout_s=600.0)
    with Pool.start(DATA, limits=limits) as pool, running_away(pool):
        until(lambda: pool.counts()["busy"] == 1)
        with pytest.raises(QueueFull) as full:
            pool.ask(Query(POINT))
        assert full.value.retry_after_s > 0


def test_query_whose_turn_does_not_come_in_time_is_told_so(pool: Pool) -> None:
    taken = [taken_from(pool, 600) for _ in range(LIMITS.workers)]
    with pytest.raises(QueryTimedOut, match=r"turn did not come within its limit of 0\.1 s"):
        pool.ask(Query(POINT, timeout_s=0.1))
    for worker in taken:
        pool._scheduler.release_unused(worker)


def test_query_that_has_had_its_moment_makes_way_for_those_that_wait() -> None:
    limits = QueryLimits(workers=1, patience_s=600.0, cache_bytes=0, timeout_s=600.0)
    with Pool.start(DATA, limits=limits) as pool, running_away(pool) as runaway:
        until(lambda: pool.counts()["busy"] == 1)
        assert works(pool)
        assert runaway.is_alive()


def test_where_too_many_are_preempted_an_old_query_is_ended_for_a_new_one() -> None:
    with Pool.start(
        DATA, limits=QueryLimits(workers=1, patience_s=600.0, long_queries=0, timeout_s=600.0)
    ) as pool:
        crowded_out: list[QueueFull] = []

        def run() -> None:
            with pytest.raises(QueueFull, match="long queries") as full:
                pool.ask(Query(CROSS))
            crowded_out.append(full.value)

        thread = threading.Thread(target=run)
        thread.start()
        until(lambda: pool.counts()["busy"] == 1)
        assert works(pool)
        thread.join()
        assert len(crowded_out) == 1


def test_long_query_is_ended_where_too_many_run_already() -> None:
    with Pool.start(DATA, limits=QueryLimits(workers=1, long_queries=0, timeout_s=600.0)) as pool:
        with pytest.raises(QueueFull, match="long queries"):
            pool.ask(Query(CROSS))
        assert works(pool)


GROWING = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?a ?d { ?a ?p ?b . ?b ?q ?d . ?d ?r ?e } }"


def test_worker_whose_own_memory_has_grown_is_replaced() -> None:
    limits = QueryLimits(workers=1, spares=0, private_mib=1, memory_plenty=1.0, cache_bytes=0)
    with Pool.start(DATA, limits=limits) as pool:
        before = children_of(fork_server_of(pool))
        pool.ask(Query(GROWING))
        until(lambda: not before & children_of(fork_server_of(pool)))
        assert works(pool)


def test_worker_that_has_grown_goes_on_where_memory_is_plenty() -> None:
    # Patient and alone: one that is preempted has another process beside it.
    limits = QueryLimits(
        workers=1, spares=0, private_mib=1, memory_plenty=0.0, cache_bytes=0, patience_s=600, timeout_s=600
    )
    with Pool.start(DATA, limits=limits) as pool:
        before = children_of(fork_server_of(pool))
        for _ in range(3):
            pool.ask(Query(GROWING))
        assert before == children_of(fork_server_of(pool))


def test_worker_that_has_grown_is_replaced_where_no_queries_come() -> None:
    limits = QueryLimits(workers=1, spares=0, quiet_s=0.1, quiet_mib=1, cache_bytes=0)
    with Pool.start(DATA, limits=limits) as pool:
        before = children_of(fork_server_of(pool))
        pool.ask(Query(GROWING))
        until(lambda: not before & children_of(fork_server_of(pool)))
        assert works(pool)


CONFINED = """
import os, socket, sys
from calcigraph.pool.worker_process import confine
confine(int(sys.argv[1]), 64)
for attempt in (socket.socket, lambda: os.open("/dev/null", os.O_RDONLY)):
    try:
        attempt()
        os.write(3, b"opened ")
    except OSError:
        os.write(3, b"refused ")
"""


def test_worker_cannot_open_a_socket_or_a_file() -> None:
    front, back = socket.socketpair()
    with front, back:
        command = [sys.executable, "-c", CONFINED, str(back.fileno())]
        subprocess.run(command, pass_fds=[back.fileno()], check=True)
        assert front.recv(100) == b"refused refused "


def test_fork_server_has_one_thread_and_no_numpy(pool: Pool) -> None:
    proc = Path(f"/proc/{fork_server_of(pool)}")
    assert len(list((proc / "task").iterdir())) == 1
    maps = (proc / "maps").read_text()
    assert "pyoxigraph" in maps
    assert "numpy" not in maps


def test_service_that_slips_past_the_guard_reaches_no_network(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the guard, which the worker asks first, had let it pass.
    monkeypatch.setattr(
        run, "encode_query", lambda query, left_s, allows_services: encode_query(query, left_s, True)
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ServiceForbidden):
            pool.ask(Query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_closed_pool_leaves_no_child_no_file_and_no_thread_behind() -> None:
    def belongings() -> tuple[set[str], set[int], int]:
        return set(os.listdir("/proc/self/fd")), children_of(os.getpid()), threading.active_count()

    before = belongings()
    pool = Pool.start(DATA, limits=LIMITS)
    fork_server = fork_server_of(pool)
    workers = children_of(fork_server)
    assert len(workers) == LIMITS.workers + LIMITS.spares
    abandoned = pool.ask(Query(LONG))
    with pytest.raises(QueryTimedOut):
        pool.ask(Query(CROSS, timeout_s=0.2))
    pool.publish(Diff(added=DATA[:1000].rpartition(b"\n")[0]))
    pool.close()
    pool.close()
    abandoned.body.close()
    assert belongings() == before
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers | {fork_server}))
    with pytest.raises(EngineUnavailable):
        pool.ask(Query(POINT))


FRONT = """
import sys, threading, time
from calcigraph.pool import Pool, Query
pool = Pool.start(sys.stdin.buffer.read())
threading.Thread(target=lambda: pool.ask(Query(sys.argv[1])), daemon=True).start()
while not pool.counts()["preempted"]:
    time.sleep(0.01)
print(pool._fork_server.pid, flush=True)
time.sleep(60)
"""


def test_workers_end_when_the_front_is_killed() -> None:
    command = [sys.executable, "-c", FRONT, CROSS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as front:
        assert front.stdin is not None
        assert front.stdout is not None
        front.stdin.write(DATA)
        front.stdin.close()
        fork_server = int(front.stdout.readline())
        pids = {fork_server, *children_of(fork_server)}
        front.kill()
    assert len(pids) > 2
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
