"""`python -m calcigraph.validation.of_files DESCRIPTOR`: files of data and of shapes in, their report out, in
a process of its own, as a shape may take for ever."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from calcigraph.errors import Place
from calcigraph.evaluated_apart import answer
from calcigraph.evaluating import working
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.reading import read_files
from calcigraph.rdf.terms import Term
from calcigraph.validation.report import Report
from calcigraph.validation.validate import validate


def validated(files: tuple[Path, ...], shape_files: tuple[Path, ...]) -> Iterator[tuple[Report, Prefixes]]:
    """The report on some files, and the prefixes that the data declare.

    Raises: FormatUnknown, FileMalformed, ShapesUnreadable.
    """
    with working("the files are read"):
        data = read_files(files)
        shapes = {path.name: read_files((path,)).triples for path in shape_files}
    homes: dict[Term, str] = {t.subject: name for name, triples in shapes.items() for t in triples}

    def place_of(node: Term) -> Place:
        return Place(homes.get(node, "shapes"))

    yield validate(data.triples, chain.from_iterable(shapes.values()), place_of), data.prefixes


if __name__ == "__main__":
    answer(validated)
