"""`calcigraph ask`: a question or a query in, its answer out; offline, no server needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from calcigraph.cli.options import root_option
from calcigraph.cli.tables import markdown, table
from calcigraph.edition import EditionCache, assemble, consistent
from calcigraph.engine.result_formats import RESULTS_FORMATS
from calcigraph.questions import rows
from calcigraph.root import Root
from calcigraph.store.offline import Offline


@click.command()
@click.argument("slug", required=False)
@click.option(
    "--query",
    "query_file",
    type=click.File("r", encoding="utf-8"),
    help="A SPARQL query in a file, or - for standard input.",
)
@click.option(
    "--inference",
    type=click.Choice(["on", "off"]),
    default="on",
    show_default=True,
    help="Whether inferred and derived triples are seen.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "csv", "tsv", "turtle", "markdown"]),
    default="table",
    show_default=True,
    help="How the answer is written.",
)
@root_option
def ask(slug: str | None, query_file: TextIO | None, inference: str, style: str, folder: Path) -> None:
    """Answer the question SLUG of the root, or any SPARQL query."""
    if (slug is None) == (query_file is None):
        raise click.UsageError("Name either a question or --query FILE.")
    root = Root.read(folder)
    text = query_file.read() if query_file is not None else _question(root, slug or "")
    edition = consistent(assemble(root, cache=EditionCache.of_user()))
    drawn = style in {"table", "markdown"}
    body, is_graph = Offline.of(edition).ask(
        text,
        inference=inference == "on",
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
