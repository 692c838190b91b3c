"""What large documents say: values that name a part of an edition in, its bytes in one format out.

Each is small and sent to the process that makes the document, which calls `write` there.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol, cast

import pyoxigraph as ox

from calcigraph.describe import PAGE_SIZE, BoundedDescriptions, quads_of, resource_facts
from calcigraph.edition import Edition
from calcigraph.metadata import question_node
from calcigraph.rdf.formats import by_name
from calcigraph.rdf.merged_ontology import one_ontology
from calcigraph.rdf.serialise import write_graph
from calcigraph.sssom import MappingSet, mappings_tsv


class DocumentContent(Protocol):
    """What a document says; equal ones say the same of one edition."""

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """Write all of it: the same bytes for the same data. Raises: OSError; FormatUnfit."""

    def __hash__(self) -> int:
        """By value."""


@dataclass(frozen=True)
class Dump:
    """All of an edition, compressed: as `n-quads` (each quad in its graph) or `turtle` (one graph).

    Cost: some seconds for 100,000 triples; streams, but for N-Quads of an edition that a change made.
    """

    format: str

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`."""
        with gzip.GzipFile("", "wb", fileobj=out, mtime=0) as compressed:
            if self.format == "n-quads":
                for piece in edition.nquads():
                    compressed.write(piece)
            else:
                _write_turtle(edition, compressed)


@dataclass(frozen=True)
class GraphContent:
    """The triples of one graph, by its IRI; None for the union of all graphs. A format that could name the
    graph does not.

    Cost: some 30 microseconds a triple, and a kilobyte of memory.
    """

    format: str
    graph: str | None = None

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`."""
        plain = {ox.Quad(q.subject, q.predicate, q.object) for q in self._quads(edition)}
        out.write(write_graph(plain, by_name("graph", self.format), edition.root.prefixes))

    def _quads(self, edition: Edition) -> Iterable[ox.Quad]:
        if self.graph is None:
            return edition.all_quads()
        node = ox.NamedNode(self.graph)
        return edition.metadata if node == edition.root.graph("metadata") else edition.quads(graph=node)


@dataclass(frozen=True)
class ResourceContent:
    """What describes one resource, by its IRI, and, where `fragments` says so, those that are named by
    fragments of it, however much it is; `offset` is where the page of incoming links begins.

    Cost: as for `GraphContent`.
    """

    format: str
    resource: str
    offset: int
    fragments: bool

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`."""
        node = ox.NamedNode(self.resource)
        descriptions = BoundedDescriptions(edition)
        facts = resource_facts(edition, descriptions, node, self.offset, PAGE_SIZE)
        for part in edition.fragments(node) if self.fragments else ():
            facts += descriptions.outgoing(part) or resource_facts(edition, descriptions, part, 0, PAGE_SIZE)
        quads = dict.fromkeys(quads_of(facts))
        out.write(write_graph(quads, by_name("graph", self.format), edition.root.prefixes))


@dataclass(frozen=True)
class OntologyContent:
    """All that the files of the root's `ontology/` say, and that its rules derive of what these describe.

    It is one ontology, by its IRI, merged of what it imports; each statement is in its graph where the format
    can name it.
    """

    format: str
    ontology: str

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`."""
        quads = list(edition.file_quads(edition.root.ontology))
        terms = dict.fromkeys(q.subject for q in quads if isinstance(q.subject, ox.NamedNode))
        for term in terms:
            quads += edition.quads(subject=term, graph=edition.derived_graph)
        quads = one_ontology(quads, ox.NamedNode(self.ontology))
        out.write(write_graph(quads, by_name("graph", self.format), edition.root.prefixes))


@dataclass(frozen=True)
class MetadataContent:
    """What describes the data (see `calcigraph.metadata`), but for the questions; with `more` statements, as
    N-Triples."""

    format: str
    more: str

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`."""
        questions = {question_node(edition.root, asked.slug) for asked in edition.root.questions}
        quads = [
            ox.Quad(q.subject, q.predicate, q.object) for q in edition.metadata if q.subject not in questions
        ]
        quads += ox.parse(self.more, format=ox.RdfFormat.N_TRIPLES)
        out.write(write_graph(quads, by_name("graph", self.format), edition.root.prefixes))


@dataclass(frozen=True)
class MappingsContent:
    """All mappings to other vocabularies, as a table of which `about` tells; see `mappings_tsv`."""

    about: MappingSet

    def write(self, edition: Edition, out: IO[bytes]) -> None:
        """See `DocumentContent.write`."""
        out.write(mappings_tsv(edition, self.about).encode())


def _write_turtle(edition: Edition, out: gzip.GzipFile) -> None:
    """All triples as one graph, by subject; each once. Streams: no more than a subject is in memory."""
    prefixes = dict(edition.root.prefixes.mapping)
    ox.serialize(_distinct(edition.all_quads()), cast(IO[bytes], out), ox.RdfFormat.TURTLE, prefixes=prefixes)


def _distinct(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """The triples of quads that are ordered by subject, each once."""
    subject: object = None
    seen: set[ox.Triple] = set()
    for quad in quads:
        if quad.subject != subject:
            subject = quad.subject
            seen.clear()
        if quad.triple not in seen:
            seen.add(quad.triple)
            yield quad.triple
