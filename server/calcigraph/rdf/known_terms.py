"""An IRI in, whether a well-known vocabulary has it out: the W3C's, Dublin Core's and others'.

The names are rdflib's tables (`rdflib.namespace`). A *settled* vocabulary gets no more terms.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import rdflib.namespace

from calcigraph.rdf.namespaces import split
from calcigraph.rdf.vocabulary import DC, DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SH, SKOS, VOID, XSD

SETTLED: Final = frozenset((RDF.iri, RDFS.iri, OWL.iri, XSD.iri, SKOS.iri))
# By the prefix that is usual, which in capitals is what rdflib calls the table.
WELL_KNOWN: Final = {
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "owl": OWL.iri,
    "xsd": XSD.iri,
    "skos": SKOS.iri,
    "dcterms": DCTERMS.iri,
    "dc": DC.iri,
    "foaf": FOAF.iri,
    "prov": PROV.iri,
    "dcat": DCAT.iri,
    "void": VOID.iri,
    "sh": SH.iri,
}
NAMESPACES: Final = tuple(WELL_KNOWN.values())
_TABLES: Final = {space: prefix.upper() for prefix, space in WELL_KNOWN.items()}
# What the tables lack (RDF 1.2 Concepts; XSD 1.1 part 2, section 3; DCAT 3).
_MORE: Final = {
    RDF.iri: ("reifies", "dirLangString"),
    XSD.iri: ("anyType", "anySimpleType", "anyAtomicType", "error"),
    DCAT.iri: (
        *("DatasetSeries", "inSeries", "seriesMember", "first", "last", "prev", "next", "resource"),
        *("version", "hasVersion", "isVersionOf", "hasCurrentVersion", "previousVersion"),
    ),
}
_MEMBERSHIP: Final = re.compile("_[1-9][0-9]*")


@cache
def terms_of(namespace: str) -> frozenset[str]:
    """The local names of a well-known namespace; none for another one."""
    table = getattr(rdflib.namespace, _TABLES[namespace], None) if namespace in _TABLES else None
    if table is None:
        return frozenset()
    names = {*vars(table).get("__annotations__", ()), *getattr(table, "_extras", ())}
    return frozenset(names | set(_MORE.get(namespace, ())))


def is_known(iri: str) -> bool:
    """Whether an IRI is a term of a well-known vocabulary, `rdf:_1` included (RDFS 1.1, section 5.1)."""
    namespace, name = split(iri)
    return name in terms_of(namespace) or (namespace == RDF.iri and bool(_MEMBERSHIP.fullmatch(name)))
