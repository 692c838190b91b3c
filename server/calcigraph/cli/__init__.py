"""The command line: one verb a module; arguments in, text and an exit code out.

Exit codes: 0 fine, 1 findings, 2 usage, 3 environment. Answers go to standard output, everything
about the work to standard error.
"""

from __future__ import annotations

import sys

import click

from calcigraph import __version__
from calcigraph.cli.ask import ask
from calcigraph.cli.check import check
from calcigraph.cli.explain import explain
from calcigraph.cli.infer import infer
from calcigraph.cli.serve import serve
from calcigraph.cli.validate import validate
from calcigraph.errors import EnvironmentProblem, Problem

FINDINGS, USAGE, ENVIRONMENT = 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="calcigraph")
def calcigraph() -> None:
    """Serve, question and check a knowledge graph that gives its reasons."""


for command in (ask, check, explain, infer, serve, validate):
    calcigraph.add_command(command)


def main() -> None:
    """The entry point: run a verb, turn an expected failure into its message and exit code."""
    try:
        calcigraph()
    except Problem as problem:
        click.echo(f"calcigraph: {problem}", err=True)
        sys.exit(ENVIRONMENT if isinstance(problem, EnvironmentProblem) else FINDINGS)
