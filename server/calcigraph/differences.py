"""Where SPARQL is answered otherwise than by the letter: the table of docs/sparql-differences.md.

A test runs every row, and holds the table to be that of the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Difference:
    """An expression, what it is by the letter of SPARQL 1.1, and what is answered: a term, `error`, or
    `refused`. `topic` is the heading in the documentation."""

    topic: str
    expression: str
    by_letter: str
    answered: str


@cache
def differences() -> tuple[Difference, ...]:
    """Every row, in the order of the documentation."""
    table = files("calcigraph").joinpath("differences.tsv").read_text(encoding="utf-8")
    return tuple(Difference(*row.split("\t")) for row in table.splitlines())
