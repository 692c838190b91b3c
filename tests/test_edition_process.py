"""The process that proves and changes: what its end leaves behind, and what goes on after it."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pyoxigraph as ox
import pytest

from calcigraph.edition import Change, ChangeOutcome, Edition, EditionPassed, assemble
from calcigraph.edition.writer_problems import WriterUnavailable
from calcigraph.edition.writer_process import WriterProcess
from calcigraph.edition.writer_start import WriterStart
from calcigraph.pool import Pool, Query
from calcigraph.root import Root
from calcigraph.store import LocalEngine
from changing import helpers_of
from polling import until
from test_edition_changes import TOY, data, from_nothing, pump

LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


class Line:
    """A writer in a process of its own, and the editions that it told of."""

    def __init__(self) -> None:
        first = assemble(Root.open(TOY)).edition
        owner = first.files.owner
        assert owner is not None
        self.first = replace(first, root=first.root.without_contents())
        source = WriterStart(self.first.root, 0, first.files.folder, owner.path, "builtin")
        self.writer = WriterProcess(source)
        self.newest = replace(self.first, prover=self.writer)

    def after(self, change: Change) -> ChangeOutcome:
        outcome = self.writer.after(change)
        self.newest = self.at(outcome.number)
        return outcome

    def at(self, number: int) -> Edition:
        edition = Edition.open(self.first.root, self.first.files.changed)
        return replace(edition, number=number, prover=self.writer)

    @property
    def pid(self) -> int:
        """The process id of the writer that there is now."""
        (pid,) = writers()
        return pid

    def named(self, name: str) -> Change:
        return Change.of(add=[ox.Quad(pump(self.first), LABEL, ox.Literal(f"name {name}"), data(self.first))])

    def names(self, edition: Edition) -> set[str]:
        values = edition.objects(pump(self.first), LABEL)
        texts = {value.value for value in values if isinstance(value, ox.Literal)}
        return {text.removeprefix("name ") for text in texts if text.startswith("name ")}


def writers() -> list[int]:
    """The process ids of the writers that this process has started, and that have not ended."""
    return helpers_of(os.getpid(), "calcigraph.edition.process")


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.writer.close()
    assert not writers()


def inferred(edition: Edition) -> ox.Triple:
    return next(edition.quads(graph=edition.inferred_graph)).triple


def test_a_change_after_the_writer_was_killed_goes_on_from_the_newest_edition(line: Line) -> None:
    line.after(line.named("a"))
    line.after(line.named("b"))
    second = line.newest
    before = line.pid
    os.kill(before, signal.SIGKILL)

    outcome = line.after(line.named("c"))

    assert outcome.number == 3
    assert line.pid != before
    assert line.names(line.newest) == {"a", "b", "c"}
    assert line.names(second) == {"a", "b"}
    from_nothing(line.newest)


def test_the_first_change_works_after_the_writer_was_killed(line: Line) -> None:
    assert line.newest.explain(inferred(line.first)) is not None
    os.kill(line.pid, signal.SIGKILL)
    assert line.after(line.named("a")).number == 1
    from_nothing(line.newest)


def test_a_writer_that_was_started_anew_proves_the_newest_edition_and_says_that_others_are_gone(
    line: Line,
) -> None:
    line.after(line.named("a"))
    former = line.newest
    line.after(line.named("b"))
    triple = inferred(line.newest)
    proof = line.newest.explain(triple)
    assert former.explain(triple) is not None
    os.kill(line.pid, signal.SIGKILL)

    again = line.newest.explain(triple)

    assert again is not None
    assert proof is not None
    assert again.depth == proof.depth
    for older in (former, line.first):
        with pytest.raises(EditionPassed, match=f"Edition {older.number} is gone; the newest one is 2"):
            line.writer.proofs(older.number, triple, 5)


def test_what_a_writer_wrote_and_told_nobody_is_not_there_for_the_next_one(line: Line) -> None:
    line.after(line.named("a"))
    kept = line.newest
    # As if it had been killed after its change was written, and before anybody was told.
    line.after(line.named("b"))
    line.writer.back_to(1)
    os.kill(line.pid, signal.SIGKILL)

    outcome = line.after(line.named("c"))

    assert outcome.number == 2
    assert line.names(line.newest) == {"a", "c"}
    assert line.names(kept) == {"a"}
    from_nothing(line.newest)


@pytest.mark.parametrize("is_killed", [False, True])
@pytest.mark.parametrize("earlier", [0, 1])
def test_an_edition_that_was_taken_back_is_made_again_as_another(
    line: Line, earlier: int, is_killed: bool
) -> None:
    for name in "ab"[:earlier]:
        line.after(line.named(name))
    catalogue = line.first.root.catalogue_graph
    title = ox.NamedNode("http://purl.org/dc/terms/title")
    node = line.first.root.prefixes.expand("id:plant")
    change = Change.of(add=[ox.Quad(node, title, ox.Literal("another"), catalogue)])
    taken_back = line.after(change)
    assert taken_back.root is not None
    if is_killed:
        os.kill(line.pid, signal.SIGKILL)
    line.writer.back_to(earlier)

    outcome = line.after(line.named("c"))

    assert outcome.number == earlier + 1
    assert outcome.root is None
    assert line.names(line.newest) == {*"ab"[:earlier], "c"}
    from_nothing(line.newest)


def killed_while_changing(line: Line, attempts: int) -> int:
    """Have the writer killed at any moment of some changes; how many another one has made."""
    draw, replaced = random.Random(5), 0
    line.after(line.named("first"))
    begun = time.perf_counter()
    line.after(line.named("second"))
    usual_s = time.perf_counter() - begun
    names = {"first", "second"}
    for attempt in map(str, range(attempts)):
        # The process has to be there before: to start it takes longer than a change.
        line.newest.explain(inferred(line.newest))
        before = writers()
        timer = threading.Timer(draw.random() * usual_s, os.kill, [line.pid, signal.SIGKILL])
        timer.start()
        outcome = line.after(line.named(attempt))
        names.add(attempt)
        assert outcome.number == len(names)
        assert line.names(line.newest) == names
        replaced += writers() != before
        timer.join()
    from_nothing(line.newest)
    return replaced


def test_changes_are_made_where_the_writer_is_killed_meanwhile(line: Line) -> None:
    killed_while_changing(line, 3)


@pytest.mark.campaign
def test_changes_are_made_however_often_the_writer_is_killed_meanwhile(line: Line) -> None:
    replaced = killed_while_changing(line, 60)
    print(replaced)
    assert replaced >= 10


def test_a_change_that_no_writer_lives_to_make_has_not_been_made(line: Line) -> None:
    line.after(line.named("a"))
    stop = threading.Event()

    def kill_each() -> None:
        while not stop.wait(0.01):
            for pid in writers():
                os.kill(pid, signal.SIGKILL)

    killing = threading.Thread(target=kill_each)
    killing.start()
    try:
        # To start one takes longer than to find and kill it.
        until(lambda: not writers())
        with pytest.raises(WriterUnavailable) as unavailable:
            line.after(line.named("b"))
    finally:
        stop.set()
        killing.join()
    assert unavailable.value.remedy
    assert line.names(line.newest) == {"a"}
    assert line.after(line.named("c")).number == 2
    assert line.names(line.newest) == {"a", "c"}
    from_nothing(line.newest)


def test_a_writer_that_is_closed_starts_no_other_one(line: Line) -> None:
    line.after(line.named("a"))
    line.writer.close()
    with pytest.raises(WriterUnavailable, match="stopping"):
        line.after(line.named("b"))


class HandedOverError(Exception):
    """What goes wrong while a change is handed over."""


def fail(_edition: Edition) -> None:
    raise HandedOverError


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    edition = assemble(Root.open(TOY)).edition
    edition = replace(edition, root=edition.root.without_contents())
    with Pool.start(edition.nquads(), unasserted=edition.root.inferences) as pool:
        made = LocalEngine(edition, pool)
        yield made
        made.close()


def asked(engine: LocalEngine) -> tuple[int, set[str]]:
    """The edition that a query is answered from, and the names that it finds."""
    text = f"SELECT ?name {{ <{pump(engine.edition).value}> <{LABEL.value}> ?name }}"
    answer = engine.ask(Query(text, results_format="tsv"))
    assert answer.content is not None
    return answer.version, {line[6:-1] for line in answer.content.decode().split("\n") if '"name ' in line}


def added(engine: LocalEngine, name: str) -> Change:
    quad = ox.Quad(pump(engine.edition), LABEL, ox.Literal(f"name {name}"), data(engine.edition))
    return Change.of(add=[quad])


def test_a_change_that_cannot_be_handed_over_has_not_been_made(engine: LocalEngine) -> None:
    for earlier in range(2):
        before = engine.edition
        with pytest.raises(HandedOverError):
            engine.publish(added(engine, "lost"), fail)
        assert engine.edition is before
        assert asked(engine) == (earlier, {"a"} if earlier else set())
        engine.publish(added(engine, "ab"[earlier]))
        assert asked(engine) == (earlier + 1, set("ab"[: earlier + 1]))
        assert engine.edition.number == earlier + 1
    from_nothing(engine.edition)


def test_a_change_is_made_after_the_fork_server_was_killed(engine: LocalEngine) -> None:
    engine.publish(added(engine, "a"))
    for name in "bc":
        (pid,) = helpers_of(os.getpid(), "calcigraph.pool.fork_server_process")
        os.kill(pid, signal.SIGKILL)
        engine.publish(added(engine, name))
    assert asked(engine) == (3, {"a", "b", "c"})
    assert engine.edition.number == 3


def test_every_edition_can_be_had_again(engine: LocalEngine) -> None:
    first, count = engine.edition, 40
    for number in range(count):
        engine.publish(added(engine, str(number)))
    for number in (0, 1, 7, count - 1, count):
        edition = engine.edition_at(number)
        assert edition.number == number
        names = {value.value for value in edition.objects(pump(first), LABEL)}  # type: ignore[union-attr]
        assert len({name for name in names if name.startswith("name ")}) == number
    assert engine.edition_at(0) is first
