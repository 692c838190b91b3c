"""`python -m calcigraph.validation.of_files DESCRIPTOR`: files of data and of shapes in, their report out, in
a process of its own, as a shape may take for ever."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from calcigraph.errors import Finding, Place
from calcigraph.evaluated_apart import answer
from calcigraph.evaluating import working
from calcigraph.rdf.blocks import blocks
from calcigraph.rdf.formats import by_path
from calcigraph.rdf.imports import missing_imports, ontologies
from calcigraph.rdf.places import Places
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.reading import read_files
from calcigraph.rdf.terms import Term
from calcigraph.root.imports import notes_on_imports
from calcigraph.validation.flaw import placed
from calcigraph.validation.report import Report
from calcigraph.validation.shape_owner import owner
from calcigraph.validation.validate import validate


def validated(
    files: tuple[Path, ...], shape_files: tuple[Path, ...]
) -> Iterator[tuple[Report, Prefixes, list[Finding]]]:
    """The report on some files, the prefixes that the data declare, and the flaws of the shapes as findings.

    Raises: FormatUnknown, FileMalformed.
    """
    with working("the files are read"):
        data = read_files(files)
        readings = {path: read_files((path,)) for path in shape_files}
        shapes = {path: reading.triples for path, reading in readings.items()}
    homes: dict[Term, Path] = {t.subject: path for path, triples in shapes.items() for t in triples}
    listed = list(chain.from_iterable(shapes.values()))

    def place_of(node: Term, predicate: ox.NamedNode | None) -> Place:
        path = homes.get(node)
        if path is None:
            return Place(shape_files[0].name if len(shape_files) == 1 else "shapes")
        named = owner(node, listed)
        line = _line(path, named, predicate if named == node else None)
        return Place(path.name, line)

    report = validate(data.triples, listed, place_of)
    there = ontologies(chain(data.triples, listed))
    missing = missing_imports((t for reading in (data, *readings.values()) for t in reading.missing), there)
    flaws = placed(report.flaws, listed, place_of, data.prefixes)
    yield report, data.prefixes, [*notes_on_imports((*files, *shape_files), missing), *flaws]


def _line(path: Path, node: Term, predicate: ox.NamedNode | None) -> int:
    """The line of a node with an IRI in a file of Turtle, 0 where that is not known."""
    if by_path(path).key != "turtle" or not isinstance(node, ox.NamedNode):
        return 0
    places = _places(path)
    return places.line_of_property(node, predicate) if predicate is not None else places.line_of_node(node)


@cache
def _places(path: Path) -> Places:
    text = path.read_text(encoding="utf-8")
    base = path.resolve().as_uri()
    return Places(text, blocks(text, path.name, base_iri=base), base)


if __name__ == "__main__":
    answer(validated)
