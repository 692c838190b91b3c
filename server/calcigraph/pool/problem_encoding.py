"""A Problem in, the text that a frame carries out, and back.

A Problem is sent by the name of its class, with all that it holds.
"""

from __future__ import annotations

import json
from typing import Final

from calcigraph.engine import engine_problems
from calcigraph.errors import Place, Problem
from calcigraph.federation import service_problems
from calcigraph.pool import query_problems
from calcigraph.rdf.formats import FormatUnfit

# What ends a query before its answer, as the process that evaluates it finds out.
FOUND_BY_WORKERS: Final = (
    *(query_problems.QueryMalformed, query_problems.QueryRefused, query_problems.QueryFailed),
    *(query_problems.ServiceForbidden, query_problems.UpdateForbidden, query_problems.NotAcceptable),
    *(engine_problems.SearchMalformed, engine_problems.SearchTooBroad, engine_problems.SearchUnavailable),
    *(engine_problems.ServiceUndetermined, engine_problems.ServiceAnswerUnusable),
    *(engine_problems.RewritingTooLong, engine_problems.CorrectionRefused, FormatUnfit),
)
# Why there is no answer of another service, as the front process finds out.
FOUND_BY_CALLS: Final = (
    *(service_problems.ServiceRefused, service_problems.ServiceFailed, service_problems.ServiceTimedOut),
    service_problems.ServicesBusy,
)
_BY_NAME: Final[dict[str, type[Problem]]] = {
    kind.__name__: kind for kind in (*FOUND_BY_WORKERS, *FOUND_BY_CALLS)
}


def encode_problem(problem: Problem) -> bytes:
    """One of the Problems that can be sent, as bytes."""
    place = problem.place
    members = {**vars(problem), "place": place and [place.file, place.line, place.column]}
    return json.dumps([type(problem).__name__, members]).encode()


def decode_problem(encoded: bytes) -> Problem:
    """The Problem that `encode_problem` has written."""
    name, members = json.loads(encoded)
    place = members.pop("place")
    problem = _BY_NAME[name].__new__(_BY_NAME[name])
    # Not the constructor of its own class: what that makes of its arguments is among the members.
    Problem.__init__(problem, members["detail"], members["remedy"], Place(*place) if place else None)
    vars(problem).update(members)
    return problem
