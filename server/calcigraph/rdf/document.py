"""The bytes of one RDF document in; what it says in which graph, on which lines, and its prefixes out.

Blank nodes get lasting names (see `calcigraph.rdf.node_names`), so that a document says the same whenever it
is read. Turtle and TriG are split into blocks, as editors write them; the other formats give a line for each
statement, as closely as it can be known.
"""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError
from itertools import chain
from typing import IO, Protocol, cast

import pyoxigraph as ox

from calcigraph.errors import Place, Problem
from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.diagnosis import (
    DocumentMalformed,
    decoded,
    long_line,
    misencoded_xml,
    rdf_xml_fault,
    too_long,
    whole_file,
)
from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.json_lines import JsonLines, labels_of, long_namespace, too_deep
from calcigraph.rdf.malformed import MOST_IN_NAMESPACE, explain
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.node_names import lasting_names, renamed
from calcigraph.rdf.places import LinePlaces, Places
from calcigraph.rdf.rdf_xml_source import RdfXmlSource, XmlRefused
from calcigraph.rdf.trig_blocks import trig_blocks


class DocumentPlaces(Protocol):
    """The lines of one document by what stands there; 0 for what does not."""

    def describes(self, node: object) -> bool:
        """Whether the document says anything about a node."""
        ...

    def weight(self, node: object) -> tuple[bool, int]:
        """Whether the document says what kind of thing a node is, and how many statements it makes of it."""
        ...

    def line_of_node(self, node: object) -> int:
        """The line that says what kind of thing a node is, else the first that describes it, else that
        mentions it, else 0."""
        ...

    def line_of(self, triple: ox.Triple) -> int:
        """The line on which a triple stands; 0 for one that is not there."""
        ...

    def line_of_property(self, node: object, predicate: ox.NamedNode) -> int:
        """The line on which a node has its first value for a predicate; 0 where it has none."""
        ...


@dataclass(frozen=True)
class Document:
    """What a document says: `triples` are those of its default graph, in order, repetitions included, and
    `named` those of each graph that it names."""

    triples: tuple[ox.Triple, ...]
    named: Mapping[ox.NamedNode, tuple[ox.Triple, ...]]
    prefixes: Mapping[str, str]
    places: DocumentPlaces


def read_document(raw: bytes, form: GraphFormat, file: str, base_iri: str | None = None) -> Document:
    """Parse the bytes of the document `file`, whose relative IRIs are resolved by `base_iri` unless it has a
    base of its own; without one they are refused.

    Cost: some 60,000 triples a second for Turtle and TriG, 200,000 for other formats.
    Raises: DocumentMalformed, TurtleMalformed, with file, line and what to do. Nothing is fetched.
    """
    try:
        return _READERS[form.key](raw, file, base_iri)
    except Problem as problem:
        raise whole_file(raw, form, file, problem) from None
    except MemoryError as error:
        # pyoxigraph says this of a longer literal than its buffer.
        if "buffer maximal size" not in str(error):
            raise
        raise too_long(long_line(raw), file) from None


def _turtle(raw: bytes, file: str, base_iri: str | None) -> Document:
    text = decoded(raw, file)
    found = tuple(blocks(text, file, base_iri=base_iri))
    places = Places(text, found, base_iri)
    triples = tuple(triple for block in found for triple in block.triples)
    return Document(triples, {}, places.prefixes, places)


def _trig(raw: bytes, file: str, base_iri: str | None) -> Document:
    text = decoded(raw, file)
    found = tuple(trig_blocks(text, file, base_iri=base_iri))
    places = Places(text, found, base_iri)
    quads = [(block.graph, triple) for block in found for triple in block.triples]
    return _document(quads, places.prefixes, places)


def _lines(form: str) -> Callable[[bytes, str, str | None], Document]:
    def read(raw: bytes, file: str, _base: str | None) -> Document:
        text = decoded(raw, file)
        try:
            quads = list(ox.parse(text, format=NATIVE_GRAPHS[form]))
        except SyntaxError as error:
            raise explain(text, error, file) from None
        # A line holds one statement at most (N-Triples, production ntriplesDoc).
        written = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        numbers = [n for n, line in enumerate(written, 1) if line.strip()[:1] not in ("", "#")]
        assert len(numbers) == len(quads), "the parser takes lines for statements otherwise"
        return _lined(quads, numbers, file, None, {})

    return read


def _json_ld(raw: bytes, file: str, base_iri: str | None) -> Document:
    text = decoded(raw, file)
    deep = too_deep(text)
    if deep:
        raise DocumentMalformed(
            "Its objects and lists are nested too deeply.", "Give nested nodes an @id.", Place(file, deep)
        )
    long = long_namespace(text, MOST_IN_NAMESPACE)
    if long:
        raise DocumentMalformed(
            f"A text in its context has more than {MOST_IN_NAMESPACE:,} characters.",
            "Write the IRIs out that begin with it, or use a shorter one.",
            Place(file, long),
        )
    try:
        parser = ox.parse(text, format=NATIVE_GRAPHS["json-ld"], base_iri=base_iri)
        quads = list(parser)
    except SyntaxError as error:
        raise _json_malformed(error, file) from None
    lines = JsonLines(text, parser.prefixes, base_iri)
    numbers = lines.of([quad.subject for quad in quads])
    return _lined(quads, numbers, file, labels_of(json.loads(text, parse_int=str)), parser.prefixes)


def _json_malformed(error: SyntaxError, file: str) -> DocumentMalformed:
    place = Place(file, error.lineno or 0, error.offset or 0)
    if "LoadDocumentCallback" in error.msg:
        return DocumentMalformed(
            "The document refers to a context elsewhere, which is not fetched.",
            "Write the context into the document.",
            place,
        )
    said = error.msg.rpartition(": ")[2] if error.lineno else error.msg
    return DocumentMalformed(f"{said.rstrip('.')}.", "Mend the JSON-LD there.", place)


def _rdf_xml(raw: bytes, file: str, base_iri: str | None) -> Document:
    marker = f"urn:uuid:{uuid.uuid4()}#"
    source = RdfXmlSource(raw, marker)
    try:
        found = list(_parsed(source, base_iri))
    except (SyntaxError, XmlRefused) as error:
        raise _xml_malformed(raw, error, source, file, base_iri) from None
    quads, numbers = _unmarked(found, marker)
    return _lined(quads, numbers, file, source.labels, source.prefixes)


def _parsed(source: RdfXmlSource, base_iri: str | None) -> Iterator[ox.Quad]:
    return ox.parse(cast(IO[bytes], source), format=NATIVE_GRAPHS["rdf-xml"], base_iri=base_iri)


def _unmarked(found: Iterable[ox.Quad], marker: str) -> tuple[list[ox.Quad], list[int]]:
    """The quads of a marked RDF/XML document, and the line of each.

    The properties of a node follow its markers; what the element of a node itself says comes in front of the
    first one, and cells of lists and statements about statements have none.
    """
    at_node, at_property = ox.NamedNode(f"{marker}node"), ox.NamedNode(f"{marker}property")
    quads: list[ox.Quad] = []
    numbers: list[int] = []
    current: dict[object, int] = {}
    fresh = last = 0
    for quad in found:
        if quad.predicate not in (at_node, at_property):
            quads.append(quad)
            numbers.append(current.get(quad.subject, last))
            continue
        assert isinstance(quad.object, ox.Literal)
        last = current[quad.subject] = int(quad.object.value)
        if quad.predicate == at_node:
            for number in range(fresh, len(quads)):
                if quads[number].subject == quad.subject:
                    numbers[number] = last
        fresh = len(quads)
    return quads, numbers


def _xml_malformed(
    raw: bytes, error: Exception, source: RdfXmlSource, file: str, base_iri: str | None
) -> DocumentMalformed:
    refused = source.refusal
    if isinstance(error, XmlRefused) and refused is not None:
        return misencoded_xml(raw, file) or DocumentMalformed(
            refused.detail, refused.remedy, Place(file, refused.line)
        )
    # pyoxigraph says no line: where it stops, reading one element after the other, is the line.
    steps = RdfXmlSource(raw, by_steps=True)
    with suppress(SyntaxError, XmlRefused):
        deque(_parsed(steps, base_iri), maxlen=0)
    detail, remedy = rdf_xml_fault(str(getattr(error, "msg", error)))
    return DocumentMalformed(detail, remedy, Place(file, steps.line))


def _lined(
    quads: Sequence[ox.Quad],
    numbers: Sequence[int],
    file: str,
    labels: Collection[str] | None,
    prefixes: Mapping[str, str],
) -> Document:
    """What quads on some lines say; `labels` are those of blank nodes, None where each has one."""
    names = _names([quad.triple for quad in quads], file, labels)
    triples = [renamed(quad.triple, names) for quad in quads]
    graphs = [_graph(quad, file, line) for quad, line in zip(quads, numbers, strict=True)]
    return _document(
        list(zip(graphs, triples, strict=True)),
        prefixes,
        LinePlaces(list(zip(triples, numbers, strict=True))),
    )


def _names(
    triples: Sequence[ox.Triple], file: str, labels: Collection[str] | None
) -> dict[ox.BlankNode, ox.BlankNode]:
    if labels is not None:
        try:
            return lasting_names(triples, file, labels)
        except CycleError:
            # A label that the format made, such as `@vocab: "_:"` of JSON-LD.
            pass
    terms = chain.from_iterable((triple.subject, triple.object) for triple in triples)
    return lasting_names(triples, file, {term.value for term in terms if isinstance(term, ox.BlankNode)})


def _graph(quad: ox.Quad, file: str, line: int) -> ox.NamedNode | None:
    if isinstance(quad.graph_name, ox.BlankNode):
        raise blank_graph(file, line)
    return quad.graph_name if isinstance(quad.graph_name, ox.NamedNode) else None


def blank_graph(file: str, line: int) -> DocumentMalformed:
    """What to say of a graph that has no IRI."""
    return DocumentMalformed(
        "A graph is named by a blank node, so that nobody can ask for it.",
        "Give it an IRI.",
        Place(file, line),
    )


def _document(
    quads: Iterable[tuple[ox.NamedNode | None, ox.Triple]],
    prefixes: Mapping[str, str],
    places: DocumentPlaces,
) -> Document:
    parts: dict[ox.NamedNode | None, list[ox.Triple]] = {None: []}
    for graph, triple in quads:
        parts.setdefault(graph, []).append(triple)
    default = tuple(parts.pop(None))
    named = {graph: tuple(triples) for graph, triples in parts.items() if graph is not None}
    return Document(default, named, prefixes, places)


_READERS: Mapping[str, Callable[[bytes, str, str | None], Document]] = {
    "turtle": _turtle,
    "n-triples": _lines("n-triples"),
    "json-ld": _json_ld,
    "rdf-xml": _rdf_xml,
    "trig": _trig,
    "n-quads": _lines("n-quads"),
}
