"""The files of a root in, a finding for each import that none of them answers out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.imports import missing_imports, ontologies
from calcigraph.root.import_catalogs import read_catalogs
from calcigraph.root.rdf_file import RdfFile


@dataclass(frozen=True)
class ImportedFile:
    """A file with the IRI of its graph, by which it may be imported as well."""

    file: RdfFile
    graph: ox.NamedNode


def import_findings(
    folder: Path, files: Sequence[ImportedFile], catalogs: Sequence[str]
) -> Iterator[Finding]:
    """A warning for each import that is missing. All files of a root are read, so an import is there when a
    file holds that ontology, by its IRI or that of its version, has that IRI for its graph, or is named by a
    catalog for it. Circles are fine. Cost: reads what every file says."""
    catalog, findings = read_catalogs(folder, catalogs)
    yield from findings
    there = {one.graph for one in files}
    there = there.union(*(ontologies(one.file.triples) for one in files))
    paths = {one.file.path for one in files}
    for one in files:
        for triple in missing_imports(one.file.triples, there):
            found = catalog.file_of(triple.object.value) if isinstance(triple.object, ox.NamedNode) else None
            if found not in paths:
                line = one.file.document.places.line_of(triple)
                yield _finding(Place(one.file.path, line), triple, found)


def _finding(place: Place, triple: ox.Triple, found: str | None) -> Finding:
    remedy = (
        "Put it below ontology/ (`calcigraph import`), or take the import out: what rests on it is missing, "
        "and nothing is fetched."
    )
    if found is not None and ":" not in found:
        remedy = f"The catalog says that it is {found}, which is no file that is read here. {remedy}"
    return Finding(
        "imports",
        place,
        f"It imports {triple.object}, which is in no file of the root.",
        remedy,
        node=str(triple.subject),
        severity=Severity.WARNING,
    )
