"""Literals in, values of the OWL 2 RL datatype map out (OWL 2 Profiles section 4.2, XSD 1.1 part 2).

A lexical form is taken as it stands, without whitespace processing (RDF 1.1 Concepts, section 5.4).
No literal is ever rewritten: a value serves to compare, and to say which datatypes hold it.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from math import copysign, isinf
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import ParseError, canonicalize

import pyoxigraph as ox

from calcigraph.rdf.lexical_spaces import PATTERNS, RANGES
from calcigraph.reasoning.terms.numbering import TermNumbers
from calcigraph.reasoning.terms.vocabulary import DATATYPES, expand


class Value(NamedTuple):
    """A point of a value space; two literals have the same value when these are equal."""

    space: str
    point: object


_STRINGS: Final[dict[str, re.Pattern[str]]] = {
    "string": re.compile(r"[^\x00]*", re.DOTALL),
    **{
        name: PATTERNS[name]
        for name in ("normalizedString", "token", "language", "NMTOKEN", "Name", "NCName")
    },
}

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")

_DATE_TIME: Final = re.compile(
    r"(-?(?:[1-9][0-9]{3,}|0[0-9]{3}))-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T"
    r"(?:([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)|(24):(00):(00(?:\.0+)?))"
    r"(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)

# XSD 1.1 takes any text as an anyURI (section 3.3.17); the test cases of OWL 2 RL have ":abc" as none.
_IRI: Final = re.compile(r'(?:[A-Za-z][A-Za-z0-9+.\-]*+:|(?![^/?#:]*+:))[^\s<>"{}|\\^`\x00-\x20]*+')

_MONTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _float(text: str, single: bool) -> Value | None:
    if text in ("NaN", "INF", "+INF", "-INF"):
        return Value("float" if single else "double", text.removeprefix("+"))
    number = float(text)
    if single:
        try:
            number = struct.unpack("f", struct.pack("f", number))[0]
        except OverflowError:
            return None
    # What the width cannot hold is not in the value space: neither beyond its largest number
    # nor nearer to zero than its smallest.
    if isinf(number) or (number == 0 and Decimal(text) != 0):
        return None
    return Value("float" if single else "double", (number, copysign(1.0, number)))


def _date_time(text: str, stamp: bool) -> Value | None:
    found = _DATE_TIME.fullmatch(text)
    if not found:
        return None
    groups = found.groups()
    year, month, day = int(groups[0]), int(groups[1]), int(groups[2])
    hour, minute, second = groups[3:6] if groups[3] else groups[6:9]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    zone = groups[9]
    if day > _MONTHS[month - 1] + (leap and month == 2) or (stamp and zone is None):
        return None
    if hour == "24":
        length = _MONTHS[month - 1] + (leap and month == 2)
        hour, day = "00", day + 1
        if day > length:
            month, day = (month + 1, 1)
        if month > 12:
            year, month = year + 1, 1
    offset = None if zone is None else 0 if zone == "Z" else _minutes(zone)
    return Value("dateTime", (year, month, day, int(hour), int(minute), Decimal(second).normalize(), offset))


def _instant(point: tuple[Any, ...]) -> tuple[int, Decimal]:
    """The minute (days by the proleptic Gregorian calendar, zone taken off) and second of a time."""
    year, month, day, hour, minute, second, offset = point
    year, month = (year, month) if month > 2 else (year - 1, month + 12)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
    return days * 1440 + hour * 60 + minute - (offset or 0), second


def _minutes(zone: str) -> int:
    return (60 * int(zone[1:3]) + int(zone[4:6])) * (-1 if zone[0] == "-" else 1)


def _base64(text: str) -> Value | None:
    try:
        return Value("base64Binary", b64decode(text.replace(" ", "").encode("ascii"), validate=True))
    except (Base64Error, UnicodeEncodeError):
        return None


def _xml(text: str) -> Value | None:
    try:
        return Value("XMLLiteral", canonicalize(f"<x>{text}</x>"))
    except ParseError:
        return None


def _plain(text: str) -> Value | None:
    body, mark, tag = text.rpartition("@")
    if not mark or (tag and not PATTERNS["language"].fullmatch(tag)):
        return None
    return Value("lang", (body, tag.lower())) if tag else Value("string", body)


def _integer(text: str, name: str) -> Value | None:
    if not _INTEGER.fullmatch(text) or len(text) > 4000:
        return None
    return Value("decimal", Decimal(text)) if _within(Decimal(text), name) else None


def _within(number: Decimal, name: str) -> bool:
    low, high = RANGES[name]
    return (
        number == number.to_integral_value()
        and (low is None or low <= number)
        and (high is None or number <= high)
    )


def _readers() -> dict[str, Callable[[str], Value | None]]:
    readers: dict[str, Callable[[str], Value | None]] = {
        "xsd:decimal": lambda t: Value("decimal", Decimal(t)) if PATTERNS["decimal"].fullmatch(t) else None,
        "xsd:boolean": lambda t: (
            Value("boolean", t in ("true", "1")) if t in ("true", "false", "0", "1") else None
        ),
        "xsd:float": lambda t: _float(t, single=True) if PATTERNS["float"].fullmatch(t) else None,
        "xsd:double": lambda t: _float(t, single=False) if PATTERNS["double"].fullmatch(t) else None,
        "xsd:hexBinary": lambda t: (
            Value("hexBinary", bytes.fromhex(t)) if PATTERNS["hexBinary"].fullmatch(t) else None
        ),
        "xsd:base64Binary": _base64,
        "xsd:anyURI": lambda t: Value("anyURI", t) if _IRI.fullmatch(t) else None,
        "xsd:dateTime": lambda t: _date_time(t, stamp=False),
        "xsd:dateTimeStamp": lambda t: _date_time(t, stamp=True),
        "rdf:XMLLiteral": _xml,
        "rdf:PlainLiteral": _plain,
    }
    for name in RANGES:
        readers[f"xsd:{name}"] = lambda t, name=name: _integer(t, name)  # type: ignore[misc]
    for name, pattern in _STRINGS.items():
        readers[f"xsd:{name}"] = lambda t, p=pattern: Value("string", t) if p.fullmatch(t) else None  # type: ignore[misc]
    return {expand(curie): reader for curie, reader in readers.items()}


_READERS: Final = _readers()

SUPPORTED: Final = {expand(curie): curie for curie in DATATYPES}
"""IRI to CURIE of each datatype that the rules know."""


def supported(literal: ox.Literal) -> bool:
    """Whether the datatype of a literal is one of OWL 2 RL's (language-tagged strings are)."""
    return literal.language is not None or literal.datatype.value in _READERS


@lru_cache(maxsize=100_000)
def value(literal: ox.Literal) -> Value | None:
    """The value of a literal, or None when it is ill-typed or of an unknown datatype."""
    if literal.language is not None:
        return Value("lang", (literal.value, literal.language.lower()))
    reader = _READERS.get(literal.datatype.value)
    return reader(literal.value) if reader else None


def holds(datatype: str, point: Value) -> bool:
    """Whether the value space of a datatype (by IRI) contains a value."""
    prefix, _, name = SUPPORTED[datatype].partition(":")
    if prefix == "rdfs":
        return True
    if name in RANGES:
        return point.space == "decimal" and isinstance(point.point, Decimal) and _within(point.point, name)
    if name in _STRINGS:
        return point.space == "string" and bool(_STRINGS[name].fullmatch(str(point.point)))
    if name == "PlainLiteral":
        return point.space in ("string", "lang")
    if name == "dateTimeStamp":
        return point.space == "dateTime" and isinstance(point.point, tuple) and point.point[-1] is not None
    return point.space == name


def different(one: Value, other: Value) -> bool:
    """Whether two values are certainly different (dt-diff).

    Two times that only their zone tells apart may be one instant, and the zeros of a float are
    equal though not identical (OWL 2 Syntax, section 4): neither is called different.
    """
    if one == other:
        return False
    if (
        one.space == other.space == "dateTime"
        and isinstance(one.point, tuple)
        and isinstance(other.point, tuple)
    ):
        if (one.point[-1] is None) != (other.point[-1] is None):
            return False
        return _instant(one.point) != _instant(other.point)
    if one.space == other.space in ("float", "double") and isinstance(one.point, tuple):
        return not (isinstance(other.point, tuple) and one.point[0] == other.point[0])
    return True


def integer_value(members: Iterable[int], terms: TermNumbers) -> int | None:
    """The integer that one of some equal terms is a literal of, if any."""
    for index in members:
        term = terms.terms[index]
        if type(term) is ox.Literal:
            found = value(term)
            if found and holds(expand("xsd:integer"), found) and isinstance(found.point, Decimal):
                return int(found.point)
    return None
