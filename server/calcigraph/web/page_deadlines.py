"""A request in, its deadline set: what is looked up for it ends then, or when its client leaves."""

from __future__ import annotations

from contextlib import AbstractContextManager

from calcigraph.deadline import within
from calcigraph.web.query_answers import client_of_request
from calcigraph.web.site import current_site


def page_deadline() -> AbstractContextManager[None]:
    """What is done in this context for the current request has the time that a query has as well. Where it
    asks a query, it has that time anew from the answer on; see `query_answers`."""
    return within(current_site().settings.timeout, client_of_request())
