"""The table of rooms in, the mutants of their modules and the reasons of known survivors out."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mutation.operators import Mutant, mutants


class RoomsWrong(ValueError):
    """A table that names a file, a test or a mutant that there is not."""


@dataclass(frozen=True)
class Room:
    """Modules, by their paths below the package, and the tests that guard them, quickest first: files, or
    tests of a file (`test_x.py::test_y`)."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """A mutant, its module and its room."""

    room: Room
    file: str
    mutant: Mutant

    def __str__(self) -> str:
        return f"{self.file}:{self.mutant.line}: {self.mutant}"


@dataclass(frozen=True)
class RoomsFile:
    """`mutants.toml`: the rooms, and why some mutants cannot be noticed, by module and change."""

    root: Path
    rooms: tuple[Room, ...]
    reasons: dict[tuple[str, str], str]

    @classmethod
    def read(cls, path: Path, root: Path) -> RoomsFile:
        """Raises: RoomsWrong where a name leads nowhere, so that no room is passed over."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        rooms = tuple(_room(root, row) for row in table["room"])
        reasons = {(row["file"], row["change"]): row["reason"] for row in table.get("survivor", [])}
        return cls(root, rooms, reasons)

    def candidates(self, names: list[str] | None = None) -> list[Candidate]:
        """Every mutant of the rooms, or of those that are named. Raises: RoomsWrong."""
        unknown = set(names or ()) - {room.name for room in self.rooms}
        if unknown:
            raise RoomsWrong(f"there is no room {sorted(unknown)[0]!r}")
        return [
            Candidate(room, file, mutant)
            for room in self.rooms
            if names is None or room.name in names
            for file in room.files
            for mutant in mutants((self.root / file).read_bytes())
        ]

    def draw(self, number: int, seed: int, names: list[str] | None = None) -> list[Candidate]:
        """So many mutants, each as likely as any other; the same ones for the same seed and program."""
        candidates = self.candidates(names)
        random.Random(seed).shuffle(candidates)
        usable = (c for c in candidates if c.mutant.is_python((self.root / c.file).read_bytes()))
        return list(islice(usable, number))

    def reason(self, candidate: Candidate) -> str:
        """Why a survivor is none to worry about; empty where nothing is written down."""
        return self.reasons.get((candidate.file, str(candidate.mutant)), "")

    def stale(self) -> list[str]:
        """Reasons for changes that are no mutants any more."""
        known = {(candidate.file, str(candidate.mutant)) for candidate in self.candidates()}
        return [f"{file}: {change}" for file, change in self.reasons if (file, change) not in known]


def _room(root: Path, row: dict[str, Any]) -> Room:
    files: list[str] = []
    for pattern in row["files"]:
        found = sorted(
            path.relative_to(root).as_posix() for path in root.glob(f"server/calcigraph/{pattern}")
        )
        if not found:
            raise RoomsWrong(f"room {row['name']!r}: no module is called {pattern!r}")
        files += found
    for test in row["tests"]:
        if not (root / "tests" / test.partition("::")[0]).is_file():
            raise RoomsWrong(f"room {row['name']!r}: there is no test {test!r}")
    return Room(row["name"], tuple(dict.fromkeys(files)), tuple(row["tests"]))
