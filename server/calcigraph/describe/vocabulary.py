"""The names of `calcigraph.rdf.vocabulary`, for who looks for them here."""

from calcigraph.rdf.vocabulary import (
    DCAT,
    DCTERMS,
    FOAF,
    OWL,
    RDF,
    RDFS,
    SCHEMA,
    SD,
    SH,
    SKOS,
    SPDX,
    SRV,
    VOID,
    XSD,
    Namespace,
)

__all__ = [
    "DCAT",
    "DCTERMS",
    "FOAF",
    "OWL",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SD",
    "SH",
    "SKOS",
    "SPDX",
    "SRV",
    "VOID",
    "XSD",
    "Namespace",
]
