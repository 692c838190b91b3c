"""A request in, its deadline set: what is looked up for it ends then, or when its client leaves."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g

from calcigraph.patience import patience
from calcigraph.web.query_answers import client_of_request
from calcigraph.web.site import current_site

_KEY = "calcigraph_patience"


def register(app: Flask) -> None:
    """Give each request the time that a query has as well. Where it asks a query it has that time anew from
    the answer on; see `query_answers`."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    waiting = ExitStack()
    waiting.enter_context(patience(current_site().settings.timeout, client_of_request()))
    setattr(g, _KEY, waiting)


def _end(_error: BaseException | None) -> None:
    waiting: ExitStack | None = g.pop(_KEY, None)
    if waiting is not None:
        waiting.close()
