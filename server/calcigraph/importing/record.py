"""What was imported, from where and when, as triples of `data/imports.ttl`: written by `calcigraph import`,
and read by the next one, which overwrites only what an earlier one made and nobody has changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import DCTERMS, OWL, PROV, RDF, RDFS, SPDX, XSD

PATH: Final = "data/imports.ttl"


@dataclass(frozen=True)
class Record:
    """One file that an import made: its `path` below the root and the SHA-256 of what was written there;
    the name and SHA-256 of the file that it is made of, the ontology and version that this one names, the
    date, and, where not all was taken, the terms that were asked for."""

    path: str
    written: str
    source: str
    digest: str
    ontology: str
    version_iri: str
    version: str
    date: str
    terms: tuple[str, ...] = ()


def to_triples(records: Iterable[Record], graph_base: str) -> Iterator[ox.Triple]:
    """Each record as what is said of the file's graph: Dublin Core, PROV-O and SPDX checksums."""
    for record in records:
        node = ox.NamedNode(graph_base + str(PurePosixPath(record.path).with_suffix("")))
        origin = ox.BlankNode()
        yield ox.Triple(node, RDF["type"], PROV["Entity"])
        yield ox.Triple(node, RDFS["label"], ox.Literal(record.path))
        yield ox.Triple(node, DCTERMS["modified"], ox.Literal(record.date, datatype=XSD["date"]))
        yield from _checksum(node, record.written)
        yield ox.Triple(node, PROV["wasDerivedFrom"], origin)
        if record.terms:
            yield ox.Triple(node, RDF["type"], PROV["Collection"])
        yield from (ox.Triple(node, PROV["hadMember"], ox.NamedNode(term)) for term in record.terms)
        yield from _origin(origin, record)


def _origin(node: ox.BlankNode, record: Record) -> Iterator[ox.Triple]:
    yield ox.Triple(node, RDF["type"], PROV["Entity"])
    yield ox.Triple(node, RDFS["label"], ox.Literal(record.source))
    yield from _checksum(node, record.digest)
    if record.ontology:
        yield ox.Triple(node, DCTERMS["isVersionOf"], ox.NamedNode(record.ontology))
    if record.version_iri:
        yield ox.Triple(node, DCTERMS["identifier"], ox.Literal(record.version_iri, datatype=XSD["anyURI"]))
    if record.version:
        yield ox.Triple(node, OWL["versionInfo"], ox.Literal(record.version))


def _checksum(node: ox.NamedNode | ox.BlankNode, digest: str) -> Iterator[ox.Triple]:
    value = ox.BlankNode()
    yield ox.Triple(node, SPDX["checksum"], value)
    yield ox.Triple(value, RDF["type"], SPDX["Checksum"])
    yield ox.Triple(value, SPDX["algorithm"], SPDX["checksumAlgorithm_sha256"])
    yield ox.Triple(value, SPDX["checksumValue"], ox.Literal(digest, datatype=XSD["hexBinary"]))


def from_triples(triples: Iterable[ox.Triple]) -> dict[str, Record]:
    """The records by path; what lacks a part is none."""
    about: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        about[triple.subject][triple.predicate].append(triple.object)
    found = {}
    for node in [node for node in about if PROV["wasDerivedFrom"] in about[node]]:
        said, origin = about[node], about[about[node][PROV["wasDerivedFrom"]][0]]
        record = Record(
            path=_text(said[RDFS["label"]]),
            written=_text(about[_first(said[SPDX["checksum"]])][SPDX["checksumValue"]]),
            source=_text(origin[RDFS["label"]]),
            digest=_text(about[_first(origin[SPDX["checksum"]])][SPDX["checksumValue"]]),
            ontology=_text(origin[DCTERMS["isVersionOf"]]),
            version_iri=_text(origin[DCTERMS["identifier"]]),
            version=_text(origin[OWL["versionInfo"]]),
            date=_text(said[DCTERMS["modified"]]),
            terms=tuple(sorted(_text([term]) for term in said[PROV["hadMember"]])),
        )
        if record.path and record.written:
            found[record.path] = record
    return found


def graph_base_of(triples: Iterable[ox.Triple]) -> str | None:
    """What the graphs of the recorded files began with when the record was written; None where they differ,
    or where there are none."""
    said = list(triples)
    derived = (t.subject for t in said if t.predicate == PROV["wasDerivedFrom"])
    nodes = {node for node in derived if isinstance(node, ox.NamedNode)}
    paths = {
        t.subject: t.object.value
        for t in said
        if t.predicate == RDFS["label"] and t.subject in nodes and isinstance(t.object, ox.Literal)
    }
    ends = {node: str(PurePosixPath(path).with_suffix("")) for node, path in paths.items() if path}
    bases = {node.value.removesuffix(ends.get(node, "")) for node in nodes}
    return bases.pop() if len(bases) == 1 else None


def _first(values: list[Term]) -> Term:
    return values[0] if values else ox.BlankNode()


def _text(values: list[Term]) -> str:
    return values[0].value if values and not isinstance(values[0], ox.Triple) else ""
