"""The work of `calcigraph ask`: a question or a query in, its answer out."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import give, say, tell
from calcigraph.cli.tables import markdown, table
from calcigraph.cli.verbs.options import Style
from calcigraph.edition import EditionCache
from calcigraph.edition.writer_process import prepared
from calcigraph.emptiness import EmptyReason
from calcigraph.errors import RootInvalid
from calcigraph.pool import Answer, Query
from calcigraph.questions import rows
from calcigraph.rdf.formats import GRAPHS, RESULTS, GraphFormat, ResultFormat
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits
from calcigraph.store import Engine, OfflineEngine, with_near_terms


def answer(
    slug: str | None,
    query_file: TextIO | None,
    inference: bool,
    results: Style | ResultFormat | None,
    graph: GraphFormat | None,
    folder: Path,
    file_limit_s: float,
    limits: ReasonerLimits,
) -> None:
    """Print the answer to the question `slug`, or to the query in a file.

    `results` is how a table or a truth value is written, `graph` how a graph is; None where the format that
    was asked for is none of such. Where the answer is empty, standard error says why.
    Raises: click.UsageError for a question that there is not, and for a format that does not fit the answer;
    RootInvalid for one that is not as a question has to be; EvaluationStopped for a rule of the root that
    takes longer than `file_limit_s`.
    """
    root = Root.read(folder)
    text = query_file.read() if query_file is not None else _question(root, slug or "")
    with Progress() as progress:
        edition = prepared(root, EditionCache.of_user(), file_limit_s, progress.show, limits)
    engine: Engine = OfflineEngine(edition)
    query = Query(
        text,
        inference=inference,
        results_format=results.key if isinstance(results, ResultFormat) else "csv",
        graph_format=graph.key if graph else "turtle",
    )
    given = engine.ask(query)
    _print(given, results, graph, root)
    if given.is_empty:
        content = engine.ask(query._replace(explains_empty=True)).content
        assert content is not None, "it is short"
        say(with_near_terms(EmptyReason.decode(content), edition).text().rstrip())


def _print(
    given: Answer, results: Style | ResultFormat | None, graph: GraphFormat | None, root: Root
) -> None:
    """Print an answer. Raises: click.UsageError for a format that does not fit it."""
    body, is_graph = given.content or b"", given.form.answers_with_graph
    if isinstance(results, Style) and not is_graph:
        draw = {"table": table, "markdown": markdown}[results.key]
        tell(draw(rows(body), root.prefixes))
        return
    if (graph or isinstance(results, Style)) if is_graph else results:
        give(body)
        return
    fitting = ", ".join(row.key for row in (GRAPHS if is_graph else RESULTS))
    kind = "a graph" if is_graph else "a table or a truth value"
    raise click.UsageError(f"The answer to this query is {kind}. Ask for one of: {fitting}.")


def _question(root: Root, slug: str) -> str:
    question = root.question(slug)
    broken = [f for f in root.unreadable if f.place.file.rpartition(".")[0] == f"ontology/questions/{slug}"]
    if question is None and broken:
        # It is there, but not as a question has to be: the same words as those of a check.
        raise RootInvalid(broken)
    if question is None:
        known = "\n".join(f"  {q.slug}: {q.question}" for q in root.questions)
        raise click.UsageError(f"There is no question {slug!r}. These are:\n{known}")
    return question.text
