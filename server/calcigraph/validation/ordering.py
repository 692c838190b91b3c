"""Two values in, whether the first comes before the second out, as SHACL asks it (sections 4.3 and 4.5)."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.engine.functions.truth import TRUE, at_most, less_than
from calcigraph.rdf.lexical_spaces import RANGES, ill_typed
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, XSD

# What both engines order: the types of SPARQL 1.1, section 17.3, and of time and of texts of one language.
_ORDERED: Final = frozenset(
    {
        *(XSD[name] for name in RANGES),
        *(XSD[name] for name in ("decimal", "double", "float", "string", "boolean")),
        *(XSD[name] for name in ("dateTime", "date", "time", "duration")),
        RDF["langString"],
    }
)
_DOUBLES: Final = (XSD["double"], XSD["float"])


def comparable(left: Term, right: Term) -> bool:
    """Whether two values have an order of their own."""
    return all(
        isinstance(value, ox.Literal)
        and value.datatype in _ORDERED
        and not ill_typed(value)
        # The engine takes two for the same, as they are one term.
        and (value.value != "NaN" or value.datatype not in _DOUBLES)
        for value in (left, right)
    )


def before(left: Term, right: Term, or_same: bool) -> bool:
    """Whether a value is less than another, or `or_same` at most it; not where they cannot be compared."""
    order = at_most if or_same else less_than
    return comparable(left, right) and order(left, right) == TRUE
