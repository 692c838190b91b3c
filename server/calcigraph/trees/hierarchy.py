"""Terms and what is below what in, a tree with one place for all names of one term out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from calcigraph.deadline import watched

Pair: TypeAlias = tuple[int, int]
"""A term, and one that it is below; or two that are the same."""
Sorting: TypeAlias = Callable[[Sequence[int]], Sequence[int]]
_MOST_KEPT: Final = 512


class Hierarchy:
    """A tree in memory. Terms that stand on both sides of an equivalence have one place, under the first of
    them.

    Where every term is below another one, as in a circle, the first of each circle is on top to which no term
    outside leads. Cost: linear in the terms and pairs, a microsecond each. Raises: LookUpsTimedOut,
    LookUpsAbandoned.
    """

    def __init__(
        self,
        terms: Collection[int],
        below: Iterable[Pair],
        same: Iterable[Pair],
        sort: Sorting,
        *,
        is_cut: bool = False,
    ) -> None:
        self.is_cut = is_cut
        self._first = _merged(terms, same)
        self._alike: dict[int, list[int]] = {}
        for term, first in self._first.items():
            if term != first:
                self._alike.setdefault(first, []).append(term)
        self._below: dict[int, dict[int, None]] = {}
        self._above: dict[int, dict[int, None]] = {}
        nodes = dict.fromkeys(self._first.get(term, term) for term in terms)
        for lower, upper in watched(below):
            child, parent = self._first.get(lower, lower), self._first.get(upper, upper)
            if child != parent and child in nodes and parent in nodes:
                self._below.setdefault(parent, {})[child] = None
                self._above.setdefault(child, {})[parent] = None
        self._nodes = nodes
        self._tops = self._reaching()
        self._sorted = lru_cache(_MOST_KEPT)(lambda node: tuple(sort(self._unsorted(node))))

    @property
    def count(self) -> int:
        """See `Tree.count`."""
        return len(self._first) or len(self._nodes)

    def size(self, node: int | None) -> int:
        """See `Tree.size`."""
        return len(self._unsorted(node))

    def children(self, node: int | None, offset: int, most: int) -> Sequence[int]:
        """See `Tree.children`."""
        return self._sorted(node)[offset : offset + most]

    def above(self, node: int) -> Sequence[int]:
        """See `Tree.above`."""
        return tuple(self._above.get(self._first.get(node, node), ()))

    def alike(self, node: int) -> Sequence[int]:
        """See `Tree.alike`."""
        first = self._first.get(node, node)
        return [term for term in (first, *self._alike.get(first, ())) if term != node]

    def holds(self, node: int) -> bool:
        """See `Tree.holds`."""
        return node in self._first

    def _unsorted(self, node: int | None) -> Sequence[int]:
        return self._tops if node is None else tuple(self._below.get(self._first.get(node, node), ()))

    def _reaching(self) -> Sequence[int]:
        """The terms below none, and one of each circle that none of these leads to."""
        tops = [node for node in self._nodes if node not in self._above]
        seen = set(self._under(tops))
        # By a depth-first search, what finishes last leads to all that leads to it.
        for node in reversed(self._finished(node for node in self._nodes if node not in seen)):
            if node not in seen:
                tops.append(node)
                seen |= self._under([node], seen)
        return tuple(tops)

    def _finished(self, starts: Iterable[int]) -> list[int]:
        """The terms below some, and these, in the order in which a depth-first search leaves them."""
        done: list[int] = []
        seen: set[int] = set()
        for start in watched(starts):
            waiting = [(start, False)]
            while waiting:
                node, is_left = waiting.pop()
                if is_left:
                    done.append(node)
                elif node not in seen:
                    seen.add(node)
                    waiting.append((node, True))
                    waiting += ((child, False) for child in self._below.get(node, ()) if child not in seen)
        return done

    def _under(self, tops: Iterable[int], known: Collection[int] = frozenset()) -> set[int]:
        waiting = [*tops]
        seen = set(waiting)
        while waiting:
            for child in watched(self._below.get(waiting.pop(), ())):
                if child not in seen and child not in known:
                    seen.add(child)
                    waiting.append(child)
        return seen


def _merged(terms: Collection[int], same: Iterable[Pair]) -> dict[int, int]:
    """For each term the one that stands for it: the first of those that are the same."""
    order = {term: place for place, term in enumerate(terms)}
    first = {term: term for term in terms}

    def found(term: int) -> int:
        while first[term] != term:
            first[term] = first[first[term]]
            term = first[term]
        return term

    for one, other in watched(same):
        if one in first and other in first:
            low, high = sorted((found(one), found(other)), key=order.__getitem__)
            first[high] = low
    return {term: found(term) for term in terms}
