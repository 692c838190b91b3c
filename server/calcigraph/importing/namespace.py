"""IRIs of terms in, the one that most of them begin with out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from calcigraph.rdf.namespaces import namespace
from calcigraph.rdf.vocabulary import DC, DCTERMS, FOAF, OBO_IN_OWL, OWL, RDF, RDFS, SKOS, XSD

# What an ontology only borrows, unless it is all there is.
_BORROWED: Final = (
    *(namespace.iri for namespace in (OWL, RDF, RDFS, SKOS, XSD, DC, DCTERMS, FOAF, OBO_IN_OWL)),
)
# Of so few terms the most common namespace is that of a part, and what the parts have in common is meant.
_LEAST_SHARE: Final = 0.25


def namespace_of(iris: Iterable[str]) -> str:
    """The namespace of most of the terms: up to the last `#`, `/` or `:`, or with the prefix of an OBO
    identifier. Where no namespace has a quarter of them, the longest path that half of them begin with.

    Raises: ValueError where there are no terms.
    """
    terms = list(iris)
    own = [iri for iri in terms if not iri.startswith(_BORROWED)] or terms
    counted = Counter(map(namespace, own))
    found, number = min(counted.items(), key=lambda item: (-item[1], item[0]))
    if number >= _LEAST_SHARE * len(own):
        return found
    return _common(own) or found


def _common(iris: list[str]) -> str | None:
    """The longest path that half of the IRIs begin with, below a host."""
    folders = Counter(folder for iri in iris for folder in _folders(iri))
    often = [folder for folder, number in folders.items() if 2 * number >= len(iris)]
    return max(often, key=lambda folder: (len(folder), folder), default=None)


def _folders(iri: str) -> list[str]:
    return [iri[: match.end()] for match in re.finditer(r"(?<![:/])/", iri)]
