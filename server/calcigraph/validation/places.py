"""Where a node of a shapes graph stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.rdf.terms import Term

# The place of what is said of a node, at the line of a predicate where that is given.
PlaceOf: TypeAlias = Callable[[Term, ox.NamedNode | None], Place]


def nowhere(_node: Term, _predicate: ox.NamedNode | None = None) -> Place:
    """Where a shape stands that came without its file."""
    return Place("shapes")
