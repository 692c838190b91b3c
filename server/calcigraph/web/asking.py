"""A query of the current request in, the pool's answer out, for as long as the client is there."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from calcigraph.pool import Answer, Query
from calcigraph.web.site import Site


def ask(site: Site, query: Query) -> Answer:
    """The answer to `query`, which is ended early where the client of this request leaves.

    Raises: what `Pool.ask` raises.
    """
    # Of waitress; other servers do not tell, and the query then runs until its deadline.
    gone: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    return site.pool.ask(query, gone)
