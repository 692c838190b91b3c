"""A literal in, whether its text is one of its datatype out (XSD 1.1 part 2; RDF 1.1 Concepts, section 5).

A lexical form is taken as it stands, without whitespace processing (RDF 1.1 Concepts, section 5.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import ParseError, fromstring

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import RDF, XSD

RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "nonPositiveInteger": (None, 0),
    "positiveInteger": (1, None),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
"""The least and greatest value of each datatype of whole numbers, by its name in XSD; None for no bound."""
_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE: Final = _START + "\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_NAME: Final = f"[{_START}][{_MORE}]*+"
_YEAR, _MONTH, _DAY = r"(-?(?:[1-9][0-9]{3,}|0[0-9]{3}))", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DATE: Final = re.compile(f"{_YEAR}-{_MONTH}-{_DAY}(?:T{_TIME})?{_ZONE}?")
_SECONDS: Final = r"[0-9]+(?:\.[0-9]+)?S"
_OF_TIME: Final = rf"T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:{_SECONDS})?"
# `[0-9]` and not `\d`, which has the digits of all scripts.
# There is none for anyURI, whose texts are all texts (XSD 1.1, section 3.3.17).
PATTERNS: Final = {
    name: re.compile(pattern, re.DOTALL)
    for name, pattern in {
        "boolean": "true|false|1|0",
        "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
        "float": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
        "double": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
        "time": f"{_TIME}{_ZONE}?",
        "gYear": f"{_YEAR}{_ZONE}?",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
        "gMonth": f"--{_MONTH}{_ZONE}?",
        "gMonthDay": f"--(?!02-3|0[469]-31|11-31){_MONTH}-{_DAY}{_ZONE}?",
        "gDay": f"---{_DAY}{_ZONE}?",
        "duration": rf"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:{_OF_TIME})?",
        "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
        "dayTimeDuration": rf"-?P(?=[0-9T])(?:[0-9]+D)?(?:{_OF_TIME})?",
        "hexBinary": "(?:[0-9a-fA-F]{2})*+",
        "base64Binary": (
            "(?:(?:[A-Za-z0-9+/] ?){4})*+"
            "(?:[A-Za-z0-9+/] ?[AQgw] ?= ?=|(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=)?"
            "(?<! )"
        ),
        "normalizedString": r"[^\t\n\r]*+",
        "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
        "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*+",
        "NMTOKEN": f"[:{_MORE}]++",
        "Name": f"[:{_START}][:{_MORE}]*+",
        "NCName": _NAME,
        "ID": _NAME,
        "IDREF": _NAME,
        "ENTITY": _NAME,
        "QName": f"{_NAME}(?::{_NAME})?",
    }.items()
}
"""The form of the texts of each other datatype, by its name in XSD. What it lets through may name no day."""
_INTEGER: Final = re.compile(r"([+-]?)0*+([0-9]*+)")
# No whole number of a bounded datatype has more digits.
_MOST_DIGITS: Final = 20
_WHOLE: Final = re.compile(r"([+-]?)0*+([0-9]*+)(?:\.0*+)?")
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# What engines hold exactly, far within the bounds of all of them.
_HELD: Final = {
    "decimal": re.compile(r"[+-]?[0-9]{0,17}(?:\.[0-9]{0,17})?"),
    "dateTime": re.compile(r"(?!0000)[0-9]{4}-.{5}T(?!24)[0-9:]{8}(?:\.[0-9]{1,6})?(?:Z|[+-].{5})?"),
    "date": re.compile(r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}(?:Z|[+-].{5})?"),
    "time": re.compile(r"(?!24)[0-9:]{8}(?:\.[0-9]{1,6})?(?:Z|[+-].{5})?"),
    "duration": re.compile(r"-?P(?:[0-9]{1,6}[YMD])*(?:T(?:[0-9]{1,6}[HMS])*)?"),
}
_HELD["dateTimeStamp"] = _HELD["dateTime"]
_HELD["yearMonthDuration"] = _HELD["dayTimeDuration"] = _HELD["duration"]


def ill_typed(literal: ox.Literal) -> bool:
    """Whether a literal has a datatype of XSD or RDF and a text that is none of it.

    Of an unknown datatype any text may be one. Cost: linear in the text.
    """
    if literal.language is not None:
        return False
    datatype = literal.datatype.value
    if datatype.startswith(XSD.iri):
        return _ill_typed_of_xsd(datatype.removeprefix(XSD.iri), literal.value)
    reader = _OF_RDF.get(datatype)
    return reader is not None and not reader(literal.value)


def sign(literal: ox.Literal) -> int | None:
    """Whether the whole number that a literal is, is negative (-1), zero (0) or positive (1); None where it
    is none. No float is one: its values are others than those of xsd:decimal (XSD 1.1 part 2, section 2.2).
    """
    name = literal.datatype.value.removeprefix(XSD.iri)
    found = _WHOLE.fullmatch(literal.value) if name in RANGES or name == "decimal" else None
    if found is None or ill_typed(literal):
        return None
    return 0 if not found[2] else -1 if found[1] == "-" else 1


def beyond_engines(literal: ox.Literal) -> bool:
    """Whether a well-typed number or time may be greater, or finer, than engines hold it."""
    held = _HELD.get(literal.datatype.value.removeprefix(XSD.iri))
    return held is not None and held.fullmatch(literal.value) is None


def _ill_typed_of_xsd(name: str, text: str) -> bool:
    if name in RANGES:
        return not _is_integer(name, text)
    pattern = PATTERNS.get(name)
    if pattern is None:
        return False
    if pattern.fullmatch(text) is None:
        return True
    return name in ("date", "dateTime", "dateTimeStamp") and not _is_day(text)


def _is_integer(name: str, text: str) -> bool:
    found = _INTEGER.fullmatch(text)
    if found is None or not text.lstrip("+-"):
        return False
    low, high = RANGES[name]
    sign, digits = found.groups()
    if len(digits) > _MOST_DIGITS:
        return (low if sign == "-" else high) is None
    number = int(f"{sign}{digits or 0}")
    return (low is None or low <= number) and (high is None or number <= high)


def _is_day(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    # Whether a year is a leap year its last four digits tell, as 400 divides 10,000.
    year, month, day = int(found[1][-4:]), int(found[2]), int(found[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _DAYS[month - 1] + (leap and month == 2)


def _is_xml(text: str) -> bool:
    try:
        fromstring(f"<x>{text}</x>")
    except (ParseError, ValueError):
        return False
    return True


def _is_json(text: str) -> bool:
    try:
        # Python makes no number of more than some thousand digits.
        json.loads(text, parse_int=str, parse_constant=_no_constant)
    except ValueError:
        return False
    except RecursionError:
        # JSON may be nested as deeply as one likes (RFC 8259, section 9), and nothing else is told.
        return True
    return True


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is none of JSON")


_OF_RDF: Final[dict[str, Callable[[str], bool]]] = {
    # A text of this datatype always has a language (RDF 1.1 Concepts, section 3.3).
    RDF["langString"].value: lambda text: False,
    RDF["XMLLiteral"].value: _is_xml,
    RDF["JSON"].value: _is_json,
}
