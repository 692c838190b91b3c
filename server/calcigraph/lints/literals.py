"""Statements in; literals out that are not what they say: of no form of their datatype, in no language, no
number of members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import Statements
from calcigraph.rdf.lexical_spaces import ill_typed as is_ill_typed
from calcigraph.rdf.lexical_spaces import sign
from calcigraph.rdf.vocabulary import OWL, XSD

ILL_TYPED = Rule(
    "literal-ill-typed",
    Severity.VIOLATION,
    "{value} is no {datatype}: its text has no such form.",
    "Write a text that the datatype has (XSD 1.1 part 2), or the datatype that is meant.",
)
NO_URI = Rule(
    "literal-no-uri",
    Severity.WARNING,
    "{value} is no URI.",
    "Write the address without blanks, or as a text without xsd:anyURI.",
)
UNKNOWN_LANGUAGE = Rule(
    "language-unknown",
    Severity.WARNING,
    "The tag {tag} {fault}.",
    "Write a tag of ISO 639, as in @en or @pt-BR{hint}.",
)
CARDINALITY = Rule(
    "cardinality-no-number",
    Severity.VIOLATION,
    "{predicate} has to be a whole number that is not negative, and is {value}.",
    'Write "1"^^xsd:nonNegativeInteger, for instance.',
)
CARDINALITY_TYPE = Rule(
    "cardinality-other-type",
    Severity.INFO,
    "{predicate} is written as {value}, where OWL 2 has xsd:nonNegativeInteger.",
    'Write "1"^^xsd:nonNegativeInteger, for instance.',
)
_NO_URI = re.compile(r'[\s<>"{}|\\^`]')
_CARDINALITIES = tuple(
    OWL[name]
    for name in (
        *("minCardinality", "maxCardinality", "cardinality"),
        *("minQualifiedCardinality", "maxQualifiedCardinality", "qualifiedCardinality"),
    )
)
# What was a tag once, and the one that has replaced it (IANA Language Subtag Registry).
_REPLACED = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
# What is written for a language by mistake: a country, mostly.
_MEANT = {
    "jp": "ja",
    "gr": "el",
    "cz": "cs",
    "dk": "da",
    "ua": "uk",
    "cn": "zh",
    "us": "en-US",
    "gb": "en-GB",
}


def ill_typed(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Literals whose text is none of their datatype (RDF 1.1 Concepts, section 5): by RDF 1.1 Semantics,
    section 7.1, a graph with one of a datatype that is recognized is inconsistent."""
    for triple in statements.triples:
        value = triple.object
        if isinstance(value, ox.Literal) and value.datatype != XSD["anyURI"] and is_ill_typed(value):
            yield _hit(triple, datatype=value.datatype)


def no_uris(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Literals of xsd:anyURI that are none. XSD 1.1 takes any text there (section 3.3.17), so this is no
    contradiction."""
    for triple in statements.triples:
        value = triple.object
        if isinstance(value, ox.Literal) and value.datatype == XSD["anyURI"] and _NO_URI.search(value.value):
            yield _hit(triple)


def unknown_languages(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Literals whose language tag begins with no code of ISO 639-1, of those with two letters (RFC 5646,
    section 2.2.1), or with one that was replaced."""
    for triple in statements.triples:
        tag = triple.object.language if isinstance(triple.object, ox.Literal) else None
        primary = (tag or "").partition("-")[0].lower()
        if tag and ((len(primary) == 2 and primary not in _languages()) or len(primary) > 3):
            meant = _MEANT.get(primary)
            hint = f"; perhaps @{meant}" if meant else ""
            fault = "is that of no language"
            if primary in _REPLACED:
                fault = "is deprecated (RFC 5646, section 3.1.6)"
                hint = f": @{_REPLACED[primary]}{tag[2:]} stands in its place"
            yield _hit(triple, tag=f"@{tag}", hint=hint, fault=fault)


def cardinalities(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Cardinalities that are no whole number, or a negative one."""
    for triple in statements.with_predicate(*_CARDINALITIES):
        if not _is_count(triple.object):
            yield _hit(triple)


def cardinality_types(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Cardinalities with another datatype than that of OWL 2 (Mapping to RDF Graphs, table 1)."""
    for triple in statements.with_predicate(*_CARDINALITIES):
        value = triple.object
        if _is_count(value) and isinstance(value, ox.Literal) and value.datatype != XSD["nonNegativeInteger"]:
            yield _hit(triple)


def _is_count(value: object) -> bool:
    number = sign(value) if isinstance(value, ox.Literal) else None
    return number is not None and number >= 0


def _hit(triple: ox.Triple, **named: ox.NamedNode | str) -> Hit:
    return Hit(triple.subject, triple.predicate, triple.object, named)


@cache
def _languages() -> frozenset[str]:
    return frozenset(files("calcigraph.lints").joinpath("languages.txt").read_text(encoding="utf-8").split())
