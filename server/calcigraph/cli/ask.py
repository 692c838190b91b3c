"""The work of `calcigraph ask`: a question or a query in, its answer out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from calcigraph.cli.tables import markdown, table
from calcigraph.closures import ClosureCache
from calcigraph.dataset import build, consistent
from calcigraph.engine.result_formats import RESULTS_FORMATS
from calcigraph.offline import Offline
from calcigraph.questions import rows
from calcigraph.root import Root


def answer(slug: str | None, query_file: TextIO | None, inference: bool, style: str, folder: Path) -> None:
    """Print the answer to the question `slug`, or to the query in a file.

    Raises: click.UsageError for a question that there is not, and for a style that does not fit the answer.
    """
    root = Root.read(folder)
    text = query_file.read() if query_file is not None else _question(root, slug or "")
    dataset = consistent(build(root, cache=ClosureCache.of_user()))
    drawn = style in {"table", "markdown"}
    body, is_graph = Offline.of(dataset).ask(
        text,
        inference=inference,
        results_format=style if style in RESULTS_FORMATS else "csv",
        graph_format="turtle",
    )
    if drawn and not is_graph:
        draw = table if style == "table" else markdown
        click.echo(draw(rows(body), root.prefixes))
        return
    if is_graph is not (style == "turtle") and not drawn:
        fitting = "turtle" if is_graph else "table, json, csv, tsv or markdown"
        raise click.UsageError(f"The answer to this query is not one for {style}. Ask for {fitting}.")
    sys.stdout.buffer.write(body)


def _question(root: Root, slug: str) -> str:
    question = root.question(slug)
    if question is None:
        known = "\n".join(f"  {q.slug}: {q.question}" for q in root.questions)
        raise click.UsageError(f"There is no question {slug!r}. These are:\n{known}")
    return question.text
