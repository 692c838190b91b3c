"""`calcigraph explain`: a triple in, its proof as a tree with the evidence out."""

from __future__ import annotations

from pathlib import Path

import click
import pyoxigraph as ox

from calcigraph.cli.options import reasoner_option, root_option
from calcigraph.edition import EditionCache, assemble
from calcigraph.explanations import Explanations, explain_all
from calcigraph.explanations import explain as explain_one
from calcigraph.explanations.text import as_text
from calcigraph.rdf.terms import parse_term
from calcigraph.root import Root
from calcigraph.settings import ReasonerName


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option(
    "--all", "every", is_flag=True, help="Further derivations too, as far as the search is bounded."
)
@root_option
@reasoner_option()
def explain(
    subject: str, predicate: str, object_: str, every: bool, folder: Path, reasoner: ReasonerName
) -> None:
    """Print why the triple SUBJECT PREDICATE OBJECT holds.

    Terms are CURIEs (id:some-thing), <IRIs> or literals ("text"@en).
    """
    root = Root.read(folder)
    terms = [parse_term(text, root.prefixes) for text in (subject, predicate, object_)]
    if not (isinstance(terms[0], ox.NamedNode) and isinstance(terms[1], ox.NamedNode)):
        raise click.UsageError("SUBJECT and PREDICATE have to be CURIEs or <IRIs>.")
    triple = ox.Triple(terms[0], terms[1], terms[2])
    edition = assemble(root, reasoner, EditionCache.of_user()).edition
    if not every:
        click.echo(as_text(explain_one(edition, triple)))
        return
    _print_all(explain_all(edition, triple))


def _print_all(explanations: Explanations) -> None:
    for number, explanation in enumerate(explanations.proofs, 1):
        click.echo(f"Derivation {number}")
        click.echo(as_text(explanation))
    if not explanations.complete:
        click.echo("There may be more: the search was bounded.", err=True)
