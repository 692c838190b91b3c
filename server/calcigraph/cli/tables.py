"""Result rows in, a table for a terminal or for Markdown out."""

from __future__ import annotations

import io

import pyoxigraph as ox
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from calcigraph.cli.streams import shown
from calcigraph.questions import Row
from calcigraph.rdf.prefixes import Prefixes

# What a column has beside its widest cell, generously.
_BETWEEN = 4


def table(rows: list[Row], prefixes: Prefixes) -> str:
    """A table as wide as its content: it is for `less -S` and `cut`, and never cuts a value."""
    if not rows:
        return "No row."
    drawn = Table(box=box.SIMPLE_HEAD)
    for name in rows[0]:
        drawn.add_column(name, no_wrap=True)
    cells = [[_shown(value, prefixes).replace("\n", "\\n") for value in row.values()] for row in rows]
    for line in cells:
        drawn.add_row(*line)
    out = io.StringIO()
    columns = zip(rows[0], *cells, strict=True)
    width = sum(max(map(cell_len, column)) + _BETWEEN for column in columns) + _BETWEEN
    console = Console(file=out, width=width, color_system=None, markup=False, highlight=False, emoji=False)
    console.print(drawn, end="")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def markdown(rows: list[Row], prefixes: Prefixes) -> str:
    """A GitHub-flavoured Markdown table."""
    if not rows:
        return "No row."
    cells = [list(rows[0]), ["---"] * len(rows[0])]
    cells += [
        [_shown(value, prefixes).replace("|", "\\|").replace("\n", " ") for value in row.values()]
        for row in rows
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _shown(value: str, prefixes: Prefixes) -> str:
    """CSV results do not tell an IRI from a text that looks like one; only what a prefix of the
    root shortens is shortened."""
    if ":" not in value or any(c in value for c in ' "<>{}|\\^`\n'):
        return shown(value)
    short = prefixes.shrink(ox.NamedNode(value))
    return value if short.startswith("<") else short
