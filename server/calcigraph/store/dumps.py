"""An edition in, files with all of it out: made once, compressed, to be sent as they are."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import pyoxigraph as ox

from calcigraph.edition import Edition, WorkFolder

_KEPT: Final = 4
_PIECE: Final = 1 << 16


@dataclass(frozen=True)
class Dump:
    """A compressed file: the same bytes for the same data. `size` is in bytes."""

    path: Path
    size: int
    sha256: str


class Dumps:
    """The dumps of editions, each made when it is first asked for; only those of the newest ones are kept."""

    def __init__(self, folder: WorkFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[int, str], Dump] = OrderedDict()

    def of(self, edition: Edition, key: str) -> Dump:
        """The dump of an edition as `n-quads` (each quad in its graph) or `turtle` (one graph).

        Cost of the first call: some seconds for 100,000 triples; whoever asks meanwhile waits for it.
        """
        with self._lock:
            made = self._made.get((edition.number, key))
            if made is None:
                made = self._make(edition, key)
                self._made[edition.number, key] = made
                while len(self._made) > _KEPT:
                    # Who is reading it has it open, or copied.
                    self._made.popitem(last=False)[1].path.unlink(missing_ok=True)
            return made

    def _make(self, edition: Edition, key: str) -> Dump:
        path = self._folder.path / f"{edition.number}.{key}.gz"
        with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as compressed:
            if key == "n-quads":
                for piece in edition.nquads():
                    compressed.write(piece)
            else:
                _write_turtle(edition, compressed)
        with path.open("rb") as written:
            return Dump(path, path.stat().st_size, hashlib.file_digest(written, "sha256").hexdigest())


def _write_turtle(edition: Edition, out: gzip.GzipFile) -> None:
    """All triples as one graph, by subject; each once. Streams: no more than a subject is in memory."""
    prefixes = dict(edition.root.prefixes.mapping)
    ox.serialize(_distinct(edition.all_quads()), cast(IO[bytes], out), ox.RdfFormat.TURTLE, prefixes=prefixes)


def _distinct(quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """The triples of quads that are ordered by subject, each once."""
    subject: object = None
    seen: set[ox.Triple] = set()
    for quad in quads:
        if quad.subject != subject:
            subject = quad.subject
            seen.clear()
        if quad.triple not in seen:
            seen.add(quad.triple)
            yield quad.triple
