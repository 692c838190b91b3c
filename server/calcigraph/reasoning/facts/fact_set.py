"""Packed facts in; a set of them that is cheap to look through and cheap to change by a few facts.

A sorted array is the quickest thing to search and join, and the slowest to change: one fact more
moves millions. So a set keeps what came and what went since its array was made beside it, both
sorted too, and takes them into the array when they have grown with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from calcigraph.reasoning.facts.arrays import NONE, between, contains, member, merge, remove
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


class FactSet:
    """A set of packed facts. It is never changed: `plus` and `minus` make another one.

    Cost: a change by a few facts copies what came or went since the array was made, at most its
    64th part; once in that many changes it copies the array.
    """

    __slots__ = ("_array", "_came", "_went")
    fold: ClassVar[int] = 64
    """How many times as long as its changes an array has to be to be left alone."""

    def __init__(self, array: Ids = NONE, came: Ids = NONE, went: Ids = NONE) -> None:
        """Make a set of a sorted array, facts beside it and facts in it that do not count (all sorted)."""
        self._array, self._came, self._went = array, came, went
        if (len(came) + len(went)) * self.fold > len(array):
            self._fold()

    def __len__(self) -> int:
        return len(self._array) + len(self._came) - len(self._went)

    def _fold(self) -> None:
        self._array = merge(remove(self._array, self._went), self._came)
        self._came = self._went = NONE

    @property
    def array(self) -> Ids:
        """All facts, sorted. Cost: the facts, where some came or went since the last call."""
        if len(self._came) or len(self._went):
            self._fold()
        return self._array

    def plus(self, news: Ids) -> FactSet:
        """This set and sorted facts that are not in it."""
        if not len(news):
            return self
        again = member(news, self._went)
        if again.any():
            return FactSet(self._array, merge(self._came, news[~again]), remove(self._went, news[again]))
        return FactSet(self._array, merge(self._came, news), self._went)

    def minus(self, gone: Ids) -> FactSet:
        """This set without some sorted facts."""
        inside = gone[member(gone, self._array)]
        went = merge(self._went, inside[~member(inside, self._went)])
        return FactSet(self._array, remove(self._came, gone), went)

    def member(self, values: Ids) -> npt.NDArray[np.bool_]:
        """Which of some values are in the set. Cost: at most three searches each."""
        found = member(values, self._array)
        if len(self._went):
            found &= ~member(values, self._went)
        if len(self._came):
            found |= member(values, self._came)
        return found

    def holds(self, fact: int) -> bool:
        """Whether one fact is in the set."""
        if contains(self._array, fact):
            return not contains(self._went, fact)
        return contains(self._came, fact)

    def between(self, first: int) -> Ids:
        """The second halves of the pairs that begin with one id, sorted."""
        found = between(self._array, first)
        if len(self._went):
            found = remove(found, between(self._went, first))
        return merge(found, between(self._came, first)) if len(self._came) else found

    def follow(self, firsts: Ids, allow: Callable[[int], None]) -> tuple[Ids, Ids]:
        """The pairs that begin with some ids: for each the place of its id among them, and its second half.

        `allow` is told how many there are, at most, before they are made, and may refuse.
        """
        parts = [part for part in (self._array, self._came) if len(part)]
        lows = [part.searchsorted(firsts << SHIFT) for part in parts]
        highs = [part.searchsorted((firsts + 1) << SHIFT) for part in parts]
        allow(sum(int((high - low).sum()) for low, high in zip(lows, highs, strict=True)))
        found = [_spread(*span) for span in zip(parts, lows, highs, strict=True)]
        if not found:
            return NONE, NONE
        places, facts = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        if len(self._went):
            here = ~member(facts, self._went)
            places, facts = places[here], facts[here]
        return places, facts & MASK


def _spread(array: Ids, low: Ids, high: Ids) -> tuple[Ids, Ids]:
    """For each fact in some ranges of an array, the number of its range, and the fact."""
    counts = high - low
    places = np.repeat(np.arange(len(low)), counts)
    at = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts - low, counts)
    return places, array[at]
