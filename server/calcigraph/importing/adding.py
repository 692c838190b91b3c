"""Files in, a root that is there with what they say, and lines that tell what was done, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from calcigraph.errors import Place
from calcigraph.evaluating import evaluating, working
from calcigraph.importing.borrowing import borrowed
from calcigraph.importing.plan import Planned, TargetUnfit, planned
from calcigraph.importing.report import lines_of
from calcigraph.importing.source import Source, read_source
from calcigraph.importing.staging import remove_staged
from calcigraph.importing.writer import Importer
from calcigraph.root import Root


@dataclass(frozen=True)
class Import:
    """What is asked for: files into the root in `folder`. `terms` are those to be taken, with what they need
    (all of the files where there are none), and `upper` those above which nothing is taken; `to` is a folder
    or file of the root, `base` what relative IRIs are relative to, `mark` what
    the names of files have in them that are there meanwhile."""

    files: tuple[Path, ...]
    folder: Path
    terms: tuple[str, ...]
    upper: tuple[str, ...]
    to: str | None
    base: str | None
    force: bool
    date: str
    mark: str = ""

    def remove_unfinished(self) -> None:
        """Remove what is left of work that was ended before its end."""
        if self.mark:
            remove_staged(self.folder, self.mark)


def added(asked: Import) -> Iterator[str]:
    """Import the files, and tell it in lines. Raises: a Problem; then nothing has been written."""
    with working("the root is read"):
        root = Root.read(asked.folder)
    importer = Importer(root, asked.date, force=asked.force, mark=asked.mark)
    sources = [_read(path, asked.base) for path in asked.files]
    if asked.to is not None and len(sources) > 1 and "." in asked.to.rpartition("/")[2]:
        raise TargetUnfit("Several files cannot go to one.", "Name a folder, or import them one by one.")
    plans: Sequence[tuple[Source, Sequence[Planned]]]
    if asked.terms:
        plans = borrowed(sources, root, importer, asked.terms, asked.upper, asked.to)
    else:
        plans = [(source, planned(source, asked.to)) for source in sources]
    for source, header, written in importer.write(plans):
        yield from lines_of(source, header, written)


def _read(path: Path, base: str | None) -> Source:
    with evaluating("import", Place(path.name)):
        return read_source(path, base)
