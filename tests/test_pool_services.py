"""SERVICE through the pool: workers that have no network get answers, and no service can hurt a query."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from calcigraph.engine.engine_problems import ServiceAnswerUnusable, ServiceUndetermined
from calcigraph.federation import CallLimits
from calcigraph.federation.service_problems import (
    AllowListMalformed,
    ServiceFailed,
    ServiceRefused,
    ServicesBusy,
    ServiceTimedOut,
)
from calcigraph.pool import Attempt, Pool, Query, QueryLimits
from calcigraph.pool.query_problems import (
    ClientGone,
    QueryMalformed,
    QueryRefused,
    QueryTimedOut,
    ServiceForbidden,
)
from conftest import free_port
from hostile_services import EMPTY, Script, Service, answer, ending, repeating, sending
from hostile_services import service as listening
from polling import MOST_S, until

EX = "http://example.org/"
DATA = "".join(f'<{EX}s{i}> <{EX}p> "{i}" .\n' for i in range(100)).encode()
CALLS = CallLimits(timeout_s=MOST_S, most_bytes=1 << 20, at_once=2, patience_s=MOST_S)
LIMITS = QueryLimits(workers=2, timeout_s=MOST_S, calls=CALLS)
PORT = free_port()
ALLOWED = [f"http://127.0.0.1:{PORT}/"]
ONE = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://example.org/s7"}}]}}'


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=LIMITS, allow_service=ALLOWED) as started:
        yield started


def rows(pool: Pool, query: str, **options: object) -> list[dict[str, str]]:
    content = pool.ask(Query(query, **options)).content  # type: ignore[arg-type]
    assert content is not None
    found = json.loads(content)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def service(script: Script) -> AbstractContextManager[Service]:
    return listening(script, port=PORT)


def joined(here: Service, silent: str = "") -> str:
    return f"SELECT ?o {{ SERVICE {silent} <{here.iri}> {{ ?s ?q ?x }} ?s <{EX}p> ?o }}"


def test_a_worker_gets_the_answer_of_a_service(pool: Pool) -> None:
    with service(sending(answer(ONE))) as here:
        assert rows(pool, joined(here)) == [{"o": "7"}]


def test_service_is_off_without_a_list() -> None:
    with Pool.start(DATA, limits=QueryLimits(workers=1)) as closed, service(sending(answer(ONE))) as here:
        for silent in ("", "SILENT"):
            with pytest.raises(ServiceForbidden, match="switched off"):
                closed.ask(Query(joined(here, silent)))
        assert here.connections == 0


def test_a_list_that_is_not_understood_is_refused_at_the_start() -> None:
    with pytest.raises(AllowListMalformed):
        Pool.start(DATA, allow_service=["example.org"])


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (sending(answer(b"<html>")), ServiceAnswerUnusable),
        (sending(b"nonsense"), ServiceFailed),
        (sending(answer(ONE, status="503 Service Unavailable")), ServiceFailed),
        (
            sending(answer(b"", "Location: http://127.0.0.1:1/", status="301 Moved Permanently")),
            ServiceFailed,
        ),
        (repeating(answer(b"", "Content-Length: 99999999"), b" " * 65536), ServiceFailed),
    ],
    ids=["garbage", "no HTTP", "an error", "a redirect", "an endless answer"],
)
def test_a_bad_service_is_a_problem_and_silent_goes_on(pool: Pool, script: Script, problem: type) -> None:
    is_a_problem_and_silent_goes_on(pool, script, problem)


def test_a_silent_service_is_a_problem_and_silent_goes_on() -> None:
    limits = replace(LIMITS, calls=replace(CALLS, timeout_s=0.5))
    with Pool.start(DATA, limits=limits, allow_service=ALLOWED) as pool:
        is_a_problem_and_silent_goes_on(
            pool, lambda connection: (connection.recv(1), None)[1], ServiceTimedOut
        )


def is_a_problem_and_silent_goes_on(pool: Pool, script: Script, problem: type) -> None:
    with service(script) as here:
        with pytest.raises(problem) as met:
            pool.ask(Query(joined(here)))
        assert met.value.remedy
        assert len(rows(pool, joined(here, "SILENT"))) == 100
    assert pool.counts()["busy"] == pool.counts()["preempted"] == 0


@pytest.mark.parametrize("iri", ["http://localhost:9000/sparql", "https://elsewhere.example/", "urn:x"])
def test_a_service_that_is_not_on_the_list_is_refused_unless_silent(pool: Pool, iri: str) -> None:
    here = f"SELECT ?o {{ SERVICE %s <{iri}> {{ ?s ?q ?x }} ?s <{EX}p> ?o }}"
    with pytest.raises(ServiceRefused, match=r"list|address"):
        pool.ask(Query(here % ""))
    assert len(rows(pool, here % "SILENT")) == 100


def test_answers_of_services_are_asked_for_anew_each_time(pool: Pool) -> None:
    with service(sending(answer(ONE))) as here:
        for _ in range(3):
            rows(pool, joined(here))
        assert len(here.requests) == 3


def test_what_is_polled_needs_a_thread_once_its_worker_asks_for_a_service(pool: Pool) -> None:
    with service(sending(answer(ONE))) as here:
        attempt = pool.attempt(Query(joined(here), results_format="csv"), lambda: None)
        assert isinstance(attempt, Attempt)
        until(lambda: attempt.poll() is not None or attempt.needs_thread)
        assert attempt.needs_thread, "a call of another service blocks"
        assert [attempt.poll() for _ in range(10)] == [None] * 10
        assert here.connections == 0
        assert attempt.finish().content == b"o\r\n7\r\n"
        assert len(here.requests) == 1


def test_what_waits_for_a_thread_to_call_a_service_ends_with_its_client(pool: Pool) -> None:
    over = threading.Event()
    with service(lambda _connection: (over.wait(), None)[1]) as here, ending(over):
        left = pool.attempt(Query(joined(here)), lambda: None)
        gone = pool.attempt(Query(joined(here)), lambda: None, lambda: True)
        assert isinstance(left, Attempt)
        assert isinstance(gone, Attempt)
        until(lambda: left.poll() is not None or left.needs_thread)
        left.abandon()
        assert here.connections == 0
        with pytest.raises(ClientGone):
            gone.finish()
    until(lambda: pool.counts()["busy"] == pool.counts()["preempted"] == 0)


def test_the_deadline_of_the_query_ends_a_call() -> None:
    over = threading.Event()
    limits = QueryLimits(workers=1, timeout_s=MOST_S, calls=CallLimits(timeout_s=MOST_S))
    with (
        Pool.start(DATA, limits=limits, allow_service=ALLOWED) as pool,
        service(lambda _connection: (over.wait(), None)[1]) as here,
        ending(over),
    ):
        for silent in ("", "SILENT"):
            with pytest.raises(QueryTimedOut):
                pool.ask(Query(joined(here, silent), timeout_s=0.5))
        over.set()
        assert rows(pool, f"SELECT ?o {{ <{EX}s1> ?p ?o }}") == [{"o": "1"}]


def test_a_client_that_leaves_ends_a_call() -> None:
    closed = threading.Event()

    def wait(connection: object) -> None:
        if connection.recv(1) == b"":  # type: ignore[attr-defined]
            closed.set()

    limits = QueryLimits(workers=1, timeout_s=600, calls=CallLimits(timeout_s=600))
    with Pool.start(DATA, limits=limits, allow_service=ALLOWED) as pool, service(wait) as here:
        with pytest.raises(ClientGone):
            pool.ask(Query(joined(here)), gone=lambda: bool(here.requests))
        assert closed.wait(MOST_S)


def test_a_query_that_waits_for_a_service_holds_no_place_of_others() -> None:
    over = threading.Event()
    limits = QueryLimits(workers=1, timeout_s=MOST_S, calls=CallLimits(timeout_s=MOST_S, at_once=8))
    with (
        Pool.start(DATA, limits=limits, allow_service=ALLOWED) as pool,
        service(lambda connection: (over.wait(), connection.sendall(answer(ONE)))[1]) as here,
        ThreadPoolExecutor(4) as clients,
        ending(over),
    ):
        asked = [clients.submit(rows, pool, joined(here)) for _ in range(4)]
        until(lambda: len(here.requests) == 4)
        assert rows(pool, f"SELECT ?o {{ <{EX}s1> ?p ?o }}") == [{"o": "1"}]
        over.set()
        assert [client.result() for client in asked] == [[{"o": "7"}]] * 4


def test_more_calls_than_may_be_under_way_are_told_to_come_back() -> None:
    over = threading.Event()
    limits = QueryLimits(
        workers=2, timeout_s=MOST_S, calls=CallLimits(timeout_s=MOST_S, at_once=1, patience_s=0.1)
    )
    with (
        Pool.start(DATA, limits=limits, allow_service=ALLOWED) as pool,
        service(lambda connection: (over.wait(), connection.sendall(answer(EMPTY)))[1]) as here,
        ThreadPoolExecutor(1) as clients,
        ending(over),
    ):
        first = clients.submit(rows, pool, joined(here))
        until(lambda: bool(here.requests))
        with pytest.raises(ServicesBusy) as busy:
            pool.ask(Query(joined(here)))
        assert busy.value.retry_after_s
        over.set()
        assert first.result() == []


def test_what_is_wrong_with_the_query_is_told_before_anyone_is_called(pool: Pool) -> None:
    with service(sending(answer(ONE))) as here:
        with pytest.raises(QueryMalformed) as malformed:
            pool.ask(Query(f"SELECT * {{ SERVICE <{here.iri}> {{ ?s ?p }} }}"))
        assert malformed.value.line == 1
        with pytest.raises(QueryMalformed, match="`ex:`"):
            pool.ask(Query(f"SELECT * {{ SERVICE <{here.iri}> {{ ?s ex:p ?o }} }}"))
        with pytest.raises(QueryRefused):
            pool.ask(Query(f"SELECT * {{ SERVICE <{here.iri}> {'{' * 100} {'}' * 100} }}"))
        with pytest.raises(ServiceUndetermined) as unknown:
            pool.ask(Query(f"SELECT * {{\n SERVICE ?x {{ ?s <{here.iri}> ?o }} }}"))
        assert unknown.value.place is not None
        assert (unknown.value.place.line, unknown.value.place.column) == (2, 10)
        assert here.connections == 0


def test_an_answer_that_ends_its_worker_ends_no_other_query(pool: Pool) -> None:
    deep = b'{"head":{"vars":["s"]},"results":{"bindings":[' + b'{"s":' * 150_000
    with service(sending(answer(deep))) as here, pytest.raises((ServiceAnswerUnusable, ServiceFailed)):
        pool.ask(Query(joined(here)))
    assert rows(pool, f"SELECT ?o {{ <{EX}s1> ?p ?o }}") == [{"o": "1"}]
