"""`calcigraph explain`: a triple in, its proof with the evidence out."""

from __future__ import annotations

from pathlib import Path

import click

from calcigraph.cli.verbs.options import limits_option, reasoner_option, root_option
from calcigraph.settings import ReasonerLimits, ReasonerName


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option(
    "--all", "every", is_flag=True, help="Further derivations too, as far as the search is bounded."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "proof"]),
    default="text",
    show_default=True,
    help="A tree, JSON, or a proof file that proof_checker.py checks.",
)
@root_option
@reasoner_option()
@limits_option
def explain(
    subject: str,
    predicate: str,
    object_: str,
    every: bool,
    style: str,
    folder: Path,
    reasoner: ReasonerName,
    limits: ReasonerLimits,
) -> None:
    """Print why the triple SUBJECT PREDICATE OBJECT holds.

    Terms are CURIEs (id:some-thing), <IRIs>, literals ("text"@en) or blank nodes as answers name them (_:b0).
    A literal may be written as a query answers it: what is proven is written as the data have it.
    """
    from calcigraph.cli.explain import print_proofs

    print_proofs((subject, predicate, object_), every, style, folder, reasoner, limits)
