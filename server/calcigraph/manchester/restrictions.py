"""What a restriction says in, its words out (OWL 2 Mapping to RDF Graphs, sections 3.2.1 to 3.2.4)."""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from calcigraph.manchester.reading import Malformed, Statements, single
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, XSD

QUANTIFIERS: Final = {
    OWL["someValuesFrom"]: " some ",
    OWL["allValuesFrom"]: " only ",
    OWL["hasValue"]: " value ",
}
CARDINALITIES: Final = {
    OWL["minCardinality"]: " min ",
    OWL["maxCardinality"]: " max ",
    OWL["cardinality"]: " exactly ",
}
QUALIFIED: Final = {
    OWL["minQualifiedCardinality"]: " min ",
    OWL["maxQualifiedCardinality"]: " max ",
    OWL["qualifiedCardinality"]: " exactly ",
}
FACETS: Final = {
    XSD["minInclusive"]: ">= ",
    XSD["minExclusive"]: "> ",
    XSD["maxInclusive"]: "<= ",
    XSD["maxExclusive"]: "< ",
    XSD["length"]: "length ",
    XSD["minLength"]: "minLength ",
    XSD["maxLength"]: "maxLength ",
    XSD["pattern"]: "pattern ",
    RDF["langRange"]: "langRange ",
    XSD["totalDigits"]: "totalDigits ",
    XSD["fractionDigits"]: "fractionDigits ",
}
FILLERS: Final = frozenset({*QUANTIFIERS, *CARDINALITIES, *QUALIFIED, OWL["hasSelf"]})
_QUALIFIERS = (OWL["onClass"], OWL["onDataRange"])
RESTRICTION_PARTS: Final = frozenset({*FILLERS, *_QUALIFIERS, OWL["onProperty"], OWL["onProperties"]})
"""The properties that make a restriction."""
# With a sign, and with spaces around it (XSD 1.1 Part 2, sections 3.4.20 and 4.3.6).
_SPACE: Final = " \t\n\r"
_NUMBER = re.compile(r"\+?([0-9]{1,20})|-(0{1,20})")


def filler(said: Statements) -> ox.NamedNode:
    """The property that says what a restriction restricts to. Raises: Malformed where there are several."""
    found = sorted((name for name in said if name in FILLERS), key=str)
    if len(found) != 1:
        raise Malformed(f"it restricts in {len(found)} ways" if found else "it does not say to what")
    if found[0] not in QUALIFIED and any(name in said for name in _QUALIFIERS):
        raise Malformed("a class is named for what is not qualified")
    return found[0]


def number(value: Term) -> str:
    """How many, without a sign. Raises: Malformed where it is no number."""
    found = _NUMBER.fullmatch(_collapsed(value))
    if not found:
        raise Malformed("how many is no whole number")
    return found[1] or found[2]


def qualifier(said: Statements) -> Term:
    """The class or data range of a qualified cardinality. Raises: Malformed."""
    found = [name for name in _QUALIFIERS if name in said]
    if len(found) != 1:
        raise Malformed("it names two kinds of what it counts" if found else "it does not say what it counts")
    return single(said, found[0])


def check_self(value: Term) -> None:
    """Whether `owl:hasSelf` says anything. Raises: Malformed where it is not true."""
    if _collapsed(value) not in ("true", "1"):
        raise Malformed("hasSelf is not true")


def _collapsed(value: Term) -> str:
    """The text of a literal without the spaces around it; of anything else "", which is no value."""
    return value.value.strip(_SPACE) if isinstance(value, ox.Literal) else ""
