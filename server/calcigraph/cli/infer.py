"""`calcigraph infer`: RDF files in, the triples that they entail out."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path

import click
import pyoxigraph as ox
from rich.console import Console

from calcigraph.cli.options import reasoner_option
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.reading import read_files
from calcigraph.rdf.terms import show_term
from calcigraph.reasoning import Clash, Limits, Proof, Statement
from calcigraph.reasoning import infer as close
from calcigraph.settings import ReasonerName

_BOUNDS = asdict(Limits())
_FORMATS = {"nt": ox.RdfFormat.N_TRIPLES, "turtle": ox.RdfFormat.TURTLE}


@click.command()
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@reasoner_option(without_none=True)
@click.option(
    "--format",
    "style",
    type=click.Choice(list(_FORMATS)),
    default="nt",
    show_default=True,
    help="How the triples are written.",
)
@click.option(
    "--limit",
    "bounds",
    metavar="NAME NUMBER",
    multiple=True,
    type=(click.Choice(sorted(_BOUNDS)), click.IntRange(min=1)),
    help=f"A bound of the reasoner, by default: {', '.join(f'{k} {v:,}' for k, v in _BOUNDS.items())}.",
)
def infer(
    files: tuple[Path, ...], reasoner: ReasonerName, style: str, bounds: tuple[tuple[str, int], ...]
) -> None:
    """Print what FILE… entail under OWL 2 RL and do not say themselves.

    Exits with 1 and the clash with its proof where they are inconsistent, and with 1 where the
    closure would be larger than a bound (--limit) allows. Shows its progress on a terminal.
    """
    read = read_files(files)
    with Console(stderr=True).status("reading") as status:
        inference = close(
            read.triples,
            engine=reasoner,
            progress=lambda stage, facts: status.update(f"{stage}: {facts:,} facts"),
            limits=replace(Limits(), **dict(bounds)),
        )
    for finding in inference.findings:
        click.echo(f"warning: {finding.node}: {finding.message} {finding.remedy}", err=True)
    if inference.clashes:
        for clash in inference.clashes:
            click.echo("\n".join(_clash(clash, read.prefixes)), err=True)
        sys.exit(1)
    ordered = sorted(inference.inferred, key=str)
    prefixes = dict(read.prefixes.mapping) if style == "turtle" else None
    sys.stdout.buffer.write(ox.serialize(ordered, format=_FORMATS[style], prefixes=prefixes) or b"")


def _clash(clash: Clash, prefixes: Prefixes) -> list[str]:
    lines = [f"The files are inconsistent: rule {clash.rule}"]
    lines += [f"  axiom: {_shown(axiom, prefixes)}" for axiom in clash.axioms]
    for proof in clash.proofs:
        lines += _proof(proof, prefixes, "  ")
    return lines


def _proof(proof: Proof, prefixes: Prefixes, indent: str) -> list[str]:
    lines = [f"{indent}{_shown(proof.triple, prefixes)}   [{proof.rule}]"]
    for premise in proof.premises:
        lines += _proof(premise, prefixes, indent + "  ")
    return lines


def _shown(triple: Statement, prefixes: Prefixes) -> str:
    return " ".join(show_term(term, prefixes) for term in (triple.subject, triple.predicate, triple.object))
