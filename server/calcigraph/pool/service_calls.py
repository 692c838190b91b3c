"""Calls of other services: a worker asks the front process for one, which makes it and sends the answer back.

A worker that evaluates a query sends FETCH, with the IRI of a service and a query for it, and waits for
FETCHED, with the answer or with why there is none. A Problem is sent by the name of its class.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from calcigraph.engine import engine_problems
from calcigraph.errors import Place, Problem
from calcigraph.federation import Services, service_problems
from calcigraph.pool.frames import Channel, FrameKind

_KINDS: Final = (
    *(engine_problems.SearchMalformed, engine_problems.SearchTooBroad, engine_problems.SearchUnavailable),
    *(
        engine_problems.ServiceUndetermined,
        engine_problems.ServiceAnswerUnusable,
        engine_problems.RewritingTooLong,
    ),
    *(service_problems.ServiceRefused, service_problems.ServiceFailed, service_problems.ServiceTimedOut),
    service_problems.ServicesBusy,
)
_BY_NAME: Final[dict[str, type[Problem]]] = {kind.__name__: kind for kind in _KINDS}
_ANSWERED: Final = b"+"
_FAILED: Final = b"-"


def encode_problem(problem: Problem) -> dict[str, str]:
    """The reason and the message of a FAILED frame for one of the Problems that can be sent (`_KINDS`)."""
    place = problem.place
    where = [place.file, place.line, place.column] if place else None
    return {"reason": type(problem).__name__, "message": json.dumps([problem.detail, problem.remedy, where])}


def decode_problem(reason: str, message: str) -> Problem | None:
    """The Problem that `encode_problem` has written; None where the reason is another one."""
    kind = _BY_NAME.get(reason)
    if kind is None:
        return None
    detail, remedy, where = json.loads(message)
    return kind(detail, remedy, Place(*where) if where else None)


def fetch(channel: Channel, service: str, query: str) -> bytes:
    """Have the front process call `service` with `query`, and wait for its answer; called by a worker.
    Raises: the Problem that it met, ClosedError."""
    channel.send(FrameKind.FETCH, json.dumps({"service": service, "query": query}).encode())
    _, body = channel.receive()
    if body[:1] == _ANSWERED:
        return body[1:]
    problem = decode_problem(**json.loads(body[1:]))
    assert problem is not None, "the front process sends no other Problems"
    raise problem


def run(services: Services, request: bytes, deadline: float, look: Callable[[], None]) -> bytes:
    """Call the service that a FETCH frame asks for; the body of the FETCHED frame. Called by the front
    process.

    Raises: TimeoutError at `deadline`, and what `look` raises; see `Services.call`.
    """
    try:
        return _ANSWERED + services.call(**json.loads(request), deadline=deadline, look=look)
    except _KINDS as problem:
        return _FAILED + json.dumps(encode_problem(problem)).encode()
