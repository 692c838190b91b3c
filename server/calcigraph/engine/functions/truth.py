"""Effective boolean values, and the comparison of truth values (SPARQL 1.1, sections 17.2.2 and 17.3)."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.engine.functions.arguments import (
    INTEGERS,
    XSD_BOOLEAN,
    XSD_DECIMAL,
    XSD_DOUBLE,
    XSD_FLOAT,
    is_string,
    number,
)
from calcigraph.rdf.terms import Term

TRUE: Final = ox.Literal("true", datatype=XSD_BOOLEAN)
FALSE: Final = ox.Literal("false", datatype=XSD_BOOLEAN)
_NUMERIC: Final = INTEGERS | {XSD_DECIMAL, XSD_DOUBLE, XSD_FLOAT}
_VALUES: Final = {"true": True, "1": True, "false": False, "0": False}
_EMPTY: Final = ox.Store()


def effective_boolean_value(term: Term) -> Term | None:
    """The effective boolean value: of a text, with a language or without, whether it has a character; false
    of what is no value of its numeric or boolean datatype; None, an error, of all that is neither."""
    if not isinstance(term, ox.Literal):
        return None
    if is_string(term):
        return TRUE if term.value else FALSE
    if term.datatype == XSD_BOOLEAN:
        return TRUE if _VALUES.get(term.value, False) else FALSE
    if term.datatype not in _NUMERIC:
        return None
    value = number(term)
    # NaN is not equal to itself.
    return FALSE if value is None or value == 0 or value != value else TRUE


def less_than(left: Term, right: Term) -> Term | None:
    """`left < right`: false is less than true; anything else is compared as the engine does."""
    if not isinstance(left, ox.Literal) or not isinstance(right, ox.Literal):
        return FALSE if isinstance(left, ox.NamedNode) and left == right else None
    if left.datatype == XSD_BOOLEAN == right.datatype:
        small, large = _VALUES.get(left.value), _VALUES.get(right.value)
        return None if small is None or large is None else TRUE if small < large else FALSE
    return _as_engine(f"{left} < {right}")


def at_most(left: Term, right: Term) -> Term | None:
    """`left <= right`, likewise: false is at most true, and each at most itself."""
    if not isinstance(left, ox.Literal) or not isinstance(right, ox.Literal):
        return TRUE if isinstance(left, ox.NamedNode) and left == right else None
    if left.datatype == XSD_BOOLEAN == right.datatype:
        more = less_than(right, left)
        return None if more is None else FALSE if more == TRUE else TRUE
    return _as_engine(f"{left} <= {right}")


def _as_engine(expression: str) -> Term | None:
    solutions = _EMPTY.query(f"SELECT ({expression} AS ?value) {{}}")
    assert isinstance(solutions, ox.QuerySolutions)
    value: Term | None = next(solutions)[0]
    return value
