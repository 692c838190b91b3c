"""Triples that are given or built in; why each stands there, and how it was written, out.

A triple is *given* to stage `before` when it is asserted, to stage `after` when it is entailed. It is
*built* once for each portion of a rule (see `portions`) that builds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from calcigraph.reasoning.constructs.history import History, Recorded, RecordedCounts
from calcigraph.reasoning.constructs.moves import STAGES
from calcigraph.reasoning.constructs.spelling import Spelling, has_spelling
from calcigraph.reasoning.queries.rule import Stage


class Grounds:
    """Why triples stand. Given ones come in as they were written; all else is canonical (see `spelling`)."""

    def __init__(self, history: History) -> None:
        self.spelling = Spelling(history)
        self._plain: dict[Stage, Recorded[ox.Triple, bool]] = {s: Recorded(history) for s in STAGES}
        self._spelt: dict[Stage, Recorded[ox.Triple, frozenset[ox.Triple]]] = {
            stage: Recorded(history) for stage in STAGES
        }
        self._built: dict[Stage, RecordedCounts[ox.Triple]] = {s: RecordedCounts(history) for s in STAGES}

    def give(self, stage: Stage, triples: Sequence[ox.Triple]) -> set[ox.Triple]:
        """Take triples as given; what they are canonically."""
        self.spelling.learn(triples)
        return {self._given(stage, triple, 1) for triple in triples}

    def take_back(self, stage: Stage, triples: Iterable[ox.Triple]) -> set[ox.Triple]:
        """Take triples as given no more; what they are canonically."""
        return {self._given(stage, triple, -1) for triple in triples}

    def _given(self, stage: Stage, triple: ox.Triple, times: int) -> ox.Triple:
        kept = self.spelling.canonical(triple)
        if not has_spelling(triple):
            self._plain[stage].set(kept, True if times > 0 else None)
            return kept
        forms = self._spelt[stage].get(kept) or frozenset()
        if (triple in forms) != (times > 0):
            if stage == "before":
                self.spelling.write(triple, times)
            self._spelt[stage].set(kept, (forms | {triple} if times > 0 else forms - {triple}) or None)
        return kept

    def build(self, stage: Stage, more: Iterable[ox.Triple], less: Iterable[ox.Triple]) -> None:
        """Take canonical triples as built once more, or once less, each as often as it is named."""
        self._built[stage].add(more, 1)
        self._built[stage].add(less, -1)

    def built(self, stage: Stage) -> list[ox.Triple]:
        """What a stage builds, each triple as often as it does. Cost: all of it."""
        return self._built[stage].elements()

    def is_given(self, stage: Stage, triple: ox.Triple) -> bool:
        """Whether a canonical triple is asserted (or entailed)."""
        return triple in self._plain[stage] or triple in self._spelt[stage]

    def is_built(self, stage: Stage, triple: ox.Triple) -> bool:
        """Whether a rule of a stage builds a canonical triple."""
        return triple in self._built[stage]

    def stands(self, stage: Stage, triple: ox.Triple, beside: int) -> bool:
        """Whether a stage sees a triple for other reasons than so many `beside` by its own rules."""
        return any(
            self.is_given(each, triple) or self._built[each].count(triple) > (beside if each == stage else 0)
            for each in STAGES[: STAGES.index(stage) + 1]
        )

    def as_written(self, triple: ox.Triple) -> ox.Triple:
        """A canonical triple in the words of whoever gave or built it."""
        for stage in STAGES:
            forms = self._spelt[stage].get(triple)
            if forms:
                return min(forms, key=str)
        return self.spelling.spelled(triple)
