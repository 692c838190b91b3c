"""Datasets that were built before: a root's digest in, its quads and what they entail out.

A cache and nothing more: it may be deleted at any time, and what cannot be read is built anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calcigraph import __version__

_DECIDING = ("dataset.py", "closures.py", "metadata/*.py", "rdf/*.py", "reasoning/**/*.py", "root/*.py")


@dataclass(frozen=True)
class Kept:
    """A dataset as N-Quads. `after` is where those begin that rules of the stage `after` built,
    `metadata` where those begin that describe the dataset."""

    nquads: bytes
    after: int
    metadata: int


@dataclass(frozen=True)
class ClosureCache:
    """A directory of datasets, one file each, named after all that a closure depends on."""

    folder: Path

    @classmethod
    def of_user(cls) -> ClosureCache:
        """The cache in the user's cache directory (XDG Base Directory Specification)."""
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return cls(Path(base) / "calcigraph")

    def recall(self, digest: str, reasoner: str) -> Kept | None:
        """What was kept for a root; None where nothing was, or where it is not whole."""
        try:
            stored = self._file(digest, reasoner).read_bytes()
        except OSError:
            return None
        head, _, body = stored.partition(b"\n")
        checksum, *places = head.split(b" ")
        if len(places) != 2 or not all(place.isdigit() for place in places):
            return None
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            return None
        return Kept(body, int(places[0]), int(places[1]))

    def remember(self, digest: str, reasoner: str, kept: Kept) -> None:
        """Keep a dataset for the next start; a directory that cannot be written is no failure."""
        head = f"{hashlib.sha256(kept.nquads).hexdigest()} {kept.after} {kept.metadata}\n".encode()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _replace(self._file(digest, reasoner), head + kept.nquads)
        except OSError:
            return

    def _file(self, digest: str, reasoner: str) -> Path:
        key = hashlib.sha256(f"{__version__} {_program()} {reasoner} {digest}".encode()).hexdigest()
        return self.folder / f"{key}.closure"


@cache
def _program() -> str:
    """SHA-256 over the modules that decide what is kept. Cost: reads some sixty files, once."""
    here = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted(path for pattern in _DECIDING for path in here.glob(pattern)):
        total.update(path.read_bytes())
    return total.hexdigest()


def _replace(target: Path, content: bytes) -> None:
    """Write beside the target, then rename: a reader sees the old file or the new one, whole."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(target)
