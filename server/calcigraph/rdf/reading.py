"""RDF files in any format in, their triples and prefixes out; what is broken names file and line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable, Place, Problem
from calcigraph.rdf.document import read_document
from calcigraph.rdf.formats import GraphFormat, by_path
from calcigraph.rdf.imports import missing_imports, ontologies
from calcigraph.rdf.json_lines import too_deep
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.rdf_xml_source import RdfXmlSource, XmlRefused


class FileMalformed(InputUnreadable):
    """A file that is not what its suffix says."""

    title = "The file cannot be read"


@dataclass(frozen=True)
class Reading:
    """The triples of some files, graph names left out, the prefixes that they declared, as far as they are
    written here (see `Prefixes.of_file`), and what they import that none of them is."""

    triples: frozenset[ox.Triple]
    prefixes: Prefixes
    missing: tuple[ox.Triple, ...] = ()


def read_files(paths: Iterable[Path]) -> Reading:
    """Parse the files, each by its suffix; blank nodes of two files stay apart. Relative IRIs are resolved by
    the address of the file, unless it has a base of its own.

    Cost: about half a million triples a second. Raises: FormatUnknown, FileMalformed. Nothing is fetched.
    """
    triples: set[ox.Triple] = set()
    prefixes: dict[str, str] = {}
    there: set[ox.NamedNode] = set()
    for path in paths:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise FileMalformed(
                f"It cannot be read: {error.strerror}.", "Let this program read it.", Place(path.name)
            ) from None
        try:
            quads, declared = _parsed(raw, by_path(path), path.resolve().as_uri())
        except (SyntaxError, ValueError, MemoryError, XmlRefused) as error:
            raise _malformed(raw, path, error) from None
        there |= ontologies(quad.triple for quad in quads)
        triples.update(quad.triple for quad in quads)
        prefixes |= declared
    missing = sorted(missing_imports(triples, there), key=str)
    return Reading(frozenset(triples), Prefixes.of_file(prefixes), tuple(missing))


def _parsed(raw: bytes, form: GraphFormat, base_iri: str) -> tuple[list[ox.Quad], Mapping[str, str]]:
    """The quads of a document, and its prefixes."""
    source = RdfXmlSource(raw) if form.key == "rdf-xml" else None
    if form.key == "json-ld" and too_deep(raw.decode()):
        raise SyntaxError("nested too deeply")
    parser = ox.parse(
        cast(IO[bytes], source) if source else raw,
        format=NATIVE_GRAPHS[form.key],
        base_iri=base_iri,
        rename_blank_nodes=True,
    )
    quads = list(parser)
    return quads, source.prefixes if source else parser.prefixes


def _malformed(raw: bytes, path: Path, error: Exception) -> FileMalformed:
    """What is wrong with a file: the reader of roots, which is slower, finds out."""
    try:
        read_document(raw, by_path(path), path.name, path.resolve().as_uri())
    except Problem as problem:
        return FileMalformed(problem.detail, problem.remedy, problem.place or Place(path.name))
    said = str(getattr(error, "msg", error)).rstrip(".")
    return FileMalformed(f"{said}.", "Mend the file there.", Place(path.name))
