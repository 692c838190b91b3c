"""Statements in, lists out that do not end, branch or lack a member (RDF Schema 1.1, section 5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import Statements
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF

BROKEN: Final = Rule(
    "list-broken",
    Severity.VIOLATION,
    "The list {fault}.",
    'Write it as a collection: ( first second ) in Turtle, rdf:parseType="Collection" in RDF/XML.',
)
_FIRST, _REST, _NIL = RDF["first"], RDF["rest"], RDF["nil"]


def broken(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Cells without a member or an end, with two of them, or in a circle."""
    rests = statements.by_predicate.get(_REST, [])
    cells = dict.fromkeys(t.subject for t in (*statements.by_predicate.get(_FIRST, ()), *rests))
    for cell in cells:
        members, following = statements.values(cell, _FIRST), statements.values(cell, _REST)
        fault = _fault(len(members), len(following)) if cell != _NIL else "goes on behind rdf:nil"
        if not fault and following[0] != _NIL and following[0] not in cells:
            fault = "goes on with what is no list"
        if fault:
            predicate, value = _shown(members, following)
            yield Hit(cell, predicate, value, {"fault": fault})
    yield from _in_circle(statements, cells)


def _shown(members: list[Term], following: list[Term]) -> tuple[ox.NamedNode | None, Term | None]:
    """The statement of a cell to point at."""
    if len(members) > 1 or (members and not following):
        return _FIRST, members[-1]
    return (_REST, following[-1]) if following else (None, None)


def _in_circle(statements: Statements, cells: Iterable[Term]) -> Iterator[Hit]:
    """Of each circle the first cell that is met, whether or not a list leads into it. Cost: linear in the
    cells; of those that branch, which is another fault, the first way is gone."""
    following = {cell: rests[0] for cell in cells if (rests := statements.values(cell, _REST))}
    walk_of: dict[Term, Term] = {}
    for start in following:
        cell = start
        while cell in following and cell not in walk_of:
            walk_of[cell] = start
            cell = following[cell]
        if walk_of.get(cell) == start:
            # The walk has come back to a cell of its own.
            yield Hit(cell, _REST, following[cell], {"fault": "runs in a circle"})


def _fault(members: int, following: int) -> str:
    if members > 1 or following > 1:
        return "branches: a cell has two values of rdf:first or rdf:rest"
    if not members:
        return "has a cell without a member (rdf:first)"
    return "" if following else "is not ended by rdf:nil"
