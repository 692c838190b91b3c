"""Editions that were made before: what they depend on in, their files out.

A cache and nothing more: it may be deleted at any time, and what is not whole, in any byte, is made anew. One
set of files a root, not one a file of the root: what follows from a file is not known without the others, and
what a change costs is kept small by `Edition.after`, not by reading less at the start.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pickle
import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from calcigraph import __version__
from calcigraph.errors import EnvironmentProblem, Finding, no_room
from calcigraph.metadata import DatasetDescription
from calcigraph.settings import ReasonerLimits, ReasonerName

_DECIDING: Final = (
    *("edition/*.py", "engine/*.py", "metadata/*.py", "rdf/*.py", "reasoning/**/*.py", "root/*.py"),
    *("root_queries.py", "sparql/*.py"),
)
_HEAD: Final = "head.json"
_WORKING: Final = ".work-"
_LOCK: Final = "lock"
# Whoever has just made a folder may not have locked it yet.
YOUNG_S: Final = 60
_FIRST: Final = "first"
_PASSED: Final = "passed"
MOST_KEPT_BYTES: Final = 2 << 30
"""What the cache may take; beyond that those go that were used least recently, the newest one never."""
_NAME: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class EditionFiles:
    """The files that hold an edition: an index of its quads; all of them as sorted N-Quads, which a store of
    queries is loaded from and a dump is made of; and what it takes to describe the next one. Never written to
    once they are there."""

    folder: Path
    owner: WorkFolder | None = field(default=None, repr=False, compare=False)
    """Where they are for as long as somebody has the value; None where somebody else sees to that."""

    @property
    def description(self) -> Path:
        """Where it is written down how the data are described."""
        return self.folder / "description.pickle"

    @classmethod
    def within(cls, owner: WorkFolder) -> EditionFiles:
        """Room for files in a work folder."""
        folder = owner.path / _FIRST
        folder.mkdir()
        return cls(folder, owner)

    @property
    def index(self) -> Path:
        """Where the index is."""
        return self.folder / "index.sqlite"

    @property
    def nquads(self) -> Path:
        """Where the N-Quads are, sorted."""
        return self.folder / "quads.nq"

    def keep_description(self, description: DatasetDescription) -> None:
        """Write down what it takes to go on from the description of the first edition."""
        self.description.write_bytes(pickle.dumps(description))

    def recall_description(self) -> DatasetDescription:
        """What `keep_description` wrote: read from files of this program's own that are whole."""
        found: DatasetDescription = pickle.loads(self.description.read_bytes())
        return found

    def keep_findings(self, findings: tuple[Finding, ...]) -> None:
        """Write down what the reasoner had to say that is no fault."""
        self.findings.write_bytes(pickle.dumps(findings))

    def recall_findings(self) -> tuple[Finding, ...]:
        """What `keep_findings` wrote, from files of this program's own that are whole."""
        found: tuple[Finding, ...] = pickle.loads(self.findings.read_bytes())
        return found

    @property
    def findings(self) -> Path:
        """Where it is written down what the reasoner had to say."""
        return self.folder / "findings.pickle"

    def held(self, owner: WorkFolder) -> EditionFiles:
        """The same files under names in a folder of `owner` too, so that they stay when the cache is emptied.
        Cost: none on one file system, else copying."""
        folder = owner.path / _FIRST
        folder.mkdir()
        for path in (*self._all, self.folder / _HEAD):
            try:
                os.link(path, folder / path.name)
            except FileNotFoundError:
                # There may be no head yet; whether anything else is missing, `is_whole` tells.
                continue
            except OSError:
                shutil.copyfile(path, folder / path.name)
        return EditionFiles(folder, owner)

    @property
    def changed(self) -> EditionFiles:
        """Where later editions are, in the same work folder."""
        assert self.owner is not None
        return EditionFiles(self.owner.path / "changed", self.owner)

    def changing(self) -> EditionFiles:
        """Files that may be written to: a copy of the index. The N-Quads are not taken along, as they are
        those of the first edition. Cost: copies the file."""
        files = self.changed
        # What a writer that was killed has left there, nobody reads.
        shutil.rmtree(files.folder, ignore_errors=True)
        files.folder.mkdir()
        shutil.copyfile(self.index, files.index)
        return files

    def seal(self) -> None:
        """Write down what the files hold, so that what is no more whole is noticed."""
        (self.folder / _HEAD).write_text(json.dumps(self._digests()), encoding="ascii")

    def is_whole(self) -> bool:
        """Whether the files are what they were when they were sealed. Cost: reads them once."""
        try:
            return bool(json.loads((self.folder / _HEAD).read_bytes()) == self._digests())
        except (OSError, ValueError):
            return False

    @property
    def _all(self) -> tuple[Path, ...]:
        return self.index, self.nquads, self.description, self.findings

    def _digests(self) -> dict[str, str]:
        return {path.name: _sha256(path) for path in self._all}


def closing_name(reasoner: ReasonerName, limits: ReasonerLimits | None) -> str:
    """What an edition is closed by, as far as it decides what is in it: other bounds may leave out other
    copies."""
    return reasoner if limits in (None, ReasonerLimits()) else f"{reasoner} {limits}"


class WorkFolder:
    """A folder that is removed when it is closed or forgotten, by a later run where this one is killed."""

    def __init__(self, path: Path) -> None:
        """A folder that somebody else sees to; see `made`."""
        self.path = path
        self._closing: Callable[[], object] = bool

    @classmethod
    def made(cls, parent: Path | None = None) -> WorkFolder:
        """A new one. Raises: OSError."""
        folder = cls(Path(tempfile.mkdtemp(prefix=_WORKING, dir=parent)))
        lock = os.open(folder.path / _LOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC)
        # The system lets go of it when the process ends, however it ends.
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder._closing = weakref.finalize(folder, _leave, folder.path, lock)
        return folder

    def close(self) -> None:
        """Remove it with all that is in it."""
        self._closing()


def _leave(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _remove_abandoned(folder: Path) -> None:
    """Remove a work folder that nobody works in."""
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime < YOUNG_S:
            return
        lock = os.open(folder / _LOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


@dataclass(frozen=True)
class EditionCache:
    """A folder of sealed editions, each named after all that it depends on; None where there is no place for
    one. Any number of processes may use it at the same time."""

    folder: Path | None

    @classmethod
    def of_user(cls) -> EditionCache:
        """The cache in the user's cache directory (XDG Base Directory Specification)."""
        base = os.environ.get("XDG_CACHE_HOME")
        try:
            return cls((Path(base) if base else Path.home() / ".cache") / "calcigraph")
        except RuntimeError:
            # A user without a home. What is kept elsewhere could be somebody else's.
            return cls(None)

    def recall(self, digest: str, reasoner: str, owner: WorkFolder) -> EditionFiles | None:
        """What was kept for a root, under names in a folder of `owner`; None where nothing was, or where it
        is not whole. Cost: reads the files once."""
        if self.folder is None:
            return None
        kept = EditionFiles(self._folder(digest, reasoner))
        try:
            # First held, then judged: another process may put others in their place meanwhile.
            files = kept.held(owner)
        except OSError:
            files = EditionFiles(owner.path / _FIRST, owner)
        if not files.is_whole():
            shutil.rmtree(files.folder, ignore_errors=True)
            return None
        with suppress(OSError):
            # When it was used last.
            os.utime(kept.folder)
        return files

    def work_folder(self) -> WorkFolder:
        """A folder to work in, on the file system of the cache where that can be written. Those that
        processes left behind when they were killed go first. Raises: EnvironmentProblem."""
        if self.folder is not None:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                for path in self.folder.glob(f"{_WORKING}*"):
                    _remove_abandoned(path)
                return WorkFolder.made(self.folder)
        try:
            return WorkFolder.made()
        except OSError as error:
            raise no_room(error) from error

    def keep(
        self, digest: str, reasoner: str, files: EditionFiles, most_bytes: int = MOST_KEPT_BYTES
    ) -> None:
        """Keep files for the next start, and no more than `most_bytes` of others; a folder that cannot be
        written, or is full, is no failure, and then has no part of them."""
        if self.folder is None:
            return
        wanted = self._folder(digest, reasoner)
        with suppress(OSError, EnvironmentProblem), closing(self.work_folder()) as made:
            copy = files.held(made)
            copy.seal()
            with suppress(FileNotFoundError):
                # It is not whole, or it would have been recalled.
                wanted.rename(made.path / _PASSED)
            copy.folder.rename(wanted)
            self._prune(wanted, most_bytes, made)

    def _prune(self, newest: Path, most_bytes: int, made: WorkFolder) -> None:
        """Take out what was used least recently, first out of sight of others and then away."""
        assert self.folder is not None
        kept = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path != newest]
        left = most_bytes - _bytes_of(newest)
        for path in sorted(kept, key=_last_used, reverse=True):
            left -= _bytes_of(path)
            if left < 0:
                with suppress(OSError):
                    path.rename(made.path / path.name)

    def _folder(self, digest: str, reasoner: str) -> Path:
        assert self.folder is not None
        key = hashlib.sha256(f"{__version__} {_program()} {reasoner} {digest}".encode()).hexdigest()
        return self.folder / key


def _bytes_of(folder: Path) -> int:
    """What the files of an edition take; 0 where they are gone."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in folder.iterdir())
    return 0


def _last_used(folder: Path) -> float:
    with suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _program() -> str:
    """SHA-256 over the modules that decide what is kept. Cost: reads some sixty files, once."""
    here = Path(__file__).parent.parent
    total = hashlib.sha256()
    for path in sorted(path for pattern in _DECIDING for path in here.glob(pattern)):
        total.update(path.read_bytes())
    return total.hexdigest()
