"""The bytes that another endpoint sent in, the rows of a VALUES block out.

The sender is not trusted: what is no SPARQL 1.1 Query Results JSON or XML is refused, every term is written
anew by its kind, and only variables that were asked for are taken.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calcigraph.engine.engine_problems import ServiceAnswerUnusable
from calcigraph.engine.remote_json import RemoteMalformedError, RemoteRow, rows_of_json
from calcigraph.engine.remote_terms import RowSpoiledError, Skolem, written
from calcigraph.engine.remote_xml import rows_of_xml

_MOST_CHARACTERS: Final = 32 << 20
_TOO_DEEP: Final = "Its JSON is nested too deep."


@dataclass(frozen=True)
class RemoteSolutions:
    """Variables (without a mark) and rows of terms as SPARQL writes them, `UNDEF` where there is none."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read(data: bytes, names: Sequence[str], skolem: Skolem) -> RemoteSolutions:
    """The solutions in `data`, of the variables `names` alone, whether it has them or not. A row with a term
    that is none (an IRI with a space in it, a language tag that is none) is left out; where no row is left,
    the answer is of no use.

    Cost: some 200 ms a MB. Raises: ServiceAnswerUnusable.
    """
    is_xml = data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"
    wanted = frozenset(names)
    spoiled = 0
    rows: list[tuple[str, ...]] = []
    size = 0
    try:
        for row in (rows_of_xml if is_xml else rows_of_json)(data.removeprefix(codecs.BOM_UTF8), wanted):
            terms = _terms(row, names, skolem)
            if terms is None:
                spoiled += 1
                continue
            size += sum(map(len, terms)) + len(terms) + 3
            _check_size(size)
            rows.append(terms)
    except (RemoteMalformedError, RecursionError) as error:
        raise _unusable(str(error) if isinstance(error, RemoteMalformedError) else _TOO_DEEP) from error
    if spoiled and not rows:
        raise _unusable("Every row of it has a term that is none.")
    return RemoteSolutions(tuple(names), tuple(rows))


def with_column(table: RemoteSolutions, name: str, term: str) -> RemoteSolutions:
    """`table` where `name` is `term` in every row; rows in which it is something else are left out."""
    if name not in table.variables:
        return RemoteSolutions((*table.variables, name), tuple((*row, term) for row in table.rows))
    at = table.variables.index(name)
    rows = (row for row in table.rows if row[at] in ("UNDEF", term))
    return RemoteSolutions(table.variables, tuple((*row[:at], term, *row[at + 1 :]) for row in rows))


def union(names: tuple[str, ...], tables: Sequence[RemoteSolutions]) -> RemoteSolutions:
    """All rows of all tables, over the variables `names`."""
    rows: list[tuple[str, ...]] = []
    for table in tables:
        for row in table.rows:
            bound: Mapping[str, str] = dict(zip(table.variables, row, strict=True))
            rows.append(tuple(bound.get(name, "UNDEF") for name in names))
    return RemoteSolutions(names, tuple(rows))


def _terms(row: RemoteRow, names: Sequence[str], skolem: Skolem) -> tuple[str, ...] | None:
    """The terms of a row in the order of `names`; None where one of them is none."""
    if row is None:
        return None
    try:
        return tuple(written(row[name], skolem) if name in row else "UNDEF" for name in names)
    except RowSpoiledError:
        return None


def _check_size(size: int) -> None:
    if size > _MOST_CHARACTERS:
        raise ServiceAnswerUnusable(
            f"The answer of another service takes more than {_MOST_CHARACTERS >> 20} million characters.",
            "Ask it for less: put VALUES, a FILTER or a subquery with LIMIT into the SERVICE block.",
        )


def _unusable(why: str) -> ServiceAnswerUnusable:
    return ServiceAnswerUnusable(
        f"The answer of another service cannot be used. {why}",
        "See what it answers when you ask it yourself; SERVICE SILENT goes on without it.",
    )
