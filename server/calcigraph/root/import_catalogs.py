"""XML catalogs in, the file of an ontology by its IRI out: Protégé and ROBOT write there where imports are.

Read are `uri`, `system`, `public`, `rewriteURI` and `rewriteSystem`; nothing that a catalog names is fetched.
Spec: OASIS XML Catalogs 1.1.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.recognition import CATALOG, recognised

_HEAD: Final = 16_384
_MOST_BYTES: Final = 16 << 20
_BASE: Final = "http://www.w3.org/XML/1998/namespace base"
_NAMES: Final = {"uri": ("name", "uri"), "system": ("systemId", "uri"), "public": ("publicId", "uri")}
_STARTS: Final = {
    "rewriteURI": ("uriStartString", "rewritePrefix"),
    "rewriteSystem": ("systemIdStartString", "rewritePrefix"),
}


@dataclass
class ImportCatalog:
    """What catalogs say, the first of several first: `files` by the IRI, and `starts` by what IRIs begin
    with. Files are paths below the root, or addresses elsewhere."""

    files: dict[str, str] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)

    def file_of(self, iri: str) -> str | None:
        """Where an ontology is; None where no catalog knows."""
        if iri in self.files:
            return self.files[iri]
        starts = (start for start in sorted(self.starts, key=len, reverse=True) if iri.startswith(start))
        return next((self.starts[start] + iri[len(start) :] for start in starts), None)


def is_catalog(file: Path) -> bool:
    """Whether a file is an XML catalog, which is no RDF/XML. Cost: reads its head."""
    if file.suffix.lower() != ".xml":
        return False
    try:
        with file.open("rb") as opened:
            return recognised(opened.read(_HEAD)) is CATALOG
    except OSError:
        return False


def read_catalogs(folder: Path, paths: Iterable[str]) -> tuple[ImportCatalog, list[Finding]]:
    """What the catalogs at some paths below `folder` say, and a finding for each that cannot be read."""
    catalog, findings = ImportCatalog(), []
    for path in paths:
        try:
            with (folder / path).open("rb") as opened:
                _parse(catalog, str(PurePosixPath(path).parent), opened.read(_MOST_BYTES))
        except (OSError, expat.ExpatError, ValueError) as error:
            findings.append(
                Finding(
                    "imports",
                    Place(path, getattr(error, "lineno", 0)),
                    "The catalog of imports cannot be read.",
                    "Mend its XML, without a DOCTYPE.",
                    severity=Severity.WARNING,
                )
            )
    return catalog, findings


def _parse(catalog: ImportCatalog, where: str, raw: bytes) -> None:
    """Add what a catalog in the folder `where` says. Raises: expat.ExpatError; ValueError for a DOCTYPE."""
    bases = [where]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        kind = name.rpartition(" ")[2]
        bases.append(_joined(bases[-1], attributes[_BASE]) if _BASE in attributes else bases[-1])
        for names, found in ((_NAMES, catalog.files), (_STARTS, catalog.starts)):
            if kind in names and all(part in attributes for part in names[kind]):
                key, value = (attributes[part] for part in names[kind])
                found.setdefault(key, _joined(bases[-1], value))

    def doctype(*_: object) -> None:
        raise ValueError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: bases.pop()
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(raw, True)


def _joined(base: str, address: str) -> str:
    """A path below the root, as the address of a catalog gives it; addresses with a scheme stay."""
    if ":" in address.partition("/")[0]:
        return address
    joined = os.path.normpath(os.path.join(base, unquote(address)))
    # What begins with others has to keep its slash at the end.
    return joined + "/" if address.endswith("/") else joined
