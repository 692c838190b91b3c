"""SPARQL 1.1 Query Results JSON in, its rows out, as the format allows them to be written.

What it does not know is passed over (section 3): other members, variables that the head does not name. An
empty language tag or datatype is none, `typed-literal` is `literal`, a variable that is null is not bound.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from calcigraph.engine.remote_terms import RemoteTerm

# None where a row has a term that is none.
RemoteRow = dict[str, RemoteTerm] | None


class RemoteMalformedError(ValueError):
    """What is no table in its format; the message says why."""


def rows_of_json(data: bytes, wanted: frozenset[str]) -> Iterator[RemoteRow]:
    """The rows, of the variables `wanted` alone. Raises: RemoteMalformedError, and RecursionError for what is
    nested too deep."""
    try:
        # The worker can open no file any more, so no codec but those that are there.
        document = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise RemoteMalformedError("It is neither SPARQL 1.1 Query Results JSON nor XML.") from error
    if not isinstance(document, dict):
        raise RemoteMalformedError("It is neither SPARQL 1.1 Query Results JSON nor XML.")
    if "results" not in document and "boolean" in document:
        raise RemoteMalformedError("It sent a truth value instead of a table.")
    results = document.get("results")
    rows = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RemoteMalformedError("It is neither SPARQL 1.1 Query Results JSON nor XML.")
    return (_row(row, wanted) for row in rows)


def _row(row: dict[str, Any], wanted: frozenset[str]) -> RemoteRow:
    found: dict[str, RemoteTerm] = {}
    for name, term in row.items():
        if name not in wanted or term is None:
            continue
        if not isinstance(term, dict):
            return None
        if term.get("type") in ("triple", "statement"):
            raise RemoteMalformedError("It sent a triple term, which SPARQL 1.1 does not have.")
        parts = [term.get(part, "") for part in ("type", "value", "xml:lang", "datatype", "its:dir")]
        parts = [parts[0], term.get("value"), *("" if part is None else part for part in parts[2:])]
        if not all(isinstance(part, str) for part in parts):
            return None
        found[name] = RemoteTerm(*parts)
    return found
