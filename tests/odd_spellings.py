"""A root whose literals are written in all odd ways; and what a literal is worth, by the text of XML Schema.

`worth` knows nothing of the program and of its engine: it follows XML Schema 1.1 part 2, with the standard
library's numbers and dates.
"""

from __future__ import annotations

import math
import re
import shutil
import struct
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyoxigraph as ox

TOY = Path(__file__).parent / "toy"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PLANT = "https://example.org/plant/ontology/"
ID = "https://example.org/plant/id/"
INTEGERS = (
    *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
# For each datatype of XML Schema 1.1, and some others, ways to write its values, and texts that are none.
FORMS: Mapping[str, tuple[str, ...]] = {
    XSD + name: tuple(texts.split())
    for name, texts in {
        "integer": (
            "5 05 +5 -0 00 007 9223372036854775807 9223372036854775808 09223372036854775808 "
            "-9223372036854775809 123456789012345678901234567890 1.0 five"
        ),
        "nonNegativeInteger": "5 05 +5 0 18446744073709551616",
        "positiveInteger": "5 +5 00005",
        "nonPositiveInteger": "-5 -05 0 -0",
        "negativeInteger": "-5 -05",
        "long": "5 05 -9223372036854775808 9223372036854775808",
        "int": "5 -2147483648 2147483648",
        "short": "5 +05 40000",
        "byte": "5 05 -128 300",
        "unsignedLong": "5 18446744073709551615",
        "unsignedInt": "5 4294967296",
        "unsignedShort": "5 70000",
        "unsignedByte": "5 255 256",
        "decimal": (
            "0.70 .7 0.7 +0.7 0.700000 1.0 1 1. 00.5 -0.0 -0 0.0 0 5 5.0 -1.50 5e3 "
            "123456789012345678.123456789012345678 170141183460469231731.687303715884105727 "
            "170141183460469231731.687303715884105728 0.0000000000000000001 0.0000000000000000010 "
            "1000000000000000000000000000 1000000000000000000000000000.0"
        ),
        "double": (
            "1e0 1.0E0 1 1. 01 +1 INF -INF +INF NaN nan -0.0 0 0.0 -0 0.1 1e-1 1e400 -1e400 1e-400 "
            "0.10000000000000000555 16777217 1.7976931348623157e308 5e-324 1e21 1E+21"
        ),
        "float": "1e0 1.0E0 1 INF -INF NaN -0.0 0 0.1 0.10000000149 16777217 16777216 1e40 1e-50 3.4e38",
        "boolean": "true 1 false 0 TRUE yes",
        "dateTime": (
            "2020-01-01T00:00:00Z 2020-01-01T00:00:00+00:00 2020-01-01T00:00:00-00:00 "
            "2020-01-01T01:00:00+01:00 2020-01-01T00:00:00 2020-01-01T00:00:00.500Z 2020-01-01T00:00:00.5Z "
            "2020-01-01T00:00:00.0 2020-01-01T24:00:00 2020-12-31T24:00:00Z 2020-02-30T00:00:00 "
            "2020-01-01T00:00:00.1234567890123456789Z -0044-03-15T00:00:00 0000-01-01T00:00:00 "
            "12020-01-01T00:00:00 2020-01-01T00:00:00+14:00 2020-01-01 "
            "99999999999999999999-01-01T00:00:00Z"
        ),
        "dateTimeStamp": "2020-01-01T00:00:00.00Z 2020-01-01T00:00:00+00:00 2020-01-01T00:00:00-05:30",
        "date": "2020-01-01 2020-01-01Z 2020-01-01+00:00 2020-01-01-05:00 -0044-03-15 2020-02-30",
        "time": (
            "12:00:00 12:00:00.000 12:00:00Z 12:00:00+00:00 12:00:00-05:00 24:00:00 00:00:00 25:00:00 "
            "12:00:00.1234567890123456789012"
        ),
        "gYear": "2020 2020Z 2020+00:00 2020-00:00 -0044 02020 12020 2020+05:00",
        "gYearMonth": "2020-01 2020-01Z 2020-01+00:00 2020-13",
        "gMonth": "--01 --01Z --01+00:00",
        "gMonthDay": "--01-01 --01-01Z --01-01-00:00 --02-30",
        "gDay": "---01 ---01Z ---01+00:00",
        "duration": (
            "P1Y P12M PT60S PT1M P1DT24H P2D P0D PT0S -P1D P1Y0M PT1.50S PT1.5S P1M30D PT36H P7D P1W P "
            "PT0.0S -PT0S P1Y2M3DT4H5M6.70S"
        ),
        "dayTimeDuration": "PT24H P1D PT0S P0D PT1.0S P1Y",
        "yearMonthDuration": "P12M P1Y P0M P0Y P1D",
        "hexBinary": "0a 0A 0",
        "base64Binary": "AAAA AA== A_A_",
        "anyURI": "http://a.example/%7e http://a.example/~",
        **dict.fromkeys(("normalizedString", "token", "Name", "NCName", "NMTOKEN", "NMTOKENS"), "a A"),
        **dict.fromkeys(("ENTITY", "ENTITIES", "ID", "IDREF", "IDREFS", "NOTATION"), "a"),
        **dict.fromkeys(("anySimpleType", "anyAtomicType", "anyType", "untypedAtomic"), "5 05"),
        "language": "EN en",
        "QName": "a:b",
        "precisionDecimal": "1.0 1.00",
    }.items()
} | {
    XSD + "string": ("", "5", "05", " 5 ", "two\nlines \\ \"quoted\" \t\r é 𝄞", "x" * 12_000),
    XSD + "normalizedString": ("a", " a "),
    RDF + "JSON": ('{"a": 1.0}', '{"a":1}'),
    RDF + "HTML": ("<B>x</B>", "<b>x</b>"),
    RDF + "XMLLiteral": ("<b/>", "<b></b>"),
    "http://www.w3.org/2002/07/owl#rational": ("1/2", "2/4"),
    "http://www.w3.org/2002/07/owl#real": ("1.0", "1"),
    "http://www.opengis.net/ont/geosparql#wktLiteral": ("POINT(1.0 2.0)", "POINT(1 2)"),
    "https://example.org/plant/ontology/ownDatatype": ("01", "1"),
}  # fmt: skip
SPACED = {XSD + "integer": (" 5 ", "5\n"), XSD + "decimal": (" 0.70",), XSD + "boolean": (" true",)}
TAGGED = tuple(ox.Literal("colour", language=tag) for tag in ("en", "EN-GB", "en-gb", "zh-Hant-TW"))
DIRECTED = tuple(
    ox.Literal("x", language="ar", direction=direction)
    for direction in (ox.BaseDirection.LTR, ox.BaseDirection.RTL)
)


def literals() -> list[ox.Literal]:
    """Every odd literal, each once."""
    typed = [
        ox.Literal(text, datatype=ox.NamedNode(datatype))
        for forms in (FORMS, SPACED)
        for datatype, texts in forms.items()
        for text in texts
    ]
    return list(dict.fromkeys([*typed, *TAGGED, *DIRECTED]))


RULES = """\
#+ stage: before
#+ rule: What is measured of a part is built for the whole.
PREFIX plant: <https://example.org/plant/ontology/>

CONSTRUCT { ?whole plant:built ?value }
WHERE { ?part plant:partOf ?whole ; plant:measured ?value }
"""
SCHEMA = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

plant:odd a owl:DatatypeProperty ; rdfs:subPropertyOf plant:measured .
plant:measured a owl:DatatypeProperty .
plant:built a owl:DatatypeProperty .
plant:partOf a owl:ObjectProperty .

# Asserted in one spelling, inferred in another: by the property above, and under another name.
id:below plant:odd 05 ; plant:measured 5 , "5"^^xsd:byte .
id:twin owl:sameAs id:other-twin ; plant:odd 1.50 .
id:other-twin plant:odd 1.5 , "1.500"^^xsd:decimal .
# No spelling is the engine's own, and the one that is asserted comes last in order of text.
id:no-own plant:odd +08 ; plant:measured "8"^^xsd:nonNegativeInteger .
# Built by a rule in one spelling, asserted and inferred in others.
id:part plant:partOf id:whole ; plant:odd 09 .
id:whole plant:built "9"^^xsd:short .
id:quoted plant:odd [ plant:odd 2.50 , "02.5"^^xsd:decimal ] .
"""
AGAIN = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

# What another graph says, in other spellings and in the same.
id:below plant:odd +5 , 05 .
id:twin plant:odd "01.5"^^xsd:decimal .
id:all plant:odd 0005 , "0.7000"^^xsd:decimal , "00.70"^^xsd:decimal .
"""


def make_root(folder: Path) -> Path:
    """The toy root with every odd literal on a subject of its own, and all of them on one."""
    root = folder / "root"
    shutil.copytree(TOY, root)
    odd, shared = ox.NamedNode(PLANT + "odd"), ox.NamedNode(ID + "all")
    said = [ox.Triple(ox.NamedNode(f"{ID}odd-{n}"), odd, literal) for n, literal in enumerate(literals())]
    said += [ox.Triple(shared, odd, literal) for literal in literals()]
    text = ox.serialize(said, format=ox.RdfFormat.TURTLE)
    assert text is not None
    (root / "data" / "odd.ttl").write_bytes(text)
    (root / "data" / "odd-again.ttl").write_text(AGAIN, encoding="utf-8")
    (root / "data" / "odd-schema.ttl").write_text(SCHEMA, encoding="utf-8")
    (root / "ontology" / "rules" / "built.rq").write_text(RULES, encoding="utf-8")
    return root


def worth(literal: ox.Literal) -> Hashable:
    """Two literals have the same worth if XML Schema gives them one value, time zones being kept apart.

    Texts that are none of the datatype are worth themselves. The bounds of bounded integers are not looked
    at: the engine answers "300"^^xsd:byte as the number, and a query could not tell.
    """
    name = literal.datatype.value.removeprefix(XSD)
    read = _READERS.get(name) if name != literal.datatype.value else None
    found = read(literal.value) if read else None
    if found is None:
        return (literal.datatype.value, literal.value, literal.language, str(literal.direction))
    return (_PRIMITIVES.get(name, name), found)


_PRIMITIVES = {**dict.fromkeys((*INTEGERS, "decimal"), "number"), "dateTimeStamp": "dateTime"}
_ZONE = r"(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"(-?(?:[1-9]\d{3,}|0\d{3}))"
_TIME = r"(\d\d):([0-5]\d):([0-5]\d(?:\.\d+)?)"


def _integer(text: str) -> Hashable:
    return Fraction(text) if re.fullmatch(r"[+-]?\d+", text) else None


def _decimal(text: str) -> Hashable:
    return Fraction(Decimal(text)) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text) else None


def _floating(narrow: Callable[[float], float]) -> Callable[[str], Hashable]:
    def read(text: str) -> Hashable:
        # The engine reads "nan" and "inf" in small letters too, which XML Schema does not.
        if re.fullmatch(r"[+-]?inf|nan|[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", text, re.IGNORECASE):
            return narrow(float(text)).hex()  # keeps -0.0 apart from 0.0
        return None

    return read


def _single(number: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def _zone(text: str | None) -> int | None:
    """Minutes from UTC; None without a zone."""
    if not text:
        return None
    return 0 if text == "Z" else int(text[0] + "1") * (int(text[1:3]) * 60 + int(text[4:]))


def _moment(text: str) -> Hashable:
    match = re.fullmatch(f"{_YEAR}-(\\d\\d)-(\\d\\d)T{_TIME}{_ZONE}", text)
    if not match or len(match[1]) > 4 or match[1] == "0000":
        return None  # beyond Python's years: compared as text
    seconds = _seconds(*match.groups()[3:6])
    try:
        day = datetime(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    if seconds is None:
        return None
    days, rest = divmod(seconds, 86_400)
    return (day + timedelta(days=int(days)), rest, _zone(match[7]))


def _seconds(hours: str, minutes: str, seconds: str) -> Fraction | None:
    total = 3600 * int(hours) + 60 * int(minutes) + Fraction(seconds)
    return total if int(hours) < 24 or total == 86_400 else None


def _time(text: str) -> Hashable:
    match = re.fullmatch(f"{_TIME}{_ZONE}", text)
    seconds = _seconds(*match.groups()[:3]) if match else None
    return (seconds % 86_400, _zone(match[4])) if match and seconds is not None else None


def _zoned(body: str) -> Callable[[str], Hashable]:
    def read(text: str) -> Hashable:
        match = re.fullmatch(f"({body}){_ZONE}", text)
        return (match[1], _zone(match.groups()[-1])) if match else None

    return read


def _duration(text: str) -> Hashable:
    match = re.fullmatch(
        r"(-?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?",
        text,
    )
    if not match:
        return None
    years, months, days, hours, minutes, seconds = (Fraction(part or "0") for part in match.groups()[1:])
    sign = -1 if match[1] else 1
    return (sign * (12 * years + months), sign * (((24 * days + hours) * 60 + minutes) * 60 + seconds))


_READERS: Mapping[str, Callable[[str], Hashable]] = {
    **dict.fromkeys(INTEGERS, _integer),
    "decimal": _decimal,
    "double": _floating(float),
    "float": _floating(_single),
    "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}.get(text),
    "dateTime": _moment,
    "dateTimeStamp": _moment,
    "time": _time,
    "date": _zoned(r"-?\d{4,}-\d\d-\d\d"),
    "gYear": _zoned(r"-?\d{4,}"),
    "gYearMonth": _zoned(r"-?\d{4,}-\d\d"),
    "gMonth": _zoned(r"--\d\d"),
    "gMonthDay": _zoned(r"--\d\d-\d\d"),
    "gDay": _zoned(r"---\d\d"),
    **dict.fromkeys(("duration", "dayTimeDuration", "yearMonthDuration"), _duration),
}
