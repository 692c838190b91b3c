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
    "Write it as a Turtle collection: ( first second ).",
)
_FIRST, _REST, _NIL = RDF["first"], RDF["rest"], RDF["nil"]


def broken(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Cells without a member or an end, with two of them, or in a circle."""
    rests = statements.by_predicate.get(_REST, [])
    cells = dict.fromkeys(t.subject for t in (*statements.by_predicate.get(_FIRST, ()), *rests))
    inner = {t.object for t in rests}
    for cell in cells:
        members, following = statements.values(cell, _FIRST), statements.values(cell, _REST)
        fault = _fault(len(members), len(following)) if cell != _NIL else "goes on behind rdf:nil"
        if not fault and following[0] != _NIL and following[0] not in cells:
            fault = "goes on with what is no list"
        if fault:
            predicate, value = _shown(members, following)
            yield Hit(cell, predicate, value, {"fault": fault})
    yield from _in_circle(statements, cells, inner)


def _shown(members: list[Term], following: list[Term]) -> tuple[ox.NamedNode | None, Term | None]:
    """The statement of a cell to point at."""
    if len(members) > 1 or (members and not following):
        return _FIRST, members[-1]
    return (_REST, following[-1]) if following else (None, None)


def _in_circle(statements: Statements, cells: Iterable[Term], inner: set[Term]) -> Iterator[Hit]:
    """The first cell that no list begins before: those go round."""
    todo: list[Term] = [cell for cell in cells if cell not in inner]
    reached = set(todo)
    while todo:
        for after in statements.values(todo.pop(), _REST):
            if after not in reached:
                reached.add(after)
                todo.append(after)
    circle = next((cell for cell in cells if cell not in reached), None)
    if circle is not None:
        yield Hit(circle, _REST, statements.values(circle, _REST)[0], {"fault": "runs in a circle"})


def _fault(members: int, following: int) -> str:
    if members > 1 or following > 1:
        return "branches: a cell has two values of rdf:first or rdf:rest"
    if not members:
        return "has a cell without a member (rdf:first)"
    return "" if following else "is not ended by rdf:nil"
