"""srv:search through the pool: one index for all workers, which follows every change."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from calcigraph.engine.engine_problems import SearchMalformed, SearchTooBroad
from calcigraph.pool import Answer, Attempt, Diff, Pool, Query, QueryLimits
from polling import MOST_S

EX = "http://example.org/"
INFERRED = EX + "inferred"
PREFIX = f"PREFIX srv: <https://w3id.org/calcigraph/server#> PREFIX : <{EX}> "
DATA = "".join(f'<{EX}s{i}> <{EX}label> "thing {i}" <{EX}g> .\n' for i in range(20_000)) + (
    f'<{EX}s0> <{EX}label> "inferred thing" <{INFERRED}> .\n'
)


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(
        DATA.encode(), limits=QueryLimits(workers=2, timeout_s=MOST_S), unasserted=(INFERRED,)
    ) as started:
        yield started


def subjects(pool: Pool, words: str, **options: object) -> list[str]:
    query = f'{PREFIX}SELECT ?s {{ ?s srv:search "{words}" }} ORDER BY ?s'
    content = pool.ask(Query(query, **options)).content  # type: ignore[arg-type]
    assert content is not None
    return [row["s"]["value"].removeprefix(EX) for row in json.loads(content)["results"]["bindings"]]


def test_every_worker_finds_what_is_said(pool: Pool) -> None:
    assert pool.counts()["index_bytes"] == 0
    for i in range(20):
        assert subjects(pool, f"{i}") == [f"s{i}"]
    assert subjects(pool, "inferred") == ["s0"]
    assert subjects(pool, "inferred", inference=False) == []
    counts = pool.counts()
    assert counts["indexed_literals"] == 20_001
    assert 40 < counts["index_bytes"] / counts["indexed_literals"] < 400


def test_the_very_next_search_finds_what_was_published(pool: Pool) -> None:
    assert subjects(pool, "new") == []
    for i in range(20):
        line = f'<{EX}new{i}> <{EX}label> "new {i}" <{EX}g> .\n'.encode()
        pool.publish(Diff(added=line))
        assert subjects(pool, "new") == [f"new{i}"]
        pool.publish(Diff(removed=line))
        assert subjects(pool, "new") == []
    lines = "".join(f'<{EX}many{i}> <{EX}label> "{"much " * 100}{i}" <{EX}g> .\n' for i in range(15_000))
    pool.publish(Diff(added=lines.encode()))
    assert subjects(pool, "much 14999") == ["many14999"]


def test_an_engine_that_is_started_again_has_the_index_again(pool: Pool) -> None:
    assert subjects(pool, "7") == ["s7"]
    pool.publish(Diff(added=f'<{EX}late> <{EX}label> "late" <{EX}g> .\n'.encode()))
    os.kill(pool._fork_server.pid, signal.SIGKILL)
    for i in range(30):
        pool.publish(Diff(added=f'<{EX}later{i}> <{EX}label> "later" <{EX}g> .\n'.encode()))
    assert subjects(pool, "late") == ["late"]
    assert len(subjects(pool, "later")) == 30


def test_what_is_wrong_with_a_search_comes_out_of_the_worker_as_it_is(pool: Pool) -> None:
    with pytest.raises(SearchMalformed) as malformed:
        pool.ask(Query(f"{PREFIX}SELECT * {{\n ?s srv:search ?x }}"))
    place = malformed.value.place
    assert place is not None
    assert (place.line, place.column) == (2, 16)
    with pytest.raises(SearchTooBroad, match="limit"):
        pool.ask(Query(f'{PREFIX}SELECT * {{ ?s srv:search "thing" }}'))
    assert subjects(pool, "thing NOT thing") == []


def test_the_first_search_waits_for_a_worker_with_the_index(pool: Pool) -> None:
    query = Query(f'{PREFIX}SELECT ?s {{ ?s srv:search "7" }}')
    woken = threading.Event()
    attempt = pool.attempt(query, woken.set)
    assert isinstance(attempt, Attempt)
    assert attempt.channel is None
    assert woken.wait(MOST_S)
    assert attempt.finish().content is not None
    assert subjects(pool, "8") == ["s8"]
    kept = pool.attempt(query, woken.set)
    assert isinstance(kept, Answer), "and then it is kept, as any other answer"
