"""A folder in, the digests of the files that make a root out: one for the same bytes under the same names."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from calcigraph.errors import Finding, Problem
from calcigraph.root.files import unreadable
from calcigraph.root.rdf_file import SUFFIXES

FOLDERS: Final = ("ontology", "data", "shapes")
"""The parts of a root."""
UNREAD: Final = "unread"
"""In place of the digest of a file that cannot be read."""
_SUFFIXES: Final = (*SUFFIXES, ".rq", ".csv")


class RootMissing(Problem):
    """There is no root where one was looked for."""

    title = "No such root"


def digest_of(folder: Path) -> str:
    """The digest of the root in `folder`: SHA-256 over the paths and bytes of all files that make it.

    Cost: reads every file, keeps none. Raises: RootMissing where there is no such directory.
    """
    return total(digests(folder))


def digests(folder: Path, wanted: Callable[[str], bool] = bool) -> dict[str, str]:
    """The SHA-256 of each file of a root whose path is `wanted`, by that path, in order of path."""
    if not folder.is_dir():
        raise RootMissing(
            "There is no such directory.", "Name a directory with ontology/, data/ and shapes/ in it."
        )
    found: dict[str, str] = {}
    for name in FOLDERS:
        files = (path for path in (folder / name).rglob("*") if path.name.lower().endswith(_SUFFIXES))
        for file in sorted(file for file in files if file.is_file()):
            path = file.relative_to(folder).as_posix()
            if wanted(path):
                found[path] = _sha256(file)
    return found


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        # Whoever reads it says so.
        return UNREAD


def total(found: Mapping[str, str]) -> str:
    """The digest of a root, from those of its files."""
    lines = "".join(f"{path}\0{digest}\n" for path, digest in found.items())
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def closed_folders(folder: Path) -> Iterator[Finding]:
    """A finding for each folder that cannot be looked into: `glob` passes over it without a word."""
    wrong: list[OSError] = []
    for name in FOLDERS:
        if (folder / name).exists():
            deque(os.walk(folder / name, onerror=wrong.append), maxlen=0)
    yield from (unreadable(Path(error.filename).relative_to(folder).as_posix(), error) for error in wrong)
