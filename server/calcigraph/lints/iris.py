"""Statements in, IRIs out that lead nowhere for anybody else: of files, without a host, or abbreviations that
were taken for IRIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import Statements

OF_FILE: Final = Rule(
    "iri-of-file",
    Severity.WARNING,
    "{term} names a file of one machine.",
    "Write an IRI that means the same everywhere, or a prefix with one.",
)
WITHOUT_HOST: Final = Rule(
    "iri-without-host",
    Severity.VIOLATION,
    "{term} has no host.",
    "Write http:// or https://, and the host.",
)
ABBREVIATED: Final = Rule(
    "iri-abbreviated",
    Severity.VIOLATION,
    "{term} is an abbreviation where an IRI has to stand, so it stands for itself.",
    "Write the IRI that is meant, or {meant} where the format has abbreviations: in Turtle without < and >.",
)
WITH_BLANK: Final = Rule(
    "iri-with-blank",
    Severity.WARNING,
    "{term} has a blank in it (%20).",
    "Write the name with a hyphen, or without a blank: it is another IRI for whoever does not decode it.",
)
_SCHEMES: Final = frozenset(
    ("http", "https", "urn", "mailto", "tag", "doi", "info", "file", "ftp", "data", "geo", "tel")
)
_KNOWN: Final = frozenset(
    ("rdf", "rdfs", "owl", "xsd", "skos", "dcterms", "dct", "dc", "foaf", "obo", "prov", "sh", "schema")
)


def of_files(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """IRIs of files."""
    yield from _hits(statements, lambda iri: iri.lower().startswith("file:"))


def without_host(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """IRIs of HTTP without a host (RFC 9110, section 4.2.1)."""
    yield from _hits(statements, lambda iri: re.match(r"https?:(?!//[^/?#])", iri, re.IGNORECASE) is not None)


def with_blanks(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Own IRIs with an escaped blank."""
    yield from (hit for hit in _hits(statements, lambda iri: "%20" in iri) if own.has(hit.named["term"]))


def abbreviated(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """IRIs whose scheme is a prefix of the root, or a well-known one."""
    prefixes = (_KNOWN | set(statements.root.prefixes.mapping)) - _SCHEMES - {""}

    def is_curie(iri: str) -> bool:
        prefix, _, name = iri.partition(":")
        return prefix in prefixes and not name.startswith("//")

    for hit in _hits(statements, is_curie):
        term = hit.named["term"]
        assert isinstance(term, ox.NamedNode)
        yield Hit(hit.node, hit.predicate, hit.value, {"term": f"<{term.value}>", "meant": term.value})


def _hits(statements: Statements, is_wrong: Callable[[str], bool]) -> Iterator[Hit]:
    """The first statement with each IRI that is wrong, be it that of a datatype."""
    for term, triple in statements.mentions.items():
        if is_wrong(term.value):
            yield Hit(triple.subject, triple.predicate, triple.object, {"term": term})
