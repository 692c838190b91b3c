"""A dataset in, the rows that its root's lint queries find out, as findings.

A lint is a SELECT query in `shapes/lint/` whose file name says its verdict:
`<slug>-violation.rq` or `<slug>-warning.rq`. Any row is a finding about the node in the first
column; `#+ message:` and `#+ remedy:` say what is wrong and what to type, `{name}` standing for
the row's value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Finding, Place
from calcigraph.questions import Evaluate, Row, rows
from calcigraph.root import LintFile


def lint(edition: Edition, evaluate: Evaluate) -> Iterator[Finding]:
    """Run every lint of the root over asserted, derived and inferred triples together.

    Raises: what `evaluate` raises.
    """
    for file in edition.root.lints:
        for row in rows(evaluate(file.text, True)):
            yield _finding(edition, file, row)


def _finding(edition: Edition, file: LintFile, row: Row) -> Finding:
    shown = {name: _short(edition, value) for name, value in row.items()}
    first = next(iter(row.values()), "")
    place = edition.root.place(ox.NamedNode(first)) if _is_iri(first) else None
    return Finding(
        file.slug,
        place or Place(file.path),
        _filled(file.message, shown),
        _filled(file.remedy, shown),
        node=_short(edition, first),
        severity=file.severity,
    )


def _filled(text: str, values: Row) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), text)


def _short(edition: Edition, value: str) -> str:
    return edition.root.prefixes.shrink(ox.NamedNode(value)) if _is_iri(value) else value


def _is_iri(value: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$", value) is not None
