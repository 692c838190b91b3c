"""Triples in, what an ontology says of itself out: its IRI, version, title, description and licence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import (
    DC,
    DCAT,
    DCTERMS,
    OWL,
    RDF,
    RDFS,
    SCHEMA,
    SCHEMA_HTTP,
    SKOS,
    Namespace,
)

_CC: Final = Namespace("http://creativecommons.org/ns#")
_PAV: Final = Namespace("http://purl.org/pav/")
_VANN: Final = Namespace("http://purl.org/vocab/vann/")
# What describes a whole file; the earlier kind wins. A dataset is what a file may be about.
_KINDS: Final = (OWL["Ontology"], SKOS["ConceptScheme"], DCAT["Catalog"])
# Properties that say the same, the most exact first.
_SAID_BY: Final = {
    "title": (
        *(DCTERMS["title"], DC["title"], SCHEMA["name"], SCHEMA_HTTP["name"], RDFS["label"]),
        SKOS["prefLabel"],
    ),
    "description": (
        *(DCTERMS["description"], DC["description"], DCTERMS["abstract"], SCHEMA["description"]),
        *(SCHEMA_HTTP["description"], SKOS["definition"], RDFS["comment"]),
    ),
    "license": (
        *(DCTERMS["license"], SCHEMA["license"], SCHEMA_HTTP["license"], _CC["license"]),
        *(DCTERMS["rights"], DC["rights"]),
    ),
    "version": (OWL["versionInfo"], DCAT["version"], _PAV["version"], SCHEMA["version"]),
    "version_iri": (OWL["versionIRI"],),
    "prefix": (_VANN["preferredNamespacePrefix"],),
}


Value = ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Header:
    """What a file says of itself: the IRI of the ontology, concept scheme or catalogue that it holds (None
    where it holds none), and the values of each property, in an order that does not change."""

    iri: ox.NamedNode | None
    title: tuple[Value, ...] = ()
    description: tuple[Value, ...] = ()
    license: tuple[Value, ...] = ()
    version: tuple[Value, ...] = ()
    version_iri: tuple[Value, ...] = ()
    prefix: tuple[Value, ...] = ()

    @property
    def release(self) -> str:
        """The version in words, else its IRI: of several the shortest, as long ones tell what has changed."""
        named = [value.value for value in self.version] or [value.value for value in self.version_iri]
        return min(named, key=lambda text: (len(text), text), default="")


def header_of(triples: Iterable[ox.Triple]) -> Header:
    """The header of a file; of several the one of which most is said, so that ontologies which it only
    mentions are not taken for it. Cost: linear."""
    said: dict[Term, list[ox.Triple]] = defaultdict(list)
    kinds: dict[Term, list[Term]] = defaultdict(list)
    for triple in triples:
        said[triple.subject].append(triple)
        if triple.predicate == RDF["type"] and triple.object in _KINDS:
            kinds[triple.object].append(triple.subject)
    for kind in _KINDS:
        nodes = [node for node in kinds[kind] if isinstance(node, ox.NamedNode)]
        if nodes:
            node = min(nodes, key=lambda node: (-len(said[node]), node.value))
            values = {name: tuple(_values(said[node], names)) for name, names in _SAID_BY.items()}
            return Header(node, **values)
    return Header(None)


def _values(about: Iterable[ox.Triple], names: Iterable[ox.NamedNode]) -> Iterator[Value]:
    """What the first of some properties says that says anything."""
    for name in names:
        said = {t.object for t in about if t.predicate == name}
        values = (v for v in said if isinstance(v, ox.NamedNode | ox.Literal) and v.value.strip())
        found = sorted(values, key=str)
        if found:
            yield from found
            return
