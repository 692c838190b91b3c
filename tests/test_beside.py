"""Work beside this process gives what it would give here, in order, whatever becomes of the other one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from calcigraph.beside import beside
from calcigraph.errors import InputUnreadable, Place
from calcigraph.evaluating import Step, evaluating, watched_by


def _work() -> Iterator[int]:
    yield os.getpid()
    with evaluating("lints", Place("shapes/lint/a.rq")):
        yield 2
    yield 3


def test_values_come_in_order_from_another_process_with_what_it_is_at() -> None:
    steps: list[Step] = []
    with watched_by(steps.append):
        first, *rest = beside(_work)
    assert first != os.getpid()
    assert rest == [2, 3]
    assert [str(step) for step in steps] == ["lints: shapes/lint/a.rq", "None"]


def test_what_is_killed_is_done_here_and_nothing_is_given_twice() -> None:
    here = os.getpid()

    def work() -> Iterator[int]:
        yield 1
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        yield 2

    assert list(beside(work)) == [1, 2]


def test_a_problem_of_the_work_is_raised_where_it_is_read() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise InputUnreadable("It is broken.", "Mend it.", Place("a.ttl"))

    given = beside(work)
    assert next(given) == 1
    with pytest.raises(InputUnreadable, match="It is broken"):
        next(given)


def test_who_wants_no_more_leaves_no_process() -> None:
    given = beside(_work)
    child = next(given)
    given.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
