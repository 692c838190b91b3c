"""The work of `calcigraph explain`: a triple in, its proof as a tree with the evidence out."""

from __future__ import annotations

from pathlib import Path

import click
import pyoxigraph as ox

from calcigraph.closures import ClosureCache
from calcigraph.dataset import build
from calcigraph.explanations import Explanations, explain, explain_all
from calcigraph.explanations.text import as_text
from calcigraph.rdf.terms import parse_term
from calcigraph.root import Root
from calcigraph.settings import ReasonerName


def print_proofs(texts: tuple[str, str, str], every: bool, folder: Path, reasoner: ReasonerName) -> None:
    """Print the proof of a triple, or `every` one that the search finds within its bounds.

    Raises: click.UsageError for terms that make no triple, Problem for a triple that does not hold.
    """
    root = Root.read(folder)
    terms = [parse_term(text, root.prefixes) for text in texts]
    if not (isinstance(terms[0], ox.NamedNode) and isinstance(terms[1], ox.NamedNode)):
        raise click.UsageError("SUBJECT and PREDICATE have to be CURIEs or <IRIs>.")
    triple = ox.Triple(terms[0], terms[1], terms[2])
    dataset = build(root, reasoner, ClosureCache.of_user())
    if not every:
        click.echo(as_text(explain(dataset, triple)))
        return
    _print_all(explain_all(dataset, triple))


def _print_all(explanations: Explanations) -> None:
    for number, explanation in enumerate(explanations.proofs, 1):
        click.echo(f"Derivation {number}")
        click.echo(as_text(explanation))
    if not explanations.complete:
        click.echo("There may be more: the search was bounded.", err=True)
