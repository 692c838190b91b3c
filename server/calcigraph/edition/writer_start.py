"""What a process that proves and changes begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from calcigraph.edition.files import EditionFiles, WorkFolder
from calcigraph.edition.writer import ChangeOutcome
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, ReasonerName


@dataclass(frozen=True)
class WriterStart:
    """What a writer begins with: a root, the edition that there is, its files, and the folder for more."""

    root: Root
    number: int
    files: Path
    owner: Path
    reasoner: ReasonerName
    limits: ReasonerLimits | None = None

    def after(self, outcome: ChangeOutcome) -> WriterStart:
        """What a writer begins with once there is another edition."""
        files = EditionFiles(self.files, WorkFolder(self.owner)).changed.folder
        return replace(self, root=outcome.root or self.root, number=outcome.number, files=files)
