"""A query in, a `Survey` of it out, or a refusal of what would crash or hang the engine.

What is counted, and why, stands in `calcigraph.sparql.limits`. The guard saves processes; what keeps the
server safe is the process around each query, in which the guard runs as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.engine.result_formats import Form
from calcigraph.pool.query_problems import QueryRefused, ServiceForbidden
from calcigraph.sparql import limits
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.traits import is_volatile_call
from calcigraph.sparql.tree import BuiltInCall, Service


@dataclass(frozen=True)
class Survey:
    """What is known of a query before it is evaluated: its form, whether two evaluations over the same data
    may differ, and whether it calls other services."""

    form: Form
    is_volatile: bool
    calls_services: bool = False


def length_of(text: str) -> int:
    """How many bytes `text` has as UTF-8. Cost: none for ASCII, else one pass of an encoder."""
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def check_length(text: str, most_bytes: int) -> None:
    """Check that `text` has at most so many bytes; nothing else is looked at in the process that serves all.
    Raises: QueryRefused."""
    if len(text) > most_bytes or length_of(text) > most_bytes:
        raise QueryRefused(
            "length", f"The query is longer than {most_bytes} bytes.", "Send long VALUES in several queries."
        )


def survey(query: ParsedQuery, *, allows_services: bool = False) -> Survey:
    """Look through `query` before the engine has it. Cost: linear.

    Raises: QueryRefused, ServiceForbidden.
    """
    limit = limits.passed(query)
    if limit is not None:
        raise too_much(limit.key, limit.what)
    calls_services = bool(query.nodes(Service))
    if calls_services and not allows_services:
        raise ServiceForbidden
    is_volatile = calls_services or any(map(is_volatile_call, query.nodes(BuiltInCall)))
    return Survey(Form(query.tree.form), is_volatile, calls_services)


def too_much(reason: str, what: str) -> QueryRefused:
    """The refusal of a query that passes the limit of that name; `what` there is too much of in it."""
    return QueryRefused(
        reason,
        f"The query has too many {what} for the engine to plan safely.",
        "Split it into several queries, or put repeated parts into VALUES.",
    )
