"""What a cast makes of a text, and xsd:string of a number (SPARQL 1.1, section 17.5; XPath Functions and
Operators, section 19)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.functions.arguments import XSD_DOUBLE, XSD_FLOAT, collapsed, double, simple
from calcigraph.rdf.terms import Term

# From here on a number is written with an exponent (section 19.1.2.2).
_LARGE: Final = 1_000_000
_SMALL: Final = Decimal("0.000001")


def trimmed(term: Term) -> Term:
    """A text without the white space around it; any other term as it is. It stands in a cast to any type but
    xsd:string, where white space counts."""
    text = simple(term)
    return term if text is None else ox.Literal(collapsed(text))


def trimmed_number(term: Term) -> Term | None:
    """The same in a cast to xsd:double or xsd:float; None where the text is no number as XML Schema writes
    it: the engine takes `infinity` and the like as well."""
    text = simple(term)
    if text is None:
        return term
    return None if double(collapsed(text)) is None else ox.Literal(collapsed(text))


def string(term: Term) -> Term | None:
    """xsd:string of an IRI or a literal; of an xsd:double or xsd:float the form `1.0E6`, where it is large or
    small."""
    if isinstance(term, ox.NamedNode):
        return ox.Literal(term.value)
    if not isinstance(term, ox.Literal):
        return None
    if term.datatype in (XSD_DOUBLE, XSD_FLOAT):
        return ox.Literal(canonical(term.value))
    return ox.Literal(term.value)


def canonical(text: str) -> str:
    """The text of a number of type xsd:double or xsd:float, as a cast to xsd:string writes it; any other text
    as it is."""
    value = double(text)
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return text.removeprefix("+") if value is not None else text
    exact = Decimal(text)
    if exact == 0:
        return "-0" if exact.is_signed() else "0"
    sign, digits, exponent = exact.normalize().as_tuple()
    assert isinstance(exponent, int)
    if _SMALL <= abs(exact) < _LARGE:
        return format(exact.normalize(), "f")
    figures = "".join(map(str, digits))
    power = exponent + len(figures) - 1
    return f"{'-' * sign}{figures[0]}.{figures[1:] or '0'}E{power}"
