"""`calcigraph infer`: RDF files in, the triples that they entail out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from calcigraph.cli.verbs.options import format_option, limits_option, reasoner_option
from calcigraph.rdf.formats import GRAPHS, GraphFormat
from calcigraph.settings import ReasonerLimits, ReasonerName


@click.command()
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@reasoner_option(without_none=True)
@format_option("n-triples", "How the triples are written.", GRAPHS)
@click.option(
    "--axiomatic",
    is_flag=True,
    help="Print the whole closure: also what FILE… say themselves, and what holds of any ontology"
    " (axiomatic and reflexive triples).",
)
@limits_option
def infer(
    files: tuple[Path, ...],
    reasoner: ReasonerName,
    style: tuple[GraphFormat],
    axiomatic: bool,
    limits: ReasonerLimits,
) -> None:
    """Print what FILE… entail under OWL 2 RL and do not say themselves.

    Exits with 1 and the clash with its proof where they are inconsistent, and with 1 where the
    closure would be larger than a bound (--limit) allows; with 2 where a file cannot be read. Shows its
    progress on a terminal.
    """
    from calcigraph.cli.infer import print_inferences

    if not print_inferences(files, reasoner, style[0], limits, axiomatic=axiomatic):
        sys.exit(1)
