"""`calcigraph ask`: a question or a query in, its answer out; offline, no server needed."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from calcigraph.cli.verbs.options import Style, format_option, limits_option, root_option, setting_option
from calcigraph.rdf.formats import GRAPHS, RESULTS, GraphFormat, ResultFormat
from calcigraph.settings import ReasonerLimits

TABLE, MARKDOWN = Style("table"), Style("markdown")


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
@format_option("table", "How the answer is written.", (TABLE, MARKDOWN, *RESULTS), GRAPHS)
@root_option
@setting_option("file_timeout")
@limits_option
def ask(
    slug: str | None,
    query_file: TextIO | None,
    inference: str,
    style: tuple[Style | ResultFormat | None, GraphFormat | None],
    folder: Path,
    file_timeout: float,
    limits: ReasonerLimits,
) -> None:
    """Answer the question SLUG of the root, or any SPARQL query."""
    if (slug is None) == (query_file is None):
        raise click.UsageError("Name either a question or --query FILE.")
    from calcigraph.cli.ask import answer

    answer(slug, query_file, inference == "on", *style, folder, file_timeout, limits)
