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


@cache
def nearest(name: str, names: frozenset[str]) -> str | None:
    """The name that was perhaps meant: the same but for capitals, else within two slips of the pen; None
    where none or several are as near. Cost: some microseconds a name."""
    same = [other for other in names if other.lower() == name.lower()]
    if same:
        return min(same)
    most = 1 if len(name) < 6 else 2
    near: dict[int, list[str]] = {}
    for other in names:
        if abs(len(other) - len(name)) <= most:
            near.setdefault(distance(name, other), []).append(other)
    closest = min(near, default=most + 1)
    return near[closest][0] if closest <= most and len(near[closest]) == 1 else None


def distance(one: str, other: str) -> int:
    """How many characters to add, take out, change or swap with their neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row, older = row, [i], before
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
