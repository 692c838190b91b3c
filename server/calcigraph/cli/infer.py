"""The work of `calcigraph infer`: RDF files in, the triples that they entail out."""

from __future__ import annotations

from pathlib import Path

from calcigraph.cli.progress import Progress
from calcigraph.cli.streams import give, say
from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.reading import read_files
from calcigraph.rdf.serialise import serialise
from calcigraph.rdf.terms import show_term
from calcigraph.reasoning import Clash, Proof, Statement, infer
from calcigraph.root.imports import notes_on_imports
from calcigraph.settings import ReasonerLimits, ReasonerName


def print_inferences(
    files: tuple[Path, ...],
    reasoner: ReasonerName,
    form: GraphFormat,
    limits: ReasonerLimits,
    *,
    axiomatic: bool = False,
) -> bool:
    """Print what the files entail, or their clashes. Out: whether they are consistent.

    With `axiomatic`, the whole closure (OWL 2 Profiles, section 4.3): also what the files say, as no second
    document can name their blank nodes, and what holds of any ontology.

    Raises: LimitMet, and what is wrong with a file.
    """
    read = read_files(files)
    for note in notes_on_imports(files, read.missing):
        say(str(note))
    with Progress() as progress:
        inference = infer(
            read.triples,
            engine=reasoner,
            progress=lambda stage, facts: progress.show(f"{stage}: {facts:,} facts"),
            limits=limits,
        )
    for finding in inference.findings:
        say(f"warning: {finding.node}: {finding.message} {finding.remedy}")
    if inference.clashes:
        for clash in inference.clashes:
            say("\n".join(_clash(clash, read.prefixes)))
        return False
    others = read.triples | inference.trivial if axiomatic else frozenset()
    give(serialise(inference.inferred | others, form, read.prefixes))
    return True


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
