"""The algebra of a rule in; the variables by which its solutions can be told apart and looked at again, out.

A rule is *anchored* when its WHERE group begins with patterns that every solution matches. The values of
their variables (or of some of them) divide the solutions into portions, and a triple that comes or goes
can change only the portions that it reaches: by a pattern that it matches, and by the patterns that must
hold together with that one (see `places`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rdflib import URIRef, Variable
from rdflib.paths import Path

from calcigraph.reasoning.queries.algebra import Algebra
from calcigraph.reasoning.queries.groups import first_of, leaf_of, select_of
from calcigraph.reasoning.queries.places import Place, Unknown, places_of
from calcigraph.reasoning.queries.reads import walk


@dataclass(frozen=True)
class Anchor:
    """The variables that divide a rule's solutions; none where they cannot be divided.

    `selected` says that the group begins with a sub-select, which can be divided inside.
    """

    variables: tuple[str, ...]
    places: tuple[Place, ...]
    selected: bool = False


NO_ANCHOR: Final = Anchor((), ())


def anchor_of(algebra: Algebra) -> Anchor:
    """The anchor of a rule. Cost: linear in the patterns, squared."""
    where = algebra.where.p if algebra.where.name == "Project" else None
    if not algebra.text.plain or where is None:
        return NO_ANCHOR
    try:
        variables = tuple(sorted(first_of(where)))
        found = tuple(places_of(where, ()))
    except Unknown:
        return NO_ANCHOR
    every = [triple for triple, _ in walk(where, positive=True)]
    if not variables or len(found) != len(every) or not all(_is_understood(t[1]) for t in every):
        return NO_ANCHOR
    return Anchor(variables, found, select_of(leaf_of(where)) is not None)


def _is_understood(predicate: Any) -> bool:
    """Whether rdflib has made a term, a variable or a path of what stands in a predicate's place."""
    return isinstance(predicate, URIRef | Variable | Path)
