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

    __slots__ = ("_parts",)
    fold: ClassVar[int] = 64
    """How many times as long as its changes an array has to be to be left alone."""

    def __init__(self, array: Ids = NONE, came: Ids = NONE, went: Ids = NONE) -> None:
        """Make a set of a sorted array, facts beside it and facts in it that do not count (all sorted)."""
        # One value, so that a thread that folds the set takes no part of it from under another's reading.
        self._parts = (array, came, went)
        if (len(came) + len(went)) * self.fold > len(array):
            self._fold()

    def __len__(self) -> int:
        array, came, went = self._parts
        return len(array) + len(came) - len(went)

    def _fold(self) -> Ids:
        array, came, went = self._parts
        if len(came) or len(went):
            array = merge(remove(array, went), came)
            self._parts = (array, NONE, NONE)
        return array

    @property
    def array(self) -> Ids:
        """All facts, sorted. Cost: the facts, where some came or went since the last call."""
        return self._fold()

    def plus(self, news: Ids) -> FactSet:
        """This set and sorted facts that are not in it."""
        if not len(news):
            return self
        array, came, went = self._parts
        again = member(news, went)
        if again.any():
            return FactSet(array, merge(came, news[~again]), remove(went, news[again]))
        return FactSet(array, merge(came, news), went)

    def minus(self, gone: Ids) -> FactSet:
        """This set without some sorted facts."""
        array, came, went = self._parts
        inside = gone[member(gone, array)]
        return FactSet(array, remove(came, gone), merge(went, inside[~member(inside, went)]))

    def member(self, values: Ids) -> npt.NDArray[np.bool_]:
        """Which of some values are in the set. Cost: at most three searches each."""
        array, came, went = self._parts
        found = member(values, array)
        if len(went):
            found &= ~member(values, went)
        if len(came):
            found |= member(values, came)
        return found

    def holds(self, fact: int) -> bool:
        """Whether one fact is in the set."""
        array, came, went = self._parts
        return not contains(went, fact) if contains(array, fact) else contains(came, fact)

    def between(self, first: int) -> Ids:
        """The second halves of the pairs that begin with one id, sorted."""
        array, came, went = self._parts
        found = between(array, first)
        if len(went):
            found = remove(found, between(went, first))
        return merge(found, between(came, first)) if len(came) else found

    def follow(self, firsts: Ids, allow: Callable[[int], None]) -> tuple[Ids, Ids]:
        """The pairs that begin with some ids: for each the place of its id among them, and its second half.

        `allow` is told how many there are, at most, before they are made, and may refuse.
        """
        array, came, went = self._parts
        parts = [part for part in (array, came) if len(part)]
        lows = [part.searchsorted(firsts << SHIFT) for part in parts]
        highs = [part.searchsorted((firsts + 1) << SHIFT) for part in parts]
        allow(sum(int((high - low).sum()) for low, high in zip(lows, highs, strict=True)))
        found = [_spread(*span) for span in zip(parts, lows, highs, strict=True)]
        if not found:
            return NONE, NONE
        places, facts = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
        if len(went):
            here = ~member(facts, went)
            places, facts = places[here], facts[here]
        return places, facts & MASK


def _spread(array: Ids, low: Ids, high: Ids) -> tuple[Ids, Ids]:
    """For each fact in some ranges of an array, the number of its range, and the fact."""
    counts = high - low
    places = np.repeat(np.arange(len(low)), counts)
    at = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts - low, counts)
    return places, array[at]
