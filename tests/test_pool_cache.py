"""Answers that are kept: short and long ones, for as long as they are true, within their bound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from calcigraph.engine.result_formats import Form
from calcigraph.pool import Answer, Body, Diff, Pool, Query, QueryLimits
from calcigraph.pool.answer_cache import AnswerCache
from calcigraph.pool.query_problems import QueryTimedOut
from test_guard import HIDDEN_CALLS

EX = "http://example.org/"
DATA = "".join(f"<{EX}s{i}> <{EX}p> <{EX}s{i * 7 % 3000}> .\n" for i in range(3000)).encode()
LONG = Query("SELECT * { ?a ?p ?b . ?c ?q ?d } LIMIT 20000", results_format="tsv")
CROSS = "SELECT * { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool.start(DATA, limits=QueryLimits(workers=2, spares=1, timeout_s=60.0)) as started:
        yield started


def read(answer: Answer) -> bytes:
    data = answer.content if answer.content is not None else b"".join(answer.body)
    answer.body.close()
    return data


def test_long_answer_that_was_read_to_its_end_comes_whole_the_next_time(pool: Pool) -> None:
    first = pool.ask(LONG)
    assert first.content is None
    data = read(first)
    again = pool.ask(LONG)
    assert again.content == data
    assert (again.form, again.format, again.version) == (first.form, first.format, first.version)
    assert b"".join(again.body) == data
    assert pool.counts()["cached_bytes"] > len(data) > pool.limits.buffer_bytes


def test_long_answer_that_was_not_read_to_its_end_is_not_kept(pool: Pool) -> None:
    answer = pool.ask(LONG)
    next(answer.body)
    answer.body.close()
    assert pool.ask(LONG).content is None
    hopeless = pool.ask(Query(CROSS, timeout_s=1.0))
    with pytest.raises(QueryTimedOut):
        read(hopeless)
    assert pool.counts()["cached_bytes"] == 0


def test_long_answer_is_forgotten_when_the_data_changes(pool: Pool) -> None:
    rows = read(pool.ask(LONG)).count(b"\n")
    pool.publish(Diff(removed=DATA[: DATA.index(b"\n") + 1]))
    again = pool.ask(LONG)
    assert again.content is None
    assert read(again).count(b"\n") == rows
    assert pool.ask(LONG).version == 1


def test_long_answer_that_began_before_a_change_does_not_come_after_it(pool: Pool) -> None:
    before = pool.ask(LONG)
    pool.publish(Diff(removed=DATA))
    assert read(before).count(b"\n") == 20_001
    assert pool.ask(LONG).content == b"?a\t?p\t?b\t?c\t?q\t?d\n"


def test_volatile_long_answer_is_not_kept(pool: Pool) -> None:
    query = LONG._replace(text="SELECT ?a ?b (RAND() AS ?x) { ?a ?p ?b . ?c ?q ?d } LIMIT 20000")
    read(pool.ask(query))
    assert pool.counts()["cached_bytes"] == 0


@pytest.mark.parametrize("name", HIDDEN_CALLS)
def test_answer_with_a_call_that_could_be_part_of_an_iri_is_not_kept(pool: Pool, name: str) -> None:
    query = Query(HIDDEN_CALLS[name], results_format="csv")
    assert pool.ask(query).content
    assert pool.counts()["cached_bytes"] == 0


def test_throw_of_a_coin_is_not_frozen(pool: Pool) -> None:
    query = Query("SELECT (0.5<RAND()&&2>1 AS ?x) {}", results_format="csv")
    # That so many throws are alike happens once in 2^100 times.
    assert len({pool.ask(query).content for _ in range(100)}) == 2


def test_hits_and_misses_are_counted(pool: Pool) -> None:
    for _ in range(3):
        pool.ask(Query("ASK { ?s ?p ?o }"))
    assert (pool.counts()["cache_hits"], pool.counts()["cache_misses"]) == (2, 1)


def answer(content: bytes | None, version: int = 0) -> Answer:
    return Answer(Form.SELECT, "csv", version, content, Body([], None))


class Pieces:
    """A source of so many pieces."""

    def __init__(self, number: int, size: int) -> None:
        self._left = [bytes(size)] * number

    def more(self) -> bytes | None:
        return self._left.pop() if self._left else None

    def abandon(self) -> None:
        self._left.clear()


def test_one_answer_takes_at_most_a_quarter_of_the_bound() -> None:
    cache = AnswerCache(400_000)
    for size, kept in ((90_000, True), (110_000, False)):
        query = Query(f"ASK {{}} # {size}")
        cache.put(query, answer(bytes(size)))
        assert (cache.get(query, 0) is not None) == kept


@pytest.mark.parametrize(("number", "kept"), [(9, True), (11, False)])
def test_long_answer_takes_at_most_a_quarter_too(number: int, kept: bool) -> None:
    cache, query = AnswerCache(400_000), Query("ASK {}")
    copy = cache.copied(query, answer(None), [bytes(10_000)], Pieces(number - 1, 10_000))
    while copy.more() is not None:
        pass
    found = cache.get(query, 0)
    assert (found is not None) == kept
    if found is not None:
        assert found.content == bytes(10_000 * number)


def test_copies_that_are_being_made_stay_within_the_bound_and_let_go_of_what_they_took() -> None:
    cache = AnswerCache(400_000)
    for number in range(100):
        cache.put(Query(f"ASK {{}} # {number}"), answer(bytes(10_000)))
    assert 300_000 < cache.size <= 400_000
    copies = [
        cache.copied(Query(f"ASK {number}"), answer(None), [], Pieces(10, 5_000)) for number in range(20)
    ]
    for _ in range(8):
        for copy in copies:
            copy.more()
        assert cache.size + cache.copied_bytes <= 400_000
    assert 0 < cache.copied_bytes <= 200_000
    for copy in copies:
        copy.abandon()
    assert cache.copied_bytes == 0
    assert cache.size <= 400_000


def test_a_new_version_empties_the_cache_and_has_all_of_its_room() -> None:
    cache, old, new = AnswerCache(100_000), Query("ASK {} # old"), Query("ASK {} # new")
    cache.put(old, answer(b"before"))
    cache.put(new, answer(b"after", 1))
    assert cache.get(old, 0) is None
    assert 1 <= cache.size < 2_000, "of one answer"
    cache.put(old, answer(b"before", 0))
    assert cache.get(old, 0) is None, "an answer that is late is of no use"
    cache.put(old, answer(b"again", 1))
    found = [cache.get(query, 1) for query in (old, new)]
    assert [kept.content for kept in found if kept] == [b"again", b"after"]


def test_an_answer_that_two_have_waited_for_counts_once() -> None:
    cache, query = AnswerCache(100_000), Query("ASK {}")
    cache.put(query, answer(b"true"))
    size = cache.size
    cache.put(query, answer(b"true"))
    assert cache.size == size
