"""A root in, everything that is wrong with it out: the checks of `calcigraph check`, in order.

Files first; where one is broken nothing else is judged, because nothing else could be trusted.
Then axioms that cannot be used, clashes, shapes, lints, and every question against its whole recorded answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from calcigraph.edition import Edition, EditionCache, assemble, clash_finding
from calcigraph.edition.layout import QuadKind
from calcigraph.errors import EnvironmentProblem, Finding, Place, Problem, RootInvalid
from calcigraph.lints import lint
from calcigraph.questions import answer
from calcigraph.questions import findings as question_findings
from calcigraph.rdf.terms import show_term
from calcigraph.rdf.vocabulary import RDF
from calcigraph.root import Root
from calcigraph.settings import ReasonerName
from calcigraph.store import OfflineEngine
from calcigraph.validation import Result, validate

_COMBINING = {"And", "Node", "Not", "Or", "Property", "Xone"}


def check(
    folder: Path, reasoner: ReasonerName = "builtin", cache: EditionCache | None = None
) -> list[Finding]:
    """All findings on the root in `folder`, in the order of the checks; none where it is sound.

    Cost: reading, closing, one SHACL validation and every question once.
    Raises: RootMissing where there is no such directory, EnvironmentProblem where there is no room to work.
    """
    try:
        root = Root.open(folder)
        assembled = assemble(root, reasoner, cache)
    except RootInvalid as invalid:
        return invalid.findings
    except EnvironmentProblem:
        raise
    except Problem as problem:
        return [Finding("rules", problem.place or Place("ontology/rules"), problem.detail, problem.remedy)]
    edition = assembled.edition
    return [
        *(_placed(root, finding) for finding in assembled.findings),
        *(clash_finding(root, clash) for clash in assembled.clashes),
        *shape_findings(edition),
        *lint(edition, OfflineEngine(edition, described=False).csv),
        *answer_findings(edition, OfflineEngine(edition)),
    ]


def shape_findings(edition: Edition) -> Iterator[Finding]:
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
    for result in validate(stated, shapes).results:
        yield _finding(edition, result)


def answer_findings(edition: Edition, offline: OfflineEngine) -> Iterator[Finding]:
    """Where the answers to the root's questions differ from what is recorded."""
    for question in edition.root.questions:
        try:
            rows = answer(question, offline.csv)
        except Problem as problem:
            line = problem.place.line if problem.place else 0
            yield Finding(
                "questions", Place(question.path, line), problem.detail, problem.remedy, node=question.slug
            )
            continue
        yield from question_findings(question, rows, edition.root.prefixes)


def _placed(root: Root, finding: Finding) -> Finding:
    """A finding of the reasoner, which knows terms and no files, with the place of its node."""
    if not finding.node.startswith("<"):
        return finding
    node = ox.NamedNode(finding.node[1:-1])
    return replace(finding, place=root.place(node) or finding.place, node=root.prefixes.shrink(node))


def _finding(edition: Edition, result: Result) -> Finding:
    prefixes = edition.root.prefixes
    focus, path = result.focus_node, result.path
    predicate = path if isinstance(path, ox.NamedNode) else None
    node = focus if isinstance(focus, (ox.NamedNode, ox.BlankNode)) else None
    place = edition.root.place(node, predicate) if node is not None else None
    constraint = _constraint(result) + (f" of {prefixes.shrink(predicate)}" if predicate is not None else "")
    found = result.value if result.value not in (None, focus) else None
    return Finding(
        "shapes",
        place or Place("data"),
        f"{constraint} is not met" + (f" by {show_term(found, prefixes)}." if found is not None else "."),
        result.message,
        node=show_term(focus, prefixes),
        severity=result.severity,
    )


def _constraint(result: Result) -> str:
    """`sh:MinCountConstraintComponent` as a reader says it: "Min count". The components that only
    combine others (SHACL sections 4.6 and 4.7) say nothing by their names."""
    name = result.constraint.value.rpartition("#")[2].removesuffix("ConstraintComponent")
    if name in _COMBINING:
        return "A condition"
    return " ".join(re.findall(r"[A-Z][a-z]*", name)).capitalize()
