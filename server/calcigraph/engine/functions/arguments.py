"""What the functions ask of their arguments: which kind of literal it is, and its value."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final, TypeGuard

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import XSD

XSD_STRING: Final = XSD["string"]
XSD_BOOLEAN: Final = XSD["boolean"]
XSD_INTEGER: Final = XSD["integer"]
XSD_DECIMAL: Final = XSD["decimal"]
XSD_DOUBLE: Final = XSD["double"]
XSD_FLOAT: Final = XSD["float"]
# The types derived from xsd:integer (XML Schema Part 2, section 3.4).
_NAMES_OF_INTEGERS: Final = """
    integer nonPositiveInteger negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt
    unsignedShort unsignedByte positiveInteger"""
INTEGERS: Final = frozenset(XSD[name] for name in _NAMES_OF_INTEGERS.split())
_SPACES: Final = "\t\n\r "


def is_string(term: Term | None) -> TypeGuard[ox.Literal]:
    """Whether it is a string literal: xsd:string, or a text with a language (section 17.1)."""
    return isinstance(term, ox.Literal) and (bool(term.language) or term.datatype == XSD_STRING)


def simple(term: Term | None) -> str | None:
    """The text of a string without a language; None for any other term."""
    if isinstance(term, ox.Literal) and not term.language and term.datatype == XSD_STRING:
        return term.value
    return None


def like(text: ox.Literal, value: str) -> ox.Literal:
    """A string of the same kind as `text`: with its language and direction, if any."""
    if text.language:
        return ox.Literal(value, language=text.language, direction=text.direction)
    return ox.Literal(value)


def collapsed(text: str) -> str:
    """`text` without the white space around it, as a cast from a string reads it (XPath Functions and
    Operators, section 19.2). No-break and other spaces are no white space there."""
    return text.strip(_SPACES)


def number(term: Term | None) -> Decimal | float | None:
    """The value of a numeric literal: exact for integers and decimals, of any size; None for any other
    term."""
    if not isinstance(term, ox.Literal):
        return None
    if term.datatype in (XSD_DOUBLE, XSD_FLOAT):
        return double(term.value)
    if term.datatype == XSD_DECIMAL or term.datatype in INTEGERS:
        return decimal(term.value, whole=term.datatype != XSD_DECIMAL)
    return None


def decimal(text: str, whole: bool = False) -> Decimal | None:
    """The value of the lexical form of an xsd:decimal, or of an xsd:integer; None for any other text."""
    body = text[1:] if text[:1] in ("+", "-") else text
    before, point, after = body.partition(".")
    digits = before + after
    if not digits or not (digits.isascii() and digits.isdigit()) or (whole and point):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def double(text: str) -> float | None:
    """The value of the lexical form of an xsd:double; None for any other text."""
    if text in ("INF", "+INF", "-INF", "NaN"):
        return float(text.replace("INF", "inf"))
    mantissa, exponent_mark, exponent = text.replace("e", "E").partition("E")
    if decimal(mantissa) is None or (exponent_mark and decimal(exponent, whole=True) is None):
        return None
    return float(text)
