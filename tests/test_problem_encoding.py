"""Problems that cross from one process to another: they come out as they went in."""

from __future__ import annotations

import inspect

import pytest

from calcigraph.engine import engine_problems
from calcigraph.errors import Place, Problem
from calcigraph.federation import service_problems
from calcigraph.pool import query_problems
from calcigraph.pool.problem_encoding import (
    FOUND_BY_CALLS,
    FOUND_BY_WORKERS,
    decode_problem,
    encode_problem,
)
from calcigraph.rdf.formats import FormatUnfit

PROBLEMS: list[Problem] = [
    query_problems.QueryMalformed("`\\u00e9` stands here", "Take it away.", 3, 14),
    query_problems.QueryRefused("nesting", "Too deep.", "Split it."),
    query_problems.QueryFailed("No such function.", "Use another."),
    query_problems.ServiceForbidden(),
    query_problems.UpdateForbidden("LOAD"),
    query_problems.NotAcceptable("ASK", ("json", "xml")),
    FormatUnfit("XML", "the character U+0001"),
    engine_problems.SearchMalformed("What?", "Say it.", Place("query", 1, 2)),
    *(kind("Said.", "Do.") for kind in FOUND_BY_WORKERS if kind.__module__ == engine_problems.__name__),
    *(kind("Said.", "Do.") for kind in FOUND_BY_CALLS),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: type(problem).__name__)
def test_problem_comes_out_as_it_went_in(problem: Problem) -> None:
    found = decode_problem(encode_problem(problem))
    assert type(found) is type(problem)
    assert str(found) == str(problem)
    assert found.title == problem.title
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(problem).items()}
    assert vars(found) == told


def test_every_problem_of_the_engine_and_of_calls_can_be_sent() -> None:
    assert {type(problem) for problem in PROBLEMS} == {*FOUND_BY_WORKERS, *FOUND_BY_CALLS}
    kinds = {
        kind
        for module in (engine_problems, service_problems)
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Problem) and kind.__module__ == module.__name__
    }
    # Found at the start, before there is a worker.
    assert kinds - {service_problems.AllowListMalformed} <= {*FOUND_BY_WORKERS, *FOUND_BY_CALLS}
