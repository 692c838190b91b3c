"""A root in, its edition out: read, run its rules, close, describe, and write the files; or find them made.

The same corridor serves the server's start, `calcigraph check` and every offline command.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter

import pyoxigraph as ox

from calcigraph import metadata, reasoning
from calcigraph.edition.answering import answered_triples
from calcigraph.edition.axiom_findings import axiom_findings
from calcigraph.edition.clash_findings import clash_finding
from calcigraph.edition.edition import Edition
from calcigraph.edition.edition_facts import EditionFacts
from calcigraph.edition.files import EditionCache, EditionFiles, WorkFolder, closing_name
from calcigraph.edition.layout import QuadKind
from calcigraph.edition.rules import construct_rules
from calcigraph.edition.writer import Writer
from calcigraph.edition.writing import Kinded, create
from calcigraph.errors import Finding, Place, RootInvalid, Severity, no_room
from calcigraph.root import Root
from calcigraph.root_queries import query_findings
from calcigraph.settings import ReasonerLimits, ReasonerName


@dataclass(frozen=True)
class Assembled:
    """An edition, and what its reasoner has to say against the root: axioms that could not be used as they
    stand, what it leaves out, and contradictions. `inference` is None where the edition was found made: then
    nothing of this is a fault."""

    edition: Edition
    inference: reasoning.Inference | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Axioms that could not be used as they stand, and what the reasoner leaves out."""
        return self.edition.files.recall_findings()

    @property
    def clashes(self) -> tuple[reasoning.Clash, ...]:
        """The contradictions."""
        return self.inference.clashes if self.inference else ()


def assemble(
    root: Root,
    reasoner: ReasonerName = "builtin",
    cache: EditionCache | None = None,
    folder: WorkFolder | None = None,
    limits: ReasonerLimits | None = None,
) -> Assembled:
    """Run the rules of `root`, close its triples under OWL 2 RL, and put all of it into files in `folder`,
    or in one of its own.

    Cost: dominated by reading the files and closing; with a warm `cache` by neither.
    Raises: RootInvalid where a file is broken or a query in one cannot be relied on, Problem where a rule of
    the root cannot be run.
    Clashes are no error here: they stand in the value, and `consistent` refuses them.
    EnvironmentProblem where there is no room for the files.
    """
    folder = folder or (cache or EditionCache(None)).work_folder()
    closing = closing_name(reasoner, limits)
    kept = cache.recall(root.digest, closing, folder) if cache else None
    if kept is not None:
        return Assembled(_proving(Edition.open(root, kept), reasoner, limits, None))
    root.judge()
    unusable = list(query_findings(root))
    if unusable:
        raise RootInvalid(unusable)
    asserted = sorted({triple for file in root.sources for triple in file.triples}, key=str)
    try:
        inference = reasoning.infer(asserted, construct_rules(root), engine=reasoner, limits=limits)
        files = write_files(EditionFiles.within(folder), root, inference)
        findings = (*inference.findings, *axiom_findings(root, asserted))
        files.keep_findings(findings)
    except reasoning.LimitMet as met:
        met.place = place_of_statement(root, met.statement, met.node) or Place("ontology")
        raise
    except (OSError, sqlite3.OperationalError) as error:
        raise no_room(error) from error
    # What is inconsistent, or rests on an axiom that could not be used, has to be looked at again.
    if cache and not inference.clashes and not any(map(_is_fault, inference.findings)):
        cache.keep(root.digest, closing, files)
    return Assembled(_proving(Edition.open(root, files), reasoner, limits, inference), inference)


def _is_fault(finding: Finding) -> bool:
    return finding.severity is not Severity.INFO


def place_of_statement(root: Root, line: str, node: str = "") -> Place | None:
    """Where a root has a line of N-Triples, else where it has its subject, else a `node` written so."""
    for text in filter(None, (line, node and f"{node} <x:> <x:> .")):
        with suppress(SyntaxError):
            for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES):
                subject = quad.subject
                stated = root.place_of(quad.triple)
                if stated is None and isinstance(subject, ox.NamedNode | ox.BlankNode):
                    stated = root.place(subject)
                if stated is not None:
                    return stated
    return None


def _proving(
    edition: Edition,
    reasoner: ReasonerName,
    limits: ReasonerLimits | None,
    inference: reasoning.Inference | None,
) -> Edition:
    """The edition with somebody in this process who proves what it says."""
    return replace(edition, prover=Writer(edition, reasoner, inference, limits))


def write_files(files: EditionFiles, root: Root, inference: reasoning.Inference) -> EditionFiles:
    """Write what follows from a root, and what describes it. Cost: some ten microseconds a quad.

    Raises: OSError, sqlite3.OperationalError where there is no room for it.
    """
    # In order, so that terms have the same numbers whenever they are written.
    written = sorted(
        ((str(quad), kind, quad) for quad, kind in _quads(root, inference)), key=itemgetter(0, 1)
    )
    quads = [(quad, kind) for _, kind, quad in written]
    answered = answered_triples([quad.triple for quad, kind in quads if kind is not QuadKind.SHAPE])
    described, graph = metadata.describe(root, answered), metadata.graph_node(root)
    quads += [(ox.Quad(t.subject, t.predicate, t.object, graph), QuadKind.METADATA) for t in described.added]
    create(files.index, quads, str(EditionFacts(root.digest, len(answered) + len(described.added))))
    files.keep_description(described.description)
    lines = {line for line, kind, _ in written if kind is not QuadKind.SHAPE}
    lines.update(str(quad) for quad, kind in quads[len(written) :])
    # In order of the lines: the same root, the same bytes.
    with files.nquads.open("wb") as file:
        file.writelines(f"{line} .\n".encode() for line in sorted(lines))
    return files


def consistent(assembled: Assembled) -> Edition:
    """The edition where it is free of contradictions.

    Raises: RootInvalid with a finding for each contradiction.
    """
    root = assembled.edition.root
    if assembled.clashes:
        raise RootInvalid([clash_finding(root, clash) for clash in assembled.clashes])
    return assembled.edition


def _quads(root: Root, inference: reasoning.Inference) -> Iterator[Kinded]:
    for files, kind in ((root.sources, QuadKind.ASSERTED), (root.shapes, QuadKind.SHAPE)):
        # Two files may say the same in a graph that both name.
        quads = dict.fromkeys(quad for file in files for quad in root.quads_of(file))
        yield from ((quad, kind) for quad in quads)
    yield from chain.from_iterable(
        ((ox.Quad(t.subject, t.predicate, t.object, root.graph(name)), kind) for t in triples)
        for name, triples, kind in (
            ("derived", inference.cache.before, QuadKind.BEFORE),
            ("derived", inference.cache.after, QuadKind.AFTER),
            ("inferred", inference.inferred, QuadKind.INFERRED),
        )
    )
