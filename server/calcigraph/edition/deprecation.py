"""What says of a term that it is not to be used any more (OWL 2 Syntax, section 5.5; OWL Reference, 7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, XSD

# Some write it without a datatype.
_TRUE: Final = tuple(
    ox.Literal(text, datatype=datatype)
    for text in ("true", "1")
    for datatype in (XSD["boolean"], XSD["string"])
)
DEPRECATING: Final[Mapping[ox.NamedNode, tuple[Term, ...]]] = {
    OWL["deprecated"]: _TRUE,
    RDF["type"]: (OWL["DeprecatedClass"], OWL["DeprecatedProperty"]),
}
"""The properties that say it, with the values that do."""


def deprecates(triple: ox.Triple) -> bool:
    """Whether a triple says it of its subject."""
    return triple.object in DEPRECATING.get(triple.predicate, ())
