"""The command line: one verb a module; arguments in, text and an exit code out.

Exit codes: 0 fine, 1 findings, 2 usage, 3 environment. Answers go to standard output, everything
about the work to standard error.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from calcigraph import __version__
from calcigraph.errors import EnvironmentProblem, Problem

FINDINGS, ENVIRONMENT = 1, 3
VERBS = ("ask", "check", "explain", "infer", "serve", "validate")


class Verbs(click.Group):
    """A group whose verbs are imported when they are used: validating needs no web server, and
    serving no validator, so neither waits for the other's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name, from the module of that name."""
        if cmd_name not in VERBS:
            return None
        verb: click.Command = getattr(import_module(f"calcigraph.cli.{cmd_name}"), cmd_name)
        return verb


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="calcigraph")
def calcigraph() -> None:
    """Serve, question and check a knowledge graph that gives its reasons."""


def main() -> None:
    """The entry point: run a verb, turn an expected failure into its message and exit code."""
    try:
        calcigraph()
    except Problem as problem:
        click.echo(f"calcigraph: {problem}", err=True)
        sys.exit(ENVIRONMENT if isinstance(problem, EnvironmentProblem) else FINDINGS)
