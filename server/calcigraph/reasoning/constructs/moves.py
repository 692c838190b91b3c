"""Triples that came and went, as a change makes them known to the rules that have to follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from calcigraph.reasoning.queries.rule import Stage

STAGES: Final[tuple[Stage, ...]] = ("before", "after")


class Delta:
    """Triples that came and went on the whole: what comes and goes again is no change."""

    def __init__(self) -> None:
        self._signs: dict[ox.Triple, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._signs)

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self._signs)

    def note(self, triple: ox.Triple, came: bool) -> None:
        """Take note that a triple came, or went."""
        if self._signs.pop(triple, came) == came:
            self._signs[triple] = came

    def came(self) -> list[ox.Triple]:
        """The triples that are there and were not."""
        return [triple for triple, came in self._signs.items() if came]

    def went(self) -> list[ox.Triple]:
        """The triples that were there and are not."""
        return [triple for triple, came in self._signs.items() if not came]

    def clear(self) -> None:
        """Begin anew."""
        self._signs.clear()


class Moves:
    """What one change has moved so far.

    `changes` are, for each stage, the triples that came into its view and went from it since its rules
    were last brought up to date, and `loosened` those that since then lost a ground to stand on, be they
    still there or not. `turned` are those that became derived by a stage, or ceased to be so, since
    whoever reads it last emptied it.
    """

    def __init__(self) -> None:
        self.changes: dict[Stage, Delta] = {stage: Delta() for stage in STAGES}
        self.loosened: dict[Stage, set[ox.Triple]] = {stage: set() for stage in STAGES}
        self.turned: dict[Stage, Delta] = {stage: Delta() for stage in STAGES}

    def loosen(self, triple: ox.Triple, stage: Stage) -> None:
        """Take note that a stage, or who asserts or entails what it sees, gives a triple one ground less."""
        for seeing in STAGES[STAGES.index(stage) :]:
            self.loosened[seeing].add(triple)

    def forget(self, stage: Stage) -> None:
        """Take a stage for up to date."""
        self.changes[stage].clear()
        self.loosened[stage].clear()
