"""Names in, the one out that was perhaps meant by another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final

# Of more names that a slip may have made of one, none is near alone; each is compared letter by letter.
_MOST_COMPARED: Final = 500
_BITS: Final = 64


class NearNames:
    """Names by what a slip of the pen leaves: their digits, and most of their letters."""

    def __init__(self, names: Iterable[str]) -> None:
        self._same: dict[str, str] = {}
        # By digits and length, as which letters a name has are soon compared, and the name itself is not.
        self._alike: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
        for name in sorted(set(names), reverse=True):
            self._same[name.lower()] = name
            self._alike[_digits(name), len(name)].append((_letters(name), name))

    def nearest(self, name: str) -> str | None:
        """The name that was perhaps meant: the same but for capitals, else within two slips of the pen; None
        where none or several are as near, or very many may be. Names that differ in their digits are meant
        to, unless one has none. Cost: some 100 nanoseconds a name, and of those that are left
        some 10 microseconds each."""
        same = self._same.get(name.lower())
        if same is not None:
            return same
        most = 1 if len(name) < 6 else 2
        near = self._may_be_slips(name, most)
        if len(near) > _MOST_COMPARED:
            return None
        by_distance: dict[int, list[str]] = defaultdict(list)
        for other in near:
            by_distance[distance(name, other)].append(other)
        closest = min(by_distance, default=most + 1)
        return by_distance[closest][0] if closest <= most and len(by_distance[closest]) == 1 else None

    def _may_be_slips(self, name: str, most: int) -> list[str]:
        letters, digits = _letters(name), _digits(name)
        return [
            other
            for had in dict.fromkeys(("", digits))
            for length in range(len(name) - most, len(name) + most + 1)
            for its_letters, other in self._alike.get((had, length), ())
            # A slip takes one letter out, and puts one in.
            if (letters ^ its_letters).bit_count() <= 2 * most
        ]


@cache
def _indexed(names: frozenset[str]) -> NearNames:
    return NearNames(names)


def nearest(name: str, names: frozenset[str]) -> str | None:
    """The one of the names of a vocabulary that was perhaps meant; these are kept for the next time."""
    return _indexed(names).nearest(name)


def _digits(name: str) -> str:
    return "".join(sorted(filter(str.isdigit, name)))


def _letters(name: str) -> int:
    """Which characters a name has, as bits, and which it has twice; some characters share one."""
    once = twice = 0
    for character in name:
        bit = 1 << (ord(character) % _BITS)
        twice |= once & bit
        once |= bit
    return once | twice << _BITS


def distance(one: str, other: str) -> int:
    """How many characters to add, take out, change or swap with their neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row, older = row, [i], before
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
