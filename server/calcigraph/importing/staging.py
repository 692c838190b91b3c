"""Files of a root that are to be written in; all of them, or none, out."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final

import pyoxigraph as ox

from calcigraph.errors import EnvironmentProblem, Place, Problem
from calcigraph.importing.plan import ROOMS
from calcigraph.rdf.canonical import says_the_same
from calcigraph.rdf.formats import by_path
from calcigraph.rdf.native_formats import NATIVE_GRAPHS

# No file of a root ends so, so nobody reads one that is not whole.
_SUFFIX: Final = ".importing"


class WrittenWrong(Problem):
    """A file that does not say what it was made of: a mistake of this program, found in time."""

    title: ClassVar[str] = "The file that was written does not say what was read"


def unwritable(error: OSError) -> EnvironmentProblem:
    """What to say where the system does not let this program write a file or folder of a root."""
    return EnvironmentProblem(
        f"The root cannot be written: {os.strerror(error.errno or errno.EIO)}.",
        "Let the user that runs this program write there, and see that there is room.",
    )


def remove_staged(folder: Path, mark: str) -> None:
    """Remove what is left of work that was ended before its end."""
    for room in ROOMS:
        for staged in (folder / room).rglob(f".*{_ending(mark)}"):
            with suppress(OSError):
                staged.unlink()


def _ending(mark: str) -> str:
    return f".{mark}{_SUFFIX}" if mark else _SUFFIX


class Staging:
    """Files that are written beside the places where they belong, read again and compared, and moved there
    when all of them are right; what is left when something fails is removed."""

    def __init__(self, folder: Path, mark: str = "") -> None:
        """`mark` tells those of one piece of work from others."""
        self._folder = folder
        self._mark = mark
        self._staged: dict[str, Path] = {}

    def add(self, path: str, data: bytes, meant: Iterable[ox.Quad] | None = None) -> str:
        """Write a file beside its place; where `meant` is given, read it again and compare.

        Out: the SHA-256 of what was written. Raises: WrittenWrong; EnvironmentProblem where it cannot be
        written.
        """
        goal = self._folder / path
        staged = goal.with_name(f".{goal.name}{_ending(self._mark)}")
        try:
            goal.parent.mkdir(parents=True, exist_ok=True)
            self._staged[path] = staged
            with staged.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(error) from error
        if meant is not None:
            self._compare(path, staged, meant)
        return hashlib.sha256(data).hexdigest()

    def _compare(self, path: str, staged: Path, meant: Iterable[ox.Quad]) -> None:
        form = NATIVE_GRAPHS[by_path(path).key]
        try:
            is_right = says_the_same(ox.parse(path=str(staged), format=form), meant)
        except (SyntaxError, ValueError):
            is_right = False
        if not is_right:
            raise WrittenWrong(
                "Reading it again gives another graph, so nothing was written.",
                "Please report this, with the file that was to be imported.",
                Place(path),
            )

    def commit(self) -> None:
        """Move all files to where they belong. Raises: EnvironmentProblem."""
        try:
            for path, staged in list(self._staged.items()):
                staged.replace(self._folder / path)
                del self._staged[path]
        except OSError as error:
            raise unwritable(error) from error

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for staged in self._staged.values():
            with suppress(OSError):
                staged.unlink()
