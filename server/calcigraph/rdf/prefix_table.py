"""Prefix tables in, one out: what earlier ones say stands, later ones add to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.vocabulary import (
    AS,
    DC,
    DCAT,
    DCTERMS,
    FOAF,
    OBO_IN_OWL,
    OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SD,
    SH,
    SKOS,
    SKOSXL,
    SPDX,
    SRV,
    VOID,
    XSD,
)

# Under which names everyone knows them (those of the RDFa initial context, where it has them).
WELL_KNOWN: Final = Prefixes(
    {
        "as": AS.iri,
        "dc": DC.iri,
        "dcat": DCAT.iri,
        "dcterms": DCTERMS.iri,
        "foaf": FOAF.iri,
        "geo": "http://www.opengis.net/ont/geosparql#",
        "oboInOwl": OBO_IN_OWL.iri,
        "odrl": "http://www.w3.org/ns/odrl/2/",
        "org": "http://www.w3.org/ns/org#",
        "owl": OWL.iri,
        "prov": PROV.iri,
        "rdf": RDF.iri,
        "rdfs": RDFS.iri,
        "schema": SCHEMA.iri,
        "sd": SD.iri,
        "sh": SH.iri,
        "skos": SKOS.iri,
        "skosxl": SKOSXL.iri,
        "sosa": "http://www.w3.org/ns/sosa/",
        "spdx": SPDX.iri,
        "srv": SRV.iri,
        "time": "http://www.w3.org/2006/time#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "void": VOID.iri,
        "xsd": XSD.iri,
    }
)


def merged(tables: Iterable[Prefixes]) -> tuple[Prefixes, list[str]]:
    """One table, and the prefixes that a later table has for another namespace, which are left out.

    A namespace that has a prefix gets no second one.
    """
    mapping: dict[str, str] = {}
    refused: list[str] = []
    for table in tables:
        taken = set(mapping.values())
        for prefix, namespace in sorted(table.mapping.items()):
            if prefix in mapping and mapping[prefix] != namespace:
                refused.append(prefix)
            elif prefix not in mapping and namespace not in taken:
                mapping[prefix] = namespace
    return Prefixes(mapping), refused
