"""The files of a root in, a finding for each import that none of them answers out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.imports import missing_imports, ontologies
from calcigraph.root.import_catalogs import ImportCatalog, read_catalogs
from calcigraph.root.rdf_file import RdfFile

_CATALOG: Final = "catalog-v001.xml"
_PUT_IT: Final = "Put it below ontology/ (`calcigraph import`), or take the import out"
_NAME_IT: Final = "Name its file as well"


@dataclass(frozen=True)
class ImportedFile:
    """A file with the IRI of its graph, by which it may be imported as well."""

    file: RdfFile
    graph: ox.NamedNode


def import_findings(files: Sequence[ImportedFile], catalog: ImportCatalog) -> Iterator[Finding]:
    """A warning for each import that is missing. All files of a root are read, so an import is there when a
    file holds that ontology, by its IRI or that of its version, has that IRI for its graph, or is named by a
    catalog for it. Circles are fine. Cost: reads what every file says."""
    there = {one.graph for one in files}
    there = there.union(*(ontologies(one.file.triples) for one in files))
    paths = {one.file.path for one in files}
    for one in files:
        for triple in missing_imports(one.file.triples, there):
            if not is_catalogued(triple, catalog, paths):
                line = one.file.document.places.line_of(triple)
                yield _finding(Place(one.file.path, line), triple, catalog.file_of(_iri(triple)))


def is_catalogued(triple: ox.Triple, catalog: ImportCatalog, paths: Container[str]) -> bool:
    """Whether a catalog says of what is imported that it is one of the files at some `paths`."""
    return catalog.file_of(_iri(triple)) in paths


def _iri(triple: ox.Triple) -> str:
    return triple.object.value if isinstance(triple.object, ox.NamedNode) else ""


def notes_on_imports(files: Sequence[Path], missing: Sequence[ox.Triple]) -> list[Finding]:
    """A warning for each import that is missing from some files, with what a catalog beside them knows of
    it. Cost: reads those catalogs, where anything is missing."""
    folders = dict.fromkeys(file.parent for file in files) if missing else {}
    catalogs = [read_catalogs(folder, (_CATALOG,))[0] for folder in folders if (folder / _CATALOG).is_file()]
    place = Place(files[0].name if len(files) == 1 else "files")
    findings = []
    for triple in missing:
        known = (file for catalog in catalogs if (file := catalog.file_of(_iri(triple))))
        findings.append(_finding(place, triple, next(known, None), "none of the files", _NAME_IT))
    return findings


def _finding(
    place: Place,
    triple: ox.Triple,
    found: str | None,
    where: str = "in no file of the root",
    remedy: str = _PUT_IT,
) -> Finding:
    known = f"The catalog says that it is {found}, which is not read. " if found and ":" not in found else ""
    return Finding(
        "imports",
        place,
        f"It imports {triple.object}, which is {where}.",
        f"{known}{remedy}: what rests on it is missing, and nothing is fetched.",
        node=str(triple.subject),
        severity=Severity.WARNING,
        kind="import",
    )
