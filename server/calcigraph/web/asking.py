"""A query of the current request in, the pool's answer out, for as long as the client is there."""

from __future__ import annotations

from flask import request

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.web.protocol.visit import KEY, Visit
from calcigraph.web.site import Site


def ask(site: Site, query: Query) -> Answer:
    """The answer to `query`, which is ended early where the client of this request leaves.

    What the fast lane has begun for this request, the same query, is taken up.
    Raises: what `Pool.ask` raises.
    """
    visit = _visit()
    if visit is None:
        with site.metrics.timed_query():
            return site.pool.ask(query)
    begun, visit.begun = visit.begun, None
    if isinstance(begun, Problem):
        raise begun
    if isinstance(begun, Answer):
        return begun
    with site.metrics.timed_query():
        return begun.finish() if isinstance(begun, Attempt) else site.pool.ask(query, visit.gone)


def _visit() -> Visit | None:
    """The company of the current request; None where the application is not behind its front."""
    scope = request.environ.get("asgi.scope")
    return scope["state"].get(KEY) if scope is not None else None
