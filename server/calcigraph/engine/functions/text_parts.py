"""SUBSTR from and for any number (SPARQL 1.1, section 17.4.3.3; XPath Functions and Operators, section
5.4.3)."""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, Decimal

import pyoxigraph as ox

from calcigraph.engine.functions.arguments import is_string, like, number
from calcigraph.rdf.terms import Term


def substring(text: Term, start: Term, length: Term | None = None) -> Term | None:
    """The characters of `text` whose place, from 1, is at least `start`, rounded, and less than the sum of
    `start` and `length`, each rounded: none where one is not a number."""
    first = number(start)
    many: Decimal | float | None = math.inf if length is None else number(length)
    if not isinstance(text, ox.Literal) or not is_string(text) or first is None or many is None:
        return None
    begin, end = _rounded(first), _rounded(first) + _rounded(many)
    if begin != begin or end != end:
        return like(text, "")
    size = len(text.value)
    # Places are compared as numbers; those outside of the text may be infinite.
    low = max(begin, 1.0)
    high = min(end, size + 1.0)
    return like(text, text.value[int(low) - 1 : int(high) - 1] if low < high else "")


def _rounded(value: Decimal | float) -> float:
    """The nearest whole number; of two, the larger one (fn:round)."""
    if isinstance(value, Decimal):
        return float((value + Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR))
    return float(math.floor(value + 0.5)) if math.isfinite(value) else value
