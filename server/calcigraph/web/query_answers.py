"""A query of the current request in, the pool's answer out; ended where the client leaves."""

from __future__ import annotations

from flask import request

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.web.in_flight import KEY, InFlight
from calcigraph.web.site import Site


def ask(site: Site, query: Query) -> Answer:
    """The answer to `query`, which is ended early where the client of this request leaves.

    What the query endpoint of the event loop has begun for this request, the same query, is taken up.
    Raises: what `Pool.ask` raises.
    """
    in_flight = _in_flight()
    if in_flight is None:
        with site.metrics.timed_query():
            return site.pool.ask(query)
    begun, in_flight.begun = in_flight.begun, None
    if isinstance(begun, Problem):
        raise begun
    if isinstance(begun, Answer):
        return begun
    with site.metrics.timed_query():
        return begun.finish() if isinstance(begun, Attempt) else site.pool.ask(query, in_flight.gone)


def _in_flight() -> InFlight | None:
    """What the event loop knows of the current request; None where Flask runs without one, as in tests."""
    scope = request.environ.get("asgi.scope")
    return scope["state"].get(KEY) if scope is not None else None
