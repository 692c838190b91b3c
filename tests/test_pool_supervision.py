"""The threads that keep a pool, and the processes that it rests on: whatever happens, they come back."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calcigraph.pool import Attempt, Diff, Pool, Query, QueryLimits
from calcigraph.pool.background import BackgroundThread
from calcigraph.pool.memory import Memory
from calcigraph.pool.query_problems import ClientGone, EngineUnavailable, QueryTimedOut, QueueFull
from calcigraph.processes import children_of, is_stopped
from polling import until

DATA = "".join(f"<urn:s{n}> <urn:p> <urn:s{n * 7 % 300}> .\n" for n in range(300)).encode()
LIMITS = QueryLimits(workers=2, spares=2, timeout_s=600.0, cache_bytes=0)
ALL = LIMITS.workers + LIMITS.spares
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . ?g ?t ?h }"
POINT = Query("SELECT ?o { <urn:s1> ?p ?o }")


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS) as started:
        yield started


def fork_server(pool: Pool) -> int:
    return pool._fork_server.pid


def workers(pool: Pool) -> set[int]:
    """The workers that live and are not stopped."""
    return {pid for pid in children_of(fork_server(pool)) if lives(pid)}


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "T")
    except OSError:
        return False


def answers(pool: Pool) -> bool:
    return b"urn:s7" in (pool.ask(POINT).content or b"")


@contextmanager
def without_descriptors() -> Iterator[None]:
    """This process can open nothing: what is open stays so, and what is closed is not free for others."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            os.open("/dev/null", os.O_RDONLY)
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_step_that_fails_is_called_again_and_counted() -> None:
    lock, calls = threading.RLock(), []

    def step() -> float:
        calls.append(len(calls))
        if len(calls) == 1:
            raise MemoryError
        return 600.0

    thread = BackgroundThread("a thread that fails", lock, step)
    thread.start()
    until(lambda: len(calls) == 2)
    assert thread.failures == 1
    with lock:
        thread.wake()
    until(lambda: len(calls) == 3)
    thread.stop()


def test_memory_is_told_where_no_descriptor_is_left() -> None:
    memory = Memory()
    with without_descriptors():
        assert 0 < memory.left() <= memory.total
    memory.close()


def test_workers_that_are_lost_while_nobody_asks_come_back(pool: Pool) -> None:
    for number in (signal.SIGKILL, signal.SIGSTOP):
        lost = workers(pool)
        assert len(lost) == ALL
        for pid in lost:
            os.kill(pid, number)
        until(lambda lost=lost: len(workers(pool) - lost) == ALL)
    assert answers(pool)


def test_a_fork_server_that_is_lost_with_its_workers_comes_back(pool: Pool) -> None:
    pool.publish(Diff(added=b"<urn:new> <urn:p> <urn:s1> .\n"))
    for number in (signal.SIGKILL, signal.SIGSTOP):
        old = fork_server(pool)
        for pid in (old, *workers(pool)):
            os.kill(pid, number)
        until(lambda old=old: fork_server(pool) != old and len(workers(pool)) == ALL)
        assert answers(pool)
        known = pool.ask(Query("ASK { <urn:new> ?p ?o }", results_format="csv"))
        assert known.content == b"true"
        assert not lives(old)


def test_a_worker_that_is_stopped_under_a_query_costs_nobody_an_answer(pool: Pool) -> None:
    attempt = pool.attempt(Query(CROSS), lambda: None)
    assert isinstance(attempt, Attempt)
    (busy,) = pool._scheduler._workforce.busy
    os.kill(busy.pid, signal.SIGSTOP)
    until(lambda: is_stopped(busy.pid) or busy.has_ended)
    until(lambda: busy.has_ended)
    assert answers(pool)
    attempt.abandon()


def test_a_pool_without_descriptors_comes_back_with_them(pool: Pool) -> None:
    all_of_them = (fork_server(pool), *workers(pool))
    with without_descriptors():
        for pid in all_of_them:
            os.kill(pid, signal.SIGKILL)
        until(lambda: pool._scheduler._problem is not None)
        with pytest.raises((EngineUnavailable, QueryTimedOut)) as refused:
            pool.ask(POINT._replace(timeout_s=1.0))
        assert "Too many open files" in refused.value.detail
    until(lambda: len(workers(pool)) == ALL)
    assert answers(pool)


def test_a_fork_that_the_system_refuses_is_told_and_tried_again(pool: Pool) -> None:
    pid = fork_server(pool)
    # Even the superuser is bound by the hard limit where its processes are counted: see the skip below.
    _, hard = resource.prlimit(pid, resource.RLIMIT_NPROC)
    resource.prlimit(pid, resource.RLIMIT_NPROC, (0, hard))
    lost = workers(pool)
    for worker in lost:
        os.kill(worker, signal.SIGKILL)
    if os.geteuid() == 0:
        # CAP_SYS_RESOURCE is above this limit.
        until(lambda: len(workers(pool)) == ALL)
        return
    until(lambda: pool._scheduler._problem is not None)
    resource.prlimit(pid, resource.RLIMIT_NPROC, (hard, hard))
    until(lambda: len(workers(pool)) == ALL)
    assert fork_server(pool) == pid


def test_a_dump_that_does_not_fit_keeps_what_there_was(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calcigraph.pool.fork_server._FOLD_BYTES", 0)
    pid = fork_server(pool)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    lines = b"".join(f"<urn:n{n}> <urn:p> <urn:o> .\n".encode() for n in range(2000))
    assert pool.publish(Diff(added=lines)) == 1
    assert fork_server(pool) == pid
    for lost in (pid, *workers(pool)):
        os.kill(lost, signal.SIGKILL)
    until(lambda: fork_server(pool) != pid and len(workers(pool)) == ALL)
    counted = pool.ask(Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", results_format="csv"))
    assert counted.content == b"n\r\n2300\r\n"


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_pool_closes_although_its_processes_are_stopped(is_asked: bool) -> None:
    pool = Pool.start(DATA, limits=LIMITS)
    all_of_them = {fork_server(pool), *workers(pool)}
    os.kill(fork_server(pool), signal.SIGSTOP)
    if is_asked:
        # Then the supervisor waits for the fork server.
        for pid in workers(pool):
            os.kill(pid, signal.SIGKILL)
        until(lambda: pool.counts()["idle"] < ALL)
    pool.close()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in all_of_them))


def test_no_more_processes_and_descriptors_are_taken_than_are_counted_for() -> None:
    before = len(os.listdir("/proc/self/fd"))
    limits = QueryLimits(workers=2, spares=2, long_queries=6, timeout_s=600.0, cache_bytes=0)
    over = threading.Event()

    def run(number: int) -> None:
        with contextlib.suppress(ClientGone, QueueFull):
            pool.ask(Query(f"{CROSS} #{number}"), over.is_set)

    with Pool.start(DATA, limits=limits) as pool:
        running = [threading.Thread(target=run, args=(number,)) for number in range(12)]
        for thread in running:
            thread.start()
        until(lambda: pool.counts()["preempted"] == limits.long_queries)
        processes, descriptors = len(children_of(fork_server(pool))), len(os.listdir("/proc/self/fd"))
        over.set()
        for thread in running:
            thread.join()
    assert limits.long_queries < processes <= limits.processes
    assert descriptors - before <= limits.descriptors
