"""A query of the current request in, the engine's answer out; ended where the client leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app, request

from calcigraph.deadline import renew
from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.pool.query_problems import ClientGone
from calcigraph.web.in_flight import KEY, InFlight
from calcigraph.web.protocol import versions
from calcigraph.web.site import Site, current_site, keep_to, publication_of


class EditionChanged(Exception):
    """A page would show an answer beside what is from an earlier edition. `site` is that of the answer."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.site = site


def answer(query: Query, version: str | None = None) -> Answer:
    """The answer to `query`, which is all that the response is made from: it is about the answer's edition
    from here on. The query is ended early where the client of this request leaves.

    What the query endpoint of the event loop has begun for this request, the same query, is taken up.
    `version` is what the request asks for, where its address does not say so.
    Raises: what `Engine.ask` raises; VersionUnknown where the answer is from another version.
    """
    given = _answer(query)
    renew()
    if given.version != current_site().edition.number:
        keep_to(publication_of(current_app).at(given.version))
        try:
            versions.check(version or request.args.get(versions.PARAMETER), current_site())
        except Problem:
            given.body.close()
            raise
    return given


def answer_beside(query: Query) -> Answer:
    """The answer to `query` for a page that shows more than it. Raises: as `answer`, and EditionChanged."""
    given = _answer(query)
    renew()
    if given.version != current_site().edition.number:
        given.body.close()
        raise EditionChanged(publication_of(current_app).at(given.version))
    return given


def _answer(query: Query) -> Answer:
    site, in_flight = current_site(), _in_flight()
    if in_flight is not None and in_flight.has_left:
        raise ClientGone
    if in_flight is None:
        with site.metrics.timed_query():
            return site.engine.ask(query)
    begun, in_flight.begun = in_flight.begun, None
    if isinstance(begun, Problem):
        raise begun
    if isinstance(begun, Answer):
        return begun
    with site.metrics.timed_query():
        return begun.finish() if isinstance(begun, Attempt) else _asked(site, query, in_flight)


def _asked(site: Site, query: Query, in_flight: InFlight) -> Answer:
    """The answer to a query whose request may have waited for this thread: that counts as well."""
    return site.engine.ask(query, in_flight.gone, in_flight.received_at)


def client_of_request() -> Callable[[], bool] | None:
    """What says whether the client of the current request has left; None where nobody could tell."""
    in_flight = _in_flight()
    return None if in_flight is None else in_flight.gone


def _in_flight() -> InFlight | None:
    """What the event loop knows of the current request; None where Flask runs without one, as in tests."""
    return cast("InFlight | None", request.environ.get(KEY))
