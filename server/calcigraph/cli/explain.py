"""The work of `calcigraph explain`: a triple in, its proof out as a tree, as JSON or as a proof file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click
import pyoxigraph as ox

from calcigraph.cli.streams import give, say, tell
from calcigraph.edition import EditionCache, assemble
from calcigraph.explanations import Explanation, Explanations, explain, explain_all
from calcigraph.explanations.json import as_json
from calcigraph.explanations.proof_file import as_proof_file
from calcigraph.explanations.text import as_text, spelling_notes
from calcigraph.rdf.terms import Subject, parse_named_term
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, ReasonerName

WRITERS: Final[Mapping[str, Callable[[Explanation], str]]] = MappingProxyType(
    {
        "text": as_text,
        "json": lambda explanation: json.dumps(as_json(explanation), ensure_ascii=False, indent=2),
        "proof": as_proof_file,
    }
)
"""How a proof is written, by the name that `--format` has for it."""


def print_proofs(
    texts: tuple[str, str, str],
    every: bool,
    style: str,
    folder: Path,
    reasoner: ReasonerName,
    limits: ReasonerLimits,
) -> None:
    """Print the proof of a triple, or `every` one that the search finds within its bounds.

    Raises: click.UsageError for terms that make no triple, Problem for a triple that does not hold.
    """
    if every and style != "text":
        raise click.UsageError("--all goes with --format text: a file of the other formats holds one proof.")
    root = Root.read(folder)
    terms = [parse_named_term(text, root.prefixes) for text in texts]
    if not (isinstance(terms[0], Subject) and isinstance(terms[1], ox.NamedNode)):
        raise click.UsageError("SUBJECT and PREDICATE have to be CURIEs or <IRIs>; SUBJECT may be a _:node.")
    asked = ox.Triple(terms[0], terms[1], terms[2])
    edition = assemble(root, reasoner, EditionCache.of_user(), limits=limits).edition
    if every:
        _print_all(explain_all(edition, asked))
        return
    explanation = explain(edition, asked)
    written = WRITERS[style](explanation)
    if style == "text":
        tell(written)
        return
    give(f"{written}\n".encode() if style == "json" else written.encode())
    if style == "proof":
        for note in spelling_notes(explanation):
            say(note)


def _print_all(explanations: Explanations) -> None:
    for number, explanation in enumerate(explanations.proofs, 1):
        tell(f"Derivation {number}")
        tell(as_text(explanation))
    if not explanations.complete:
        say("There may be more: the search was bounded.")
