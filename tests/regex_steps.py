"""A pattern, a text and an offset in; where its match ends, and the steps that it takes to find out, out.

The matcher of the standard library counts nothing. This one follows the same rules
(https://docs.python.org/3/library/re.html) over what the library's own parser reads, so that the two can be
compared match by match; a step is one look at a character, one alternative that is tried, or one step back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# Private, as there is no public way to a pattern's parts; where they change, the comparison of the two fails.
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# What comes after a part of a pattern: from an offset to the end of the match, or to `NONE`.
Rest = Callable[[int], int]
Part = Callable[[int, Rest], int]
NONE = -1
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    ops.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    ops.CATEGORY_DIGIT: str.isdecimal,
    ops.CATEGORY_SPACE: str.isspace,
    ops.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
    ops.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    ops.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
}
_CHARACTERS = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN)


class CountingPattern:
    """A compiled pattern, of which the steps of all matches are counted in `steps`."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        assert not pattern.flags & (re.IGNORECASE | re.ASCII | re.MULTILINE), "not needed so far"
        self._pattern = pattern
        self._is_dot_all = bool(pattern.flags & re.DOTALL)
        self._whole = self._sequence(list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))
        self._text = ""
        self.steps = 0

    def match(self, text: str, at: int = 0) -> re.Match[str] | None:
        """What the library finds, which is what is found here. Raises: AssertionError where it is not."""
        self._text = text
        found = self._pattern.match(text, at)
        assert self._whole(at, _here) == (NONE if found is None else found.end())
        return found

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As `match`, of the whole text."""
        self._text = text
        found = self._pattern.fullmatch(text)
        end = self._whole(0, lambda at: at if at == len(text) else NONE)
        assert end == (NONE if found is None else len(text))
        return found

    def _sequence(self, items: Sequence[tuple[Any, Any]]) -> Part:
        parts = [self._part(kind, value) for kind, value in items]
        if len(parts) == 1:
            return parts[0]

        def matched(at: int, rest: Rest, i: int = 0) -> int:
            if i == len(parts):
                return rest(at)
            return parts[i](at, lambda end: matched(end, rest, i + 1))

        return matched

    def _part(self, kind: Any, value: Any) -> Part:
        if kind in _CHARACTERS:
            takes = self._character(kind, value)
            return lambda at, rest: rest(at + 1) if takes(at) else NONE
        if kind is ops.BRANCH:
            return self._branches([self._sequence(list(branch)) for branch in value[1]])
        if kind is ops.SUBPATTERN:
            return self._sequence(list(value[3]))
        if kind is ops.MAX_REPEAT:
            return self._greedy(*value)
        if kind is ops.POSSESSIVE_REPEAT:
            return self._possessive(*value)
        if kind in (ops.ASSERT, ops.ASSERT_NOT):
            return self._assertion(*value, kind is ops.ASSERT)
        if kind is ops.AT and value is ops.AT_END_STRING:
            return lambda at, rest: rest(at) if at == len(self._text) else NONE
        assert kind is ops.FAILURE, kind
        return lambda at, rest: NONE

    def _branches(self, branches: list[Part]) -> Part:
        def matched(at: int, rest: Rest) -> int:
            for branch in branches:
                self.steps += 1
                if (end := branch(at, rest)) != NONE:
                    return end
            return NONE

        return matched

    def _greedy(self, least: int, most: int, inner: Sequence[tuple[Any, Any]]) -> Part:
        kind, value = inner[0]
        if len(inner) > 1 or kind not in _CHARACTERS:
            assert (least, most) == (0, 1), "longer repetitions of groups are possessive"
            return self._branches([self._sequence(list(inner)), lambda at, rest: rest(at)])
        takes = self._character(kind, value)

        def matched(at: int, rest: Rest) -> int:
            end = at
            while end - at < most and takes(end):
                end += 1
            for back in range(end, at + least - 1, -1):
                self.steps += 1
                if (found := rest(back)) != NONE:
                    return found
            return NONE

        return matched

    def _possessive(self, least: int, most: int, inner: Sequence[tuple[Any, Any]]) -> Part:
        once = self._sequence(list(inner))

        def matched(at: int, rest: Rest) -> int:
            number = 0
            while number < most and (end := once(at, _here)) not in (NONE, at):
                at, number = end, number + 1
            return rest(at) if number >= least else NONE

        return matched

    def _assertion(self, direction: int, inner: Any, is_positive: bool) -> Part:
        looked_for, back = self._sequence(list(inner)), 0 if direction > 0 else inner.getwidth()[0]

        def matched(at: int, rest: Rest) -> int:
            holds = at >= back and looked_for(at - back, _here) != NONE
            return rest(at) if holds == is_positive else NONE

        return matched

    def _character(self, kind: Any, value: Any) -> Callable[[int], bool]:
        def takes(at: int) -> bool:
            self.steps += 1
            return at < len(self._text) and is_taken(self._text[at])

        is_taken = _membership(kind, value, self._is_dot_all)
        return takes


def _here(at: int) -> int:
    return at


def _membership(kind: Any, value: Any, is_dot_all: bool) -> Callable[[str], bool]:
    """Whether a character is one that a part of a pattern takes; looked up once a character."""
    known: dict[str, bool] = {}

    def is_taken(char: str) -> bool:
        if char not in known:
            known[char] = _is_member(char, kind, value, is_dot_all)
        return known[char]

    return is_taken


def _is_member(char: str, kind: Any, value: Any, is_dot_all: bool) -> bool:
    if kind is ops.ANY:
        return is_dot_all or char != "\n"
    if kind is ops.IN:
        negated = value[0][0] is ops.NEGATE
        return any(_is_member(char, *member, is_dot_all) for member in value[negated:]) != negated
    if kind is ops.RANGE:
        low, high = value
        return bool(low <= ord(char) <= high)
    if kind is ops.CATEGORY:
        return _CATEGORIES[value](char)
    return (ord(char) == value) == (kind is ops.LITERAL)
