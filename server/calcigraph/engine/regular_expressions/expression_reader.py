"""The text of a regular expression of XPath and its flags in, what it consists of out.

XPath and XQuery Functions and Operators 3.1, section 5.6; XML Schema Part 2, appendix F. More is taken than
the letter has, because it is often written and means the same everywhere: `\\b` and `\\B`, flags in front as
in `(?i)`, and `\\` before any punctuation mark.
"""

from __future__ import annotations

import re
from typing import Final

from calcigraph.engine.regular_expressions.expression_parts import (
    Alternative,
    BackReference,
    Category,
    Character,
    CharacterClass,
    Mark,
    PatternGroup,
    RegularExpression,
    Repeatable,
    Repeated,
)
from calcigraph.engine.regular_expressions.unicode_blocks import BLOCKS

FLAGS: Final = "smixq"
_SPACES: Final = "\t\n\r "
_CATEGORIES: Final = re.compile(r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_FLAGS_IN_FRONT: Final = re.compile(r"\(\?([imsx]+)\)")
_NAME_START: Final = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF)),
    *((0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF)),
    *((0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
_NAME: Final = (
    *_NAME_START,
    *((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)),
)
_CLASSES: Final = {
    "s": CharacterClass(tuple((ord(each), ord(each)) for each in _SPACES)),
    "i": CharacterClass(_NAME_START, is_caseless=True),
    "c": CharacterClass(_NAME, is_caseless=True),
    "d": CharacterClass(categories=(Category("Nd"),)),
    "w": CharacterClass(categories=tuple(map(Category, "PZC")), is_negated=True),
}
# What other dialects have, and what to write instead.
_FOREIGN: Final = {
    "?=": "XPath cannot look ahead: use a second REGEX",
    "?!": "XPath cannot look ahead: use !REGEX",
    "?<": "XPath has no names for groups and cannot look behind: call groups by their number",
    "?P": "XPath has no names for groups: call them by their number",
    "?i": "flags stand in front of the whole, or are the third argument",
}


class RegularExpressionInvalid(ValueError):
    """What is no regular expression of XPath (err:FORX0001, err:FORX0002); says at which character, from
    1, and why."""


def read(pattern: str, flags: str = "") -> RegularExpression:
    """Read `pattern`. Cost: linear. Raises: RegularExpressionInvalid."""
    unknown = next((flag for flag in flags if flag not in FLAGS), None)
    if unknown is not None:
        raise RegularExpressionInvalid(f"there is no flag {unknown!r}: the flags are s, m, i, x and q")
    if "q" in flags:
        literal = tuple(map(Character, pattern))
        return RegularExpression((literal,), 0, "i" if "i" in flags else "", False)
    in_front = _FLAGS_IN_FRONT.match(pattern)
    at = in_front.end() if in_front else 0
    return _PatternReader(pattern, at, flags + (in_front[1] if in_front else "")).whole()


class _PatternReader:
    def __init__(self, pattern: str, at: int, flags: str) -> None:
        self._pattern = pattern
        self._at = at
        self._flags = flags
        self._groups = 0
        self._open: set[int] = set()
        self._refers = False
        self._depth = 0

    def whole(self) -> RegularExpression:
        alternatives = self._alternatives()
        if self._at < len(self._pattern):
            raise self._invalid("`)` without `(`: write `\\)` for the character")
        flags = "".join(flag for flag in "ims" if flag in self._flags)
        return RegularExpression(alternatives, self._groups, flags, self._refers)

    def _invalid(self, reason: str) -> RegularExpressionInvalid:
        return RegularExpressionInvalid(f"at character {self._at + 1}, {reason}")

    def _next(self) -> str:
        """The next character, without taking it; with the flag x, white space is skipped."""
        while "x" in self._flags and self._pattern[self._at : self._at + 1] in tuple(_SPACES):
            self._at += 1
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        taken = self._pattern[self._at : self._at + 1]
        self._at += 1
        return taken

    def _alternatives(self) -> tuple[Alternative, ...]:
        branches = [self._branch()]
        while self._next() == "|":
            self._take()
            branches.append(self._branch())
        return tuple(branches)

    def _branch(self) -> Alternative:
        pieces: list[Repeatable | Repeated] = []
        while self._next() not in ("", "|", ")"):
            atom = self._atom()
            repeated = self._repeated(atom)
            if repeated is not atom and self._next() in ("?", "*", "+", "{") and self._next():
                raise self._invalid("nothing to repeat: write brackets around what is repeated twice")
            pieces.append(repeated)
        return tuple(pieces)

    def _atom(self) -> Repeatable:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == ".":
            return Mark(".")
        if character == "^":
            return Mark("^")
        if character == "$":
            return Mark("$")
        if character == "\\":
            return self._escape()
        if character in "?*+{":
            self._at -= 1
            raise self._invalid(f"nothing to repeat: write `\\{character}` for the character")
        if character in "]}":
            self._at -= 1
            raise self._invalid(f"`{character}` without its opening: write `\\{character}` for the character")
        return Character(character)

    def _repeated(self, atom: Repeatable) -> Repeatable | Repeated:
        mark = self._next()
        if mark not in ("?", "*", "+", "{"):
            return atom
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(mark) or self._bounds()
        if mark != "{":
            self._take()
        is_reluctant = self._next() == "?"
        if is_reluctant:
            self._take()
        return Repeated(atom, least, most, is_reluctant)

    def _bounds(self) -> tuple[int, int | None]:
        closing = self._pattern.find("}", self._at)
        written = self._pattern[self._at + 1 : closing] if closing >= 0 else ""
        if "x" in self._flags:
            written = written.translate(dict.fromkeys(map(ord, _SPACES)))
        found = re.fullmatch(r"([0-9]{1,9})(,([0-9]{1,9})?)?", written)
        if found is None:
            raise self._invalid("`{` is not followed by `n}`, `n,}` or `n,m}`: write `\\{` for the character")
        least = int(found[1])
        most = None if found[2] == "," else int(found[3] or least)
        if most is not None and most < least:
            raise self._invalid("a repetition of fewer times at most than at least")
        self._at = closing + 1
        return least, most

    def _group(self) -> PatternGroup:
        number = None
        if self._next() == "?":
            opening = self._pattern[self._at : self._at + 2]
            if opening != "?:":
                raise self._invalid(_FOREIGN.get(opening, "`(?` begins no group of XPath but in `(?:`"))
            self._at += 2
        else:
            self._groups += 1
            number = self._groups
            self._open.add(number)
        self._depth += 1
        if self._depth > 100:
            raise self._invalid("more than 100 brackets are in one another")
        alternatives = self._alternatives()
        self._depth -= 1
        if self._next() != ")":
            raise self._invalid("a `)` is missing")
        self._take()
        if number is not None:
            self._open.discard(number)
        return PatternGroup(alternatives, number)

    def _escape(self) -> Repeatable:
        character = self._pattern[self._at : self._at + 1]
        if character in ("b", "B"):
            self._take()
            return Mark("b" if character == "b" else "B")
        if character.isascii() and character.isdigit():
            return self._back_reference()
        found = self._escape_of_class()
        return Character(found) if isinstance(found, str) else found

    def _back_reference(self) -> BackReference:
        # As many digits as there are groups before (section 5.6.1).
        digits = self._take()
        while (more := self._pattern[self._at : self._at + 1]).isascii() and more.isdigit():
            if int(digits + more) > self._groups:
                break
            digits += self._take()
        number = int(digits)
        if not 0 < number <= self._groups or number in self._open:
            raise self._invalid(f"`\\{number}` is behind no group of that number")
        self._refers = True
        return BackReference(number)

    def _escape_of_class(self) -> str | CharacterClass:
        """What `\\` and the next character stand for, inside of a class or outside."""
        character = self._take()
        if character.lower() in _CLASSES and character:
            known = _CLASSES[character.lower()]
            return known if character.islower() else CharacterClass(classes=(known,), is_negated=True)
        if character in ("p", "P"):
            return self._property(is_negated=character == "P")
        if character in _ESCAPED:
            return _ESCAPED[character]
        if character and character in _PUNCTUATION:
            return character
        self._at -= 1
        raise self._invalid(f"XPath has no `\\{character}`")

    def _property(self, is_negated: bool) -> CharacterClass:
        found = re.compile(r"\{([^{}]*)\}").match(self._pattern, self._at)
        if found is None:
            raise self._invalid("`\\p` is followed by a category in braces, as in `\\p{Lu}`")
        name = found[1]
        if _CATEGORIES.fullmatch(name):
            known = CharacterClass(categories=(Category(name),), is_negated=is_negated)
        elif name.startswith("Is") and name[2:] in BLOCKS:
            known = CharacterClass((BLOCKS[name[2:]],), is_negated=is_negated, is_caseless=True)
        else:
            raise self._invalid(
                f"`{name}` is neither a category, as `Lu`, nor a block that is known, as `IsGreek`"
            )
        self._at = found.end()
        return known

    def _class(self) -> CharacterClass:
        """What stands behind `[`, with its `]` (XML Schema Part 2, section F.1)."""
        is_negated = self._pattern[self._at : self._at + 1] == "^"
        self._at += is_negated
        spans: list[tuple[int, int]] = []
        classes: list[CharacterClass] = []
        minus = None
        while (character := self._pattern[self._at : self._at + 1]) != "]" or not (spans or classes):
            if self._pattern.startswith("-[", self._at) and (spans or classes):
                self._at += 2
                minus = self._class()
                if self._pattern[self._at : self._at + 1] != "]":
                    raise self._invalid("what is taken from a class stands last in it: `[a-z-[aeiou]]`")
                break
            if character in ("", "[", "]"):
                raise self._invalid(f"write `\\{character}` in a class" if character else "a `]` is missing")
            first = self._one()
            if isinstance(first, CharacterClass):
                classes.append(first)
            else:
                spans.append((ord(first), ord(self._end_of_span(first))))
        self._take()
        return CharacterClass(tuple(spans), (), tuple(classes), is_negated, minus)

    def _one(self) -> str | CharacterClass:
        character = self._take()
        return self._escape_of_class() if character == "\\" else character

    def _end_of_span(self, first: str) -> str:
        following = self._pattern[self._at : self._at + 2]
        if following[:1] != "-" or following[1:] in ("]", "[", ""):
            return first
        self._take()
        last = self._one()
        if isinstance(last, CharacterClass) or last < first or "-" == first == following[:1]:
            raise self._invalid("a span goes from one character to a later one: write `\\-` for `-`")
        return last
