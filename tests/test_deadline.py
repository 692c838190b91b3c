"""How long whoever asks waits: look-ups and proofs end with that, and nothing is spoilt."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pyoxigraph as ox
import pytest

from calcigraph.deadline import (
    LookUpsAbandoned,
    LookUpsTimedOut,
    Once,
    check,
    endless,
    left_s,
    renew,
    within,
)
from calcigraph.edition import Edition, assemble
from calcigraph.edition.writer_problems import WriterBusy
from calcigraph.reasoning import Proof
from calcigraph.root import Root
from conftest import ROOTS
from datasets import dataset_of
from polling import MOST_S, until
from test_edition_process import Line, inferred

NO_TIME = 0.0


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.writer.close()


def gone() -> bool:
    return True


def until_it_ends() -> None:
    while True:
        check()


def test_where_no_deadline_is_set_there_is_no_end() -> None:
    check()
    assert left_s() is None


def test_it_is_over_with_the_time_or_with_whoever_asks() -> None:
    with within(NO_TIME), pytest.raises(LookUpsTimedOut):
        until_it_ends()
    with within(MOST_S, gone), pytest.raises(LookUpsAbandoned):
        check()
    with within(MOST_S):
        check()
    check()


def test_a_deadline_is_of_its_context_alone() -> None:
    seen: list[float | None] = []
    with within(NO_TIME):
        thread = threading.Thread(target=lambda: seen.append(left_s()))
        thread.start()
        thread.join()
        with endless():
            check()
        with pytest.raises(LookUpsTimedOut):
            until_it_ends()
    assert seen == [None]


def test_a_renewed_deadline_has_its_whole_time_again() -> None:
    with within(MOST_S):
        time.sleep(0.01)
        before = left_s()
        renew()
        after = left_s()
        assert before is not None
        assert after is not None
        assert after > before
    assert left_s() is None


LOOK_UPS: list[Callable[[Edition], object]] = [
    lambda edition: next(edition.quads()),
    lambda edition: list(edition.all_quads()),
    lambda edition: edition.index.uses(edition.number, 1),
    lambda edition: edition.index.sizes(edition.number),
    lambda edition: list(edition.index.respelled(edition.number)),
    lambda edition: edition.names.find("pump", 5),
    lambda edition: edition.labels.nearest("pumq"),
    lambda edition: list(edition.all_subjects()),
]


@pytest.mark.parametrize("look_up", LOOK_UPS)
def test_a_look_up_ends_with_whoever_asked_and_the_next_one_works(
    look_up: Callable[[Edition], object],
) -> None:
    edition = dataset_of("toy")
    with within(MOST_S, gone), pytest.raises(LookUpsAbandoned):
        look_up(edition)
    with within(MOST_S):
        look_up(edition)


def test_a_statement_is_interrupted_while_the_index_works_on_it() -> None:
    edition = dataset_of("shipped")
    looks = iter([False] * 3)
    many = "SELECT count(*) FROM quad a, quad b, quad c WHERE a.born + b.born + c.born = -1"
    with within(MOST_S, lambda: next(looks, True)), pytest.raises(LookUpsAbandoned):
        edition.index._ask(many, ())
    assert next(looks, None) is None, "the index had begun"
    assert next(edition.quads())


def test_a_proof_that_is_given_up_leaves_the_next_one_as_it_was(line: Line) -> None:
    triples = [quad.triple for quad in line.first.quads(graph=line.first.inferred_graph)][:20]
    assert triples
    expected = {triple: line.newest.explain(triple) for triple in triples}
    before = line.pid
    for triple in triples:
        looks = iter([False] * 2)
        with suppress(LookUpsAbandoned), within(MOST_S, lambda looks=looks: next(looks, True)):  # type: ignore[misc]
            line.newest.explain(triple)
        assert line.newest.explain(triple) == expected[triple]
    assert line.pid == before


def test_a_search_for_a_proof_ends_with_whoever_asked() -> None:
    edition = assemble(Root.open(ROOTS["toy"])).edition
    triple = inferred(edition)
    expected = edition.explain(triple)
    with within(MOST_S, gone), pytest.raises(LookUpsAbandoned):
        edition.explain(triple)
    assert expected is not None
    assert edition.explain(triple) == expected


def test_whoever_waits_for_a_proof_may_give_up_and_the_writer_stays(line: Line) -> None:
    triple = inferred(line.first)
    expected = line.newest.explain(triple)
    before = line.pid
    os.kill(before, signal.SIGSTOP)
    try:
        for _ in range(2):
            with within(0.05), pytest.raises(LookUpsTimedOut):
                line.newest.explain(triple)
    finally:
        os.kill(before, signal.SIGCONT)
    assert line.newest.explain(triple) == expected
    assert line.after(line.named("a")).number == 1
    assert line.pid == before


def test_no_more_wait_for_proofs_than_may(line: Line) -> None:
    triple, most = inferred(line.first), 32
    assert line.newest.explain(triple) is not None
    released = threading.Event()

    def ask() -> Proof | None:
        with within(MOST_S, released.is_set):
            return line.newest.explain(triple)

    with line.writer._lock, ThreadPoolExecutor(most) as pool:
        waiting = [pool.submit(ask) for _ in range(most)]
        until(lambda: line.writer._room._value == 0)
        with pytest.raises(WriterBusy):
            line.newest.explain(triple)
        released.set()
        for found in waiting:
            with pytest.raises(LookUpsAbandoned):
                found.result()
    assert isinstance(triple, ox.Triple)
    assert line.newest.explain(triple) is not None


def test_what_is_made_once_is_made_once_for_all_who_ask() -> None:
    made: list[int] = []
    release = threading.Event()

    def make() -> int:
        release.wait(MOST_S)
        made.append(1)
        return 7

    once = Once(make)
    with within(0.01), pytest.raises(LookUpsTimedOut):
        once.get()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(once.get) for _ in range(8)]
        release.set()
        assert {found.result() for found in waiting} == {7}
    assert once.get() == 7
    assert made == [1]


def test_what_could_not_be_made_is_tried_again() -> None:
    outcomes = iter([ValueError("bad luck"), None])

    def make() -> str:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        return "made"

    once = Once(make)
    with pytest.raises(ValueError, match="bad luck"):
        once.get()
    assert once.get() == "made"
