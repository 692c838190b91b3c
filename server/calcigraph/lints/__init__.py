"""A dataset in, what its root's lint queries and those of the program find out, as findings.

- `queries_of` evaluates lint queries; `queries/` has those that come with the program;
- `computed` lists what no query can tell: near misses, circles, lists, lexical forms;
- `statements` is what those look at, `own_names` which IRIs are the root's own, `hit` what they find.

A root's lint with the slug of a built-in one stands in its place (see docs/lints.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Finding, Place, Problem
from calcigraph.evaluating import evaluating
from calcigraph.lints.computed import COMPUTED
from calcigraph.lints.hit import Hit, Rule, filled, finding_of, place_of, shown
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.queries_of import Solve, hits, shipped_lints
from calcigraph.lints.statements import Statements
from calcigraph.rdf.near_names import nearest
from calcigraph.rdf.terms import Term
from calcigraph.root import LintFile

__all__ = ["Solve", "built_in_rules", "lint"]


def lint(edition: Edition, solve: Solve) -> Iterator[Finding]:
    """Run the built-in lints, then those of the root.

    One that cannot be evaluated is a finding itself. Cost: a pass over the asserted triples, and each query
    once.
    """
    files = {file.slug: file for file in edition.root.lints}
    yield from _built_in(edition, solve, files)
    known = {rule.slug for rule in built_in_rules()}
    for file in edition.root.lints:
        if not file.reason:
            yield from _of_root(edition, file, solve)
        elif file.slug not in known:
            meant = nearest(file.slug, frozenset(known))
            remedy = f"Perhaps {meant} is meant." if meant else "Take the file out."
            message = f"There is no built-in lint {file.slug}."
            yield Finding("lints", Place(file.path), message, remedy, node=file.slug)


def built_in_rules() -> tuple[Rule, ...]:
    """The lints that come with the program, by slug."""
    of_queries = (_rule(file) for file in shipped_lints())
    return tuple(sorted((*COMPUTED, *of_queries), key=lambda rule: rule.slug))


def _rule(file: LintFile) -> Rule:
    return Rule(file.slug, file.severity, file.message, file.remedy)


def _built_in(edition: Edition, solve: Solve, files: Mapping[str, LintFile]) -> Iterator[Finding]:
    statements = Statements.of(edition)
    own = OwnNames.of(edition.root, statements)
    for rule, find in COMPUTED.items():
        wanted = _wanted(rule, files)
        if wanted is not None:
            yield from (finding_of(edition.root, wanted, hit) for hit in find(statements, own))
    for file in shipped_lints():
        wanted = _wanted(_rule(file), files)
        if wanted is not None:
            yield from _of_query(edition, file, wanted, own, solve)


def _of_query(edition: Edition, file: LintFile, rule: Rule, own: OwnNames, solve: Solve) -> Iterator[Finding]:
    try:
        with evaluating("lints", Place("shapes/lint"), file.slug):
            found = list(hits(file, solve, edition.root.prefixes))
    except Problem as problem:
        # That one cannot be evaluated says nothing of the others, and of what is checked after them.
        yield _not_evaluated(problem, Place("shapes/lint"), file.slug)
        return
    for hit in found:
        if all(own.has(hit.named.get(name)) for name in file.own):
            yield finding_of(edition.root, rule, _written(edition, hit))


def _not_evaluated(problem: Problem, place: Place, slug: str) -> Finding:
    return Finding("lints", place, problem.detail, problem.remedy, node=slug)


def _wanted(rule: Rule, files: Mapping[str, LintFile]) -> Rule | None:
    """A built-in lint as the root wants it: None where it is off, or one of the root stands in its place."""
    file = files.get(rule.slug)
    if file is None:
        return rule
    return None if file.is_off or not file.reason else replace(rule, severity=file.severity)


def _of_root(edition: Edition, file: LintFile, solve: Solve) -> Iterator[Finding]:
    try:
        with evaluating("lints", Place(file.path)):
            found = list(hits(file, solve, edition.root.prefixes))
    except Problem as problem:
        place = problem.place or Place("")
        yield _not_evaluated(problem, Place(file.path, place.line, place.column), file.slug)
        return
    yield from (_finding(edition, file, hit) for hit in found)


def _finding(edition: Edition, file: LintFile, hit: Hit) -> Finding:
    place = _place(edition, file, hit)
    if place is not None:
        return finding_of(edition.root, _rule(file), replace(hit, place=place))
    texts = {name: shown(edition.root, value) for name, value in hit.named.items()}
    return Finding(
        "lints",
        Place(file.path),
        f"A row of this lint names nothing that a file speaks of: {filled(file.message, texts)}",
        "Let it find a node that stands in a file, or say with `#+ file:` where to write what misses.",
        node=shown(edition.root, hit.node),
    )


def _place(edition: Edition, file: LintFile, hit: Hit) -> Place | None:
    """Where the statement of a row stands, else the first node of it that the files speak of."""
    places = (place_of(edition.root, found) for found in (_written(edition, hit), *_nodes(hit)))
    return next((place for place in places if place), Place(file.file) if file.file else None)


def _nodes(hit: Hit) -> Iterator[Hit]:
    yield from (Hit(value) for value in hit.named.values() if not isinstance(value, str))


def _written(edition: Edition, hit: Hit) -> Hit:
    """The hit with its value as the files have it, which the engine may spell in another way."""
    node, predicate, value = hit.node, hit.predicate, hit.value
    if not isinstance(node, ox.NamedNode | ox.BlankNode) or predicate is None or value is None:
        return hit
    found = edition.written(ox.Triple(node, predicate, value))
    return replace(hit, value=_object(found)) if found is not None else hit


def _object(triple: ox.Triple) -> Term:
    return triple.object
