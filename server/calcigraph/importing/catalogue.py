"""What files say of themselves in, the catalogue and the prefix table of a root around them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.importing.header import Header, Value
from calcigraph.importing.plan import as_quads
from calcigraph.importing.source import slug
from calcigraph.metadata import question_node
from calcigraph.rdf.canonical import canonical
from calcigraph.rdf.prefix_table import WELL_KNOWN, merged
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import useful_prefixes
from calcigraph.rdf.trig import write_trig
from calcigraph.rdf.vocabulary import DCAT, DCTERMS, OWL, RDF, SH, SRV, VOID, XSD
from calcigraph.root import Root

PATH: Final = "data/catalog.ttl"
_HEAD: Final = """\
# What this dataset is, and on what terms it may be used. `calcigraph new root` made this file; it is yours to
# edit.
"""
# What a catalogue should say, with how to say it, where the files do not.
_WANTED: Final = {
    "title": 'dcterms:title "…"@en',
    "description": 'dcterms:description "…"@en',
    "license": "dcterms:license <https://creativecommons.org/licenses/by/4.0/>",
}


@dataclass(frozen=True)
class Catalogue:
    """The catalogue (DCAT and VoID) of a root called `name`, whose own IRIs begin with `space`. It says what
    the first header says that says anything; the name stands where no file has a title."""

    name: str
    space: str
    headers: tuple[Header, ...]
    prefixes: Prefixes

    def written(self, folder: Path, question: str = "") -> Root:
        """Write it into the root in `folder`, with the slug of the question that the home page shows.

        Out: the root as it is then.
        """
        path = folder / PATH
        # What the dataset is called follows from the namespace, as all names of a root do.
        path.write_text(f'[] <{VOID["uriSpace"].value}> "{self.space}" .', encoding="utf-8")
        path.write_bytes(self._text(Root.read(folder), question))
        return Root.read(folder)

    @property
    def missing(self) -> tuple[str, ...]:
        """What no file says that a catalogue should say, as it is to be typed in."""
        return tuple(example for what, example in _WANTED.items() if not self._first(what))

    def _text(self, root: Root, question: str) -> bytes:
        triples = set(self._triples(root, question))
        table, _ = merged((self.prefixes, WELL_KNOWN))
        quads = canonical(as_quads(triples))
        head = _HEAD + "".join(
            f"# No file says this; write it below: {example}\n" for example in self.missing
        )
        return f"{head}\n{write_trig(quads, useful_prefixes(quads, table))}".encode()

    def _triples(self, root: Root, question: str) -> Iterator[ox.Triple]:
        node = ox.NamedNode(f"{root.document_base}id/{slug(self.name)}")
        yield ox.Triple(node, RDF["type"], DCAT["Dataset"])
        yield ox.Triple(node, RDF["type"], VOID["Dataset"])
        yield ox.Triple(node, VOID["uriSpace"], ox.Literal(self.space))
        for what in ("title", "description", "license"):
            values = self._first(what) or ((ox.Literal(self.name),) if what == "title" else ())
            yield from (ox.Triple(node, DCTERMS[what], _value(what, value)) for value in values)
        for release in [header.release for header in self.headers if header.release][:1]:
            yield ox.Triple(node, DCAT["version"], ox.Literal(release))
        named = (header.iri for header in self.headers if header.iri is not None)
        yield from (ox.Triple(node, VOID["vocabulary"], iri) for iri in named)
        if question:
            yield ox.Triple(node, SRV["featuredQuestion"], question_node(root, question))

    def _first(self, what: str) -> tuple[Value, ...]:
        values: Iterator[tuple[Value, ...]] = (getattr(header, what) for header in self.headers)
        return next((found for found in values if found), ())


def _value(what: str, value: Value) -> Value:
    """A licence is an IRI also where a header has it as a text."""
    is_address = isinstance(value, ox.Literal) and value.value.startswith(("http://", "https://"))
    if what == "license" and is_address and not any(c.isspace() for c in value.value):
        return ox.NamedNode(value.value)
    return value


def prefix_file(graph: ox.NamedNode, prefixes: Prefixes) -> bytes:
    """`ontology/prefixes.ttl`: the table as `sh:declare` (SHACL, section 5.2.1), a line for each prefix."""
    lines = [
        f"    [ sh:prefix {ox.Literal(prefix)} ; sh:namespace {ox.Literal(namespace)}^^xsd:anyURI ]"
        for prefix, namespace in sorted(prefixes.mapping.items())
    ]
    head = Prefixes({"owl": OWL.iri, "sh": SH.iri, "xsd": XSD.iri}).turtle()
    declared = " ,\n".join(lines)
    return (
        "# The prefixes of this root: for queries, pages and whoever edits its files.\n\n"
        f"{head}\n{graph} a owl:Ontology ;\n  sh:declare\n{declared} .\n\n"
        "sh:declare a owl:AnnotationProperty .\n"
        "sh:prefix a owl:AnnotationProperty .\n"
        "sh:namespace a owl:AnnotationProperty .\n"
    ).encode()
