"""A dataset in, the rows that its root's lint queries find out, as findings.

A lint is a SELECT query in `shapes/lint/` whose file name says its verdict:
`<slug>-violation.rq` or `<slug>-warning.rq`. Any row is a finding about the node in the first
column; `#+ message:` and `#+ remedy:` say what is wrong and what to type, `{name}` standing for
the row's value. It is placed where the files speak of that node, else of another of the row, else at the
file that `#+ file:` names. A lint whose row has none of these is itself what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Finding, Place, Problem
from calcigraph.evaluating import evaluating
from calcigraph.questions import Evaluate, Row, rows
from calcigraph.root import LintFile


def lint(edition: Edition, evaluate: Evaluate) -> Iterator[Finding]:
    """Run every lint of the root over asserted, derived and inferred triples together.

    One that cannot be evaluated is a finding itself.
    """
    for file in edition.root.lints:
        try:
            with evaluating("lints", Place(file.path)):
                found = rows(evaluate(file.text, True))
        except Problem as problem:
            place = problem.place or Place("")
            yield Finding(
                "lints",
                Place(file.path, place.line, place.column),
                problem.detail,
                problem.remedy,
                node=file.slug,
            )
            continue
        for row in found:
            yield _finding(edition, file, row)


def _finding(edition: Edition, file: LintFile, row: Row) -> Finding:
    shown = {name: _short(edition, value) for name, value in row.items()}
    node = next(iter(shown.values()), "")
    message, remedy = _filled(file.message, shown), _filled(file.remedy, shown)
    place = _place(edition, row) or (Place(file.file) if file.file else None)
    if place is None:
        return Finding(
            "lints",
            Place(file.path),
            f"A row of this lint names nothing that a file speaks of: {message}",
            "Let it find a node that stands in a file, or say with `#+ file:` where to write what misses.",
            node=node,
        )
    return Finding(file.slug, place, message, remedy, node=node, severity=file.severity)


def _place(edition: Edition, row: Row) -> Place | None:
    """Where the files speak of the first node of a row that they speak of."""
    found = (edition.root.place(ox.NamedNode(value)) for value in row.values() if _is_iri(value))
    return next((place for place in found if place), None)


def _filled(text: str, values: Row) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), text)


def _short(edition: Edition, value: str) -> str:
    return edition.root.prefixes.shrink(ox.NamedNode(value)) if _is_iri(value) else value


def _is_iri(value: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$", value) is not None
