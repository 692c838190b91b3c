"""A root in, everything that is wrong with it out: the checks of `calcigraph check`, in order.

Files first; where one is broken nothing else is judged, because nothing else could be trusted.
Then axioms that cannot be used, clashes, shapes, lints, every question against its whole recorded answer,
and the documents where they are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.beside import Work, beside
from calcigraph.classification import ReasonerAsked, classification_findings, classify
from calcigraph.classification.classifier import NotClassified
from calcigraph.edition import Edition, EditionCache, assemble, clash_finding
from calcigraph.edition.layout import QuadKind
from calcigraph.errors import EnvironmentProblem, Finding, Place, Problem, RootInvalid, Severity
from calcigraph.evaluated_apart import answer as answer_apart
from calcigraph.evaluating import evaluating, working
from calcigraph.lints import lint
from calcigraph.looked_at import LookedAt, counted
from calcigraph.passages import document_findings
from calcigraph.questions import answer
from calcigraph.questions import findings as question_findings
from calcigraph.rdf.terms import Term, show_term
from calcigraph.rdf.vocabulary import RDF
from calcigraph.reasoning import LimitMet
from calcigraph.root import Root, RootChanged
from calcigraph.settings import ReasonerLimits, ReasonerName
from calcigraph.store import OfflineEngine
from calcigraph.validation import Result, placed, validate

# An index of so many bytes is one of some 350,000 quads; of a larger one the memory is not used twice.
_MOST_TWICE_BYTES: Final = 64 << 20
_COMBINING = {"And", "Node", "Not", "Or", "Property", "Xone"}


def _here(work: Work) -> Iterator[Finding]:
    """What is done when it is asked for."""
    return iter(work())


def check(
    folder: Path,
    reasoner: ReasonerName = "builtin",
    cache: EditionCache | None = None,
    limits: ReasonerLimits | None = None,
    documents: Path | None = None,
) -> list[Finding]:
    """All findings on the root in `folder`, in the order of the checks; none where it is sound. Its passages
    are held against the files in `documents`, if that is given.

    Cost: reading, closing, one SHACL validation and every question once; a rule, a shape or a query may take
    for ever (see `evaluated_apart`, in which `calcigraph check` calls this).
    Raises: RootMissing where there is no such directory, EnvironmentProblem where there is no room to work.
    """
    found = _findings(folder, reasoner, cache, limits, documents=documents)
    return [each for each in found if isinstance(each, Finding)]


def _findings(
    folder: Path,
    reasoner: ReasonerName,
    cache: EditionCache | None,
    limits: ReasonerLimits | None,
    asked: ReasonerAsked | None = None,
    begin: Callable[[Work], Iterator[Finding]] = _here,
    documents: Path | None = None,
) -> Iterator[Finding | LookedAt]:
    """The findings as they come, and what was looked at; `begin` gets what may be done beside that."""
    try:
        with working("the files are read"):
            root = Root.open(folder)
            notes = list(root.notes())
        yield what_was_read(root)
        yield from notes
        with working("rules are run, axioms closed"):
            assembled = assemble(root, reasoner, cache, limits=limits)
    except RootInvalid as invalid:
        yield from invalid.findings
        return
    except EnvironmentProblem:
        raise
    except RootChanged as changed:
        yield Finding("files", changed.place or Place("."), changed.detail, changed.remedy)
        return
    except LimitMet as met:
        yield Finding("limit", met.place or Place("ontology"), met.detail, met.remedy)
        return
    except Problem as problem:
        yield Finding("rules", problem.place or Place("ontology/rules"), problem.detail, problem.remedy)
        return
    edition = assembled.edition
    is_large = edition.files.index.stat().st_size > _MOST_TWICE_BYTES
    of_queries = (_here if is_large else begin)(partial(_query_findings, edition))
    yield from (_placed(root, finding) for finding in assembled.findings)
    yield from (clash_finding(root, clash) for clash in assembled.clashes)
    yield from shape_findings(edition)
    yield from of_queries
    if documents is not None:
        with working("documents are read"):
            of_documents = list(document_findings(edition, documents))
        yield from of_documents
    if asked is not None:
        yield from _classified(edition, asked)


def _query_findings(edition: Edition) -> Iterator[Finding]:
    """What lints and questions find."""
    # Another process than the one that opened it may do this: SQLite's connections are not passed on.
    edition = Edition.open(edition.root, edition.files)
    offline = OfflineEngine(edition, described=False)
    yield from lint(edition, offline.solutions)
    if edition.root.questions:
        offline.take_in_description()
    yield from answer_findings(edition, offline)


def _classified(edition: Edition, asked: ReasonerAsked) -> Iterator[Finding]:
    """What a reasoner of OWL 2 DL finds of the root's classes."""
    quads = [(quad.triple, kind) for quad, kind in edition.kinded() if kind is not QuadKind.SHAPE]
    stated = {triple for triple, kind in quads if kind is not QuadKind.INFERRED}
    try:
        with working(f"{asked.name} classifies"):
            found = classify(stated, asked)
    except NotClassified as problem:
        yield Finding("classify", Place("ontology"), problem.detail, problem.remedy)
        return
    yield from classification_findings(edition.root, (triple for triple, _ in quads), found, asked)


def _checked(
    folder: Path,
    reasoner: ReasonerName,
    limits: ReasonerLimits | None,
    asked: ReasonerAsked | None,
    documents: Path | None = None,
) -> Iterator[Finding | LookedAt]:
    """What the process of a check is asked for."""
    return _findings(folder, reasoner, EditionCache.of_user(), limits, asked, beside, documents)


def what_was_read(root: Root) -> LookedAt:
    """How much the files of a root say. Cost: reads them where nothing is kept."""
    parts = {"ontology": root.ontology, "data": root.data, "shapes": root.shapes}
    quads = {
        part: len({quad for file in files for quad in root.quads_of(file)}) for part, files in parts.items()
    }
    numbers = {
        "files": sum(map(len, parts.values())),
        "triples": sum(quads.values()),
        "rules": len(root.rules),
        "questions": len(root.questions),
        "lints": len(root.lints),
        "notRead": sum(finding.severity is not Severity.INFO for finding in root.unread),
    }
    said = ", ".join(f"{count:,} of {part}" for part, count in quads.items())
    others = ", ".join(counted(numbers[f"{name}s"], name) for name in ("rule", "question", "lint"))
    unread = f"; {numbers['notRead']} not read" if numbers["notRead"] else ""
    files, triples = counted(numbers["files"], "file"), counted(numbers["triples"], "triple")
    return LookedAt(f"Read: {files} with {triples} ({said}), {others}{unread}.", numbers)


def shape_findings(edition: Edition) -> Iterator[Finding | LookedAt]:
    """What the root's shapes find in what was asserted and derived, classes inferred.

    Of the inferences only the classes count: a shape on a class then also meets what inference
    alone puts into it, and no editor is told of values that nobody wrote (under `owl:sameAs`
    each value stands twice, which would break every `sh:maxCount 1`).
    """
    shapes = [t for file in edition.root.shapes for t in file.triples]
    if not shapes:
        return
    quads = edition.kinded()
    stated = (q.triple for q, kind in quads if q.predicate == RDF["type"] or kind is not QuadKind.INFERRED)
    root = edition.root

    def place_of(node: Term, predicate: ox.NamedNode | None) -> Place:
        found = root.place(node, predicate) if isinstance(node, ox.NamedNode | ox.BlankNode) else None
        return found or Place("shapes")

    with working("shapes are read"):
        report = validate(stated, shapes, place_of)
    numbers = {"shapes": report.shapes, "focusNodes": report.focus_nodes}
    yield LookedAt(f"Shapes: {report.looked_at}", numbers)
    yield from placed(report.flaws, shapes, place_of, root.prefixes)
    for result in report.results:
        yield _finding(edition, result)


def answer_findings(edition: Edition, offline: OfflineEngine) -> Iterator[Finding]:
    """Where the answers to the root's questions differ from what is recorded."""
    for question in edition.root.questions:
        try:
            with evaluating("questions", Place(question.path), question.slug):
                rows = answer(question, offline.csv)
        except Problem as problem:
            place = problem.place or Place("")
            yield Finding(
                "questions",
                Place(question.path, place.line, place.column),
                problem.detail,
                problem.remedy,
                node=question.slug,
            )
            continue
        yield from question_findings(question, rows, edition.root.prefixes, offline.csv)


def _placed(root: Root, finding: Finding) -> Finding:
    """A finding of the reasoner, which knows terms and no files, with the place of its statement."""
    stated = _statement(finding)
    node = stated.subject if stated is not None else None
    if stated is None or not isinstance(node, ox.NamedNode | ox.BlankNode):
        return finding
    # It may have been read off an inferred statement.
    place = root.place_of(stated) or root.place(node) or finding.place
    return replace(finding, place=place, node=show_term(node, root.prefixes), statement="")


def _statement(finding: Finding) -> ox.Triple | None:
    """The statement that a finding is about; None where it is about none that can be written."""
    try:
        return next((quad.triple for quad in ox.parse(finding.statement, ox.RdfFormat.N_TRIPLES)), None)
    except SyntaxError:
        return None


def _finding(edition: Edition, result: Result) -> Finding:
    prefixes = edition.root.prefixes
    focus, path = result.focus_node, result.path
    predicate = path if isinstance(path, ox.NamedNode) else None
    node = focus if isinstance(focus, (ox.NamedNode, ox.BlankNode)) else None
    found = result.value if result.value not in (None, focus) else None
    place = edition.root.place(node, predicate, found) if node is not None else None
    constraint = _constraint(result) + (f" of {prefixes.shrink(predicate)}" if predicate is not None else "")
    return Finding(
        "shapes",
        place or Place("data"),
        f"{constraint} is not met" + (f" by {show_term(found, prefixes)}." if found is not None else "."),
        result.message,
        node=show_term(focus, prefixes),
        severity=result.severity,
        kind=f"{constraint} {result.message}",
    )


def _constraint(result: Result) -> str:
    """`sh:MinCountConstraintComponent` as a reader says it: "Min count". The components that only
    combine others (SHACL sections 4.6 and 4.7) say nothing by their names."""
    name = result.constraint.value.rpartition("#")[2].removesuffix("ConstraintComponent")
    if name in _COMBINING:
        return "A condition"
    return " ".join(re.findall(r"[A-Z][a-z]*", name)).capitalize()


if __name__ == "__main__":
    answer_apart(_checked)
