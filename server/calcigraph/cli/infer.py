"""The work of `calcigraph infer`: RDF files in, the triples that they entail out."""

from __future__ import annotations

from collections.abc import Iterator
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
    lines += [f"  axiom: {axiom}" for axiom in clash.first_axioms(lambda axiom: _shown(axiom, prefixes))]
    for proof in clash.proofs:
        lines += _proof(proof, prefixes)
    return lines


def _proof(proof: Proof, prefixes: Prefixes) -> Iterator[str]:
    """The lines of a proof, without recursion, as it may be deep; what several steps rest on is told once."""
    told = set[int]()
    todo = [(proof, 1)]
    while todo:
        step, indent = todo.pop()
        again = " as above" if id(step) in told and step.premises else ""
        yield f"{'  ' * indent}{_shown(step.triple, prefixes)}   [{step.rule}]{again}"
        if not again:
            told.add(id(step))
            todo += [(premise, indent + 1) for premise in reversed(step.premises)]


def _shown(triple: Statement, prefixes: Prefixes) -> str:
    return " ".join(show_term(term, prefixes) for term in (triple.subject, triple.predicate, triple.object))
