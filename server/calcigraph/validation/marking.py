"""An ill-typed literal as it goes to an engine that might take it for a well-typed one, and back."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term

# In front of the datatype: then it is one that no engine knows, and that no shape asks for.
ILL_TYPED: Final = "urn:x-ill-typed:"


def unmarked(term: Term) -> Term:
    """The term as it was handed in."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(ILL_TYPED):
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype.value.removeprefix(ILL_TYPED)))
    return term
