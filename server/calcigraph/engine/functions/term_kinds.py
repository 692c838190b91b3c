"""Where a term stands in an order of terms of many kinds (SPARQL 1.1, section 15.1).

The engine compares two values of one kind as values, and two of different kinds as texts. So 9 stands before
10, 10 before "5" and "5" before 9: no order at all, at which its sorting breaks off and ends the process.
Dates with a time zone and without one are of two kinds in this; here those without are taken to be in UTC.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.functions.arguments import number
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import XSD

_NUMERIC: Final = ox.Literal(0)
_TEXT: Final = ox.Literal(1)
# The datatypes whose values the engine compares, in groups.
_GROUPS: Final = {
    XSD[name]: group
    for group, names in (
        ("dateTime", "dateTime dateTimeStamp"),
        ("date", "date"),
        ("time", "time"),
        *((name, name) for name in ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")),
        ("duration", "duration dayTimeDuration yearMonthDuration"),
    )
    for name in names.split()
}
_MOMENT: Final = re.compile(
    r"(?:(-?[0-9]{4,9})-([0-9]{2})-([0-9]{2}))?(?:T?([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?)?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))?"
)
_DURATION: Final = re.compile(
    r"(-)?P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]*)?)S)?)?"
)
_LEAST_INTEGER: Final = -(2**63)
_PLACES: Final = 18
# 400 years have always as many days.
_CYCLE_YEARS: Final = 400
_CYCLE_DAYS: Final = 146_097
_MONTH: Final = Decimal(_CYCLE_DAYS * 86_400) / (_CYCLE_YEARS * 12)
# So that no number of seconds is negative, and all have as many digits.
_LARGEST: Final = 10**17


def kind(term: Term) -> Term | None:
    """What goes in front of a literal where terms are sorted: one number for all numeric ones, another one
    for all that are compared as texts, and for dates and times a text that is in their order. None for
    what is no literal, which comes first."""
    if not isinstance(term, ox.Literal):
        return None
    group = _GROUPS.get(term.datatype)
    if group is None:
        return _NUMERIC if _is_calculated_with(number(term)) else _TEXT
    if group == "duration":
        return ox.Literal(f"{group} {_length(term.value)}")
    return ox.Literal(f"{group} {_moment(term.value)}" if group in ("dateTime", "date", "time") else group)


def _is_calculated_with(value: Decimal | float | None) -> bool:
    """Whether the engine has it as a number: integers of 64 bits, decimals of 128 with 18 places."""
    if not isinstance(value, Decimal):
        return value is not None
    if value == value.to_integral_value():
        return _LEAST_INTEGER <= value <= -_LEAST_INTEGER - 1
    exponent = value.normalize().as_tuple().exponent
    return abs(value) < -_LEAST_INTEGER and isinstance(exponent, int) and exponent >= -_PLACES


def _length(text: str) -> str:
    """The seconds of a duration, of which a month has as many as it has in four hundred years: in the
    order of any two durations that have one."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return ""
    sign, *parts = found.groups()
    years, months, days, hours, minutes, seconds = (Decimal(part or 0) for part in parts)
    passed = ((days * 24 + hours) * 60 + minutes) * 60 + seconds + (years * 12 + months) * _MONTH
    return f"{(-passed if sign else passed) + _LARGEST:028.9f}"


def _moment(text: str) -> str:
    """The seconds from an arbitrary moment on, with as many digits for each; nothing of what is no moment."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return ""
    year, month, day, hours, minutes, seconds, fraction, sign, zone_hours, zone_minutes = found.groups()
    zone = (int(zone_hours or 0) * 60 + int(zone_minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        days = _days(int(year), int(month), int(day)) if year else 0
    except ValueError:
        return ""
    passed = ((days * 24 + int(hours or 0)) * 60 + int(minutes or 0) - zone) * 60 + int(seconds or 0)
    return f"{passed + _LARGEST:018d}{(fraction or '').rstrip('0').rstrip('.')}"


def _days(year: int, month: int, day: int) -> int:
    cycles, within = divmod(year, _CYCLE_YEARS)
    return date(within + _CYCLE_YEARS, month, day).toordinal() + cycles * _CYCLE_DAYS
