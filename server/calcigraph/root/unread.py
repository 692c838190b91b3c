"""The folder of a root in, a finding for everything in it that is not read out, and for RDF beside it.

What looks like RDF, or like something that could be converted to it, is a warning; other things that no one
reads are a hint; notes, licences and what editors and version control leave are none.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.recognition import BY_SUFFIX, CATALOG, Recognised, recognised
from calcigraph.root.rdf_file import SUFFIXES

_HEAD: Final = 16_384
# Where queries are read from, and the endings that they have there.
_QUERIES: Final = {
    "ontology/rules": (".rq",),
    "ontology/questions": (".rq", ".csv"),
    "shapes/lint": (".rq",),
}
_ELSEWHERE: Final = "Queries and answers are read in some folders only."
# An ending that other things than RDF have says nothing.
_SURELY_RDF: Final = tuple(suffix for suffix in SUFFIXES if suffix != ".xml")
# What a repository has beside its root, which may hold RDF for other ends.
_OF_PROGRAMS: Final = {
    *("bench", "bin", "build", "dist", "doc", "docs", "env", "examples", "lib", "licenses", "node_modules"),
    *("public", "requirements", "scripts", "server", "src", "static", "target", "test", "tests", "tools"),
    *("vendor", "venv"),
}
_PACKAGES: Final = {"__init__.py", "pyproject.toml", "package.json", "pyvenv.cfg", "Cargo.toml", "pom.xml"}
_NOTES: Final = (".md", ".txt", ".rst", ".adoc", ".license")
_NAMES: Final = ("readme", "license", "licence", "copying", "changelog", "notice", "makefile", "authors")
_LEFT: Final = ("~", ".bak", ".orig", ".swp", ".tmp", ".rej", ".lock")


def beside(folder: Path, parts: tuple[str, ...]) -> Iterator[Finding]:
    """A finding for each file of RDF, by its name, that stands in a root and in none of its `parts`: right in
    it or in a folder of it, but for folders that programs have. Cost: lists these folders."""
    for here in (folder, *_others(folder, parts)):
        for name in sorted(_names(here)):
            file = here / name
            if name.lower().endswith(_SURELY_RDF) and not name.startswith(".") and file.is_file():
                listed = ", ".join(f"{part}/" for part in parts)
                path = file.relative_to(folder).as_posix()
                yield _finding(path, "It stands beside the folders that are read.", f"Put it below {listed}.")


def _others(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    for name in sorted(_names(folder)):
        here = folder / name
        is_other = name not in parts and name.lower() not in _OF_PROGRAMS and not name.startswith((".", "_"))
        if is_other and here.is_dir() and not here.is_symlink() and not _PACKAGES & _names(here):
            yield here


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def not_read(folder: Path, parts: tuple[str, ...]) -> Iterator[Finding]:
    """A finding for each file, link or pipe in the `parts` of a root that nothing is read from. Cost: reads
    the heads of those files; opens nothing but files."""
    for part in parts:
        for where, folders, names in os.walk(folder / part):
            here = Path(where)
            for name in sorted((*(f for f in folders if (here / f).is_symlink()), *names)):
                found = _unread(here / name, (here / name).relative_to(folder).as_posix())
                if found is not None:
                    yield found


def _unread(file: Path, path: str) -> Finding | None:
    try:
        mode = file.stat().st_mode
    except OSError:
        return None  # a link to nowhere, as an editor keeps beside a file that it has open
    if stat.S_ISDIR(mode):
        return _finding(path, "It is a link to a folder.", "Put the folder itself here.")
    if not stat.S_ISREG(mode):
        return _finding(path, "It is a pipe, a socket or a device.", "Take it out of the root.")
    name = PurePosixPath(path).name
    if name.startswith(".") or name.lower().endswith(_LEFT) or path.lower().endswith(SUFFIXES):
        return None
    if name.endswith(_QUERIES.get(str(PurePosixPath(path).parent), ())):
        return None
    return _unread_file(file, path)


def _unread_file(file: Path, path: str) -> Finding | None:
    name = PurePosixPath(path).name.lower()
    if name.endswith((".rq", ".sparql")):
        return _unread_query(path)
    found = BY_SUFFIX.get(PurePosixPath(name).suffix) or _recognised(file)
    if found is not None and found is not CATALOG:
        return _finding(path, f"It is {found.name}.", found.remedy_for(path))
    if found is CATALOG or name.endswith(_NOTES) or name.startswith(_NAMES):
        return None
    if name.endswith(".csv"):
        return _finding(path, _ELSEWHERE, "Move it to ontology/questions, beside its question.")
    endings = ", ".join(SUFFIXES)
    return _finding(path, "Its name ends in nothing that is read.", f"RDF ends in {endings}.", Severity.INFO)


def _unread_query(path: str) -> Finding:
    """What begins with a prefix is no Turtle where its name says that it is a query."""
    place = PurePosixPath(path)
    if str(place.parent) in _QUERIES:
        return _finding(path, "The name of a query ends in .rq.", f"Call it {place.stem}.rq.")
    return _finding(path, f"It is a query. {_ELSEWHERE}", f"Move it to {', '.join(sorted(_QUERIES))}.")


def _recognised(file: Path) -> Recognised | None:
    try:
        with file.open("rb") as opened:
            return recognised(opened.read(_HEAD))
    except OSError:
        return None


def _finding(path: str, why: str, remedy: str, severity: Severity = Severity.WARNING) -> Finding:
    shown = path.encode("utf-8", "backslashreplace").decode()
    return Finding("not-read", Place(shown), f"Not read. {why}", remedy, severity=severity, kind=why)
