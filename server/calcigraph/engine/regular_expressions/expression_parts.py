"""What a regular expression consists of, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CodeSpan = tuple[int, int]


@dataclass(frozen=True)
class Category:
    """`\\p{name}`, a general category of Unicode such as `Lu` or `L`."""

    name: str


@dataclass(frozen=True)
class CharacterClass:
    """Characters from one code point to another, of categories and of classes; all others where it is
    negated; without those of `minus`. `is_caseless` where the spans are those of an escape such as `\\i` or
    `\\p{IsGreek}`, which the flag i does not widen (section 5.6.1.1)."""

    spans: tuple[CodeSpan, ...] = ()
    categories: tuple[Category, ...] = ()
    classes: tuple[CharacterClass, ...] = ()
    is_negated: bool = False
    minus: CharacterClass | None = None
    is_caseless: bool = False


@dataclass(frozen=True)
class Character:
    """A character that stands for itself."""

    character: str


@dataclass(frozen=True)
class Mark:
    """Any character (`.`), a begin or end (`^`, `$`), or a boundary of a word (`b`, `B`)."""

    kind: Literal[".", "^", "$", "b", "B"]


@dataclass(frozen=True)
class BackReference:
    """What the group of this number has matched; nothing where it has matched nothing."""

    number: int


@dataclass(frozen=True)
class PatternGroup:
    """Alternatives in brackets, with the number by which they are called, if any."""

    alternatives: tuple[Alternative, ...]
    number: int | None


@dataclass(frozen=True)
class Repeated:
    """An atom from `least` to `most` times, as often or as seldom as possible."""

    atom: Repeatable
    least: int
    most: int | None
    is_reluctant: bool


Repeatable = Character | CharacterClass | Mark | BackReference | PatternGroup
Alternative = tuple[Repeatable | Repeated, ...]


@dataclass(frozen=True)
class RegularExpression:
    """A whole one: `groups` is how many are called by a number; of the flags, `i`, `m` and `s` are left."""

    alternatives: tuple[Alternative, ...]
    groups: int
    flags: str
    has_back_references: bool
