"""Calls of other services: a worker asks the front process for one, which makes it and sends the answer back.

A worker that evaluates a query sends FETCH, with the IRI of a service and a query for it, and waits for
FETCHED, with the answer or with why there is none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from calcigraph.federation import Services
from calcigraph.pool.frames import Channel, FrameKind
from calcigraph.pool.problem_encoding import FOUND_BY_CALLS, decode_problem, encode_problem

_ANSWERED: Final = b"+"
_FAILED: Final = b"-"


def fetch(channel: Channel, service: str, query: str) -> bytes:
    """Have the front process call `service` with `query`, and wait for its answer; called by a worker.
    Raises: the Problem that it met, ClosedError."""
    channel.send(FrameKind.FETCH, json.dumps({"service": service, "query": query}).encode())
    _, body = channel.receive()
    if body[:1] == _ANSWERED:
        return body[1:]
    raise decode_problem(body[1:])


def run(services: Services, request: bytes, deadline: float, look: Callable[[], None]) -> bytes:
    """Call the service that a FETCH frame asks for; the body of the FETCHED frame. Called by the front
    process.

    Raises: TimeoutError at `deadline`, and what `look` raises; see `Services.call`.
    """
    try:
        return _ANSWERED + services.call(**json.loads(request), deadline=deadline, look=look)
    except FOUND_BY_CALLS as problem:
        return _FAILED + encode_problem(problem)
