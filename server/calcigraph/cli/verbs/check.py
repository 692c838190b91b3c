"""`calcigraph check`: a root in, everything that is wrong with it out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from calcigraph.cli.verbs.options import limits_option, reasoner_option, root_option, setting_option
from calcigraph.settings import ClassifierName, ReasonerLimits, ReasonerName


@click.command()
@root_option
@reasoner_option()
@setting_option("file_timeout")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@limits_option
@click.option(
    "--classify",
    "classifier",
    type=click.Choice(["elk", "hermit"]),
    help="Ask this reasoner of OWL 2 too, within --file-timeout: classes that can have no member, and"
    " subsumptions that OWL 2 RL does not find. Needs the extra calcigraph[classify].",
)
@click.option(
    "--documents",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIRECTORY",
    help="Hold the passages of the root against the documents in this directory; without it none is read.",
)
@click.option("--all", "every", is_flag=True, help="Show each finding in text; else few of many of a kind.")
def check(
    folder: Path,
    reasoner: ReasonerName,
    style: str,
    file_timeout: float,
    limits: ReasonerLimits,
    every: bool,
    classifier: ClassifierName | None,
    documents: Path | None,
) -> None:
    """Judge a root: files, closure and clashes, shapes, lints, questions against their answers.

    Exits with 1 where a violation was found; warnings and hints are printed and pass. A rule, shape, lint or
    question that does not end is a violation, and what comes after it is not judged. Shows on a terminal at
    which file it is.
    """
    from calcigraph.processes import start_ahead

    # It loads its modules while this process loads its own.
    start_ahead("calcigraph.checks", {})
    from calcigraph.cli.check import judge

    if not judge(folder, reasoner, style, file_timeout, limits, every, classifier, documents):
        sys.exit(1)
