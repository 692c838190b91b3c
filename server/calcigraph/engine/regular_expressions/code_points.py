"""A class of characters in, the spans of code points that it has out, sorted and apart from each other.

For what neither the engine's library nor Python's has of its own. Categories are those of Python's Unicode.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from functools import cache

from calcigraph.engine.regular_expressions.expression_parts import CharacterClass, CodeSpan


def spans_of(characters: CharacterClass, ignores_case: bool) -> tuple[CodeSpan, ...]:
    """The spans of `characters`; with `ignores_case`, those that are written as characters or spans stand
    for their capital and small letters too, while categories and blocks do not (section 5.6.1.1)."""
    spans: list[CodeSpan] = list(characters.spans)
    if ignores_case and not characters.is_caseless:
        spans += _of_other_case(spans)
    for category in characters.categories:
        spans += _of_category(category.name)
    for inner in characters.classes:
        # A class within a class is an escape, such as `\\i`.
        spans += spans_of(inner, False)
    found = _united(spans)
    if characters.is_negated:
        found = _others(found)
    if characters.minus is not None:
        found = _others(_united([*_others(found), *spans_of(characters.minus, ignores_case)]))
    return found


def _united(spans: Iterable[CodeSpan]) -> tuple[CodeSpan, ...]:
    found: list[CodeSpan] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _others(spans: tuple[CodeSpan, ...]) -> tuple[CodeSpan, ...]:
    found, at = [], 0
    for first, last in spans:
        if at < first:
            found.append((at, first - 1))
        at = last + 1
    return (*found, (at, sys.maxunicode)) if at <= sys.maxunicode else tuple(found)


def _of_other_case(spans: list[CodeSpan]) -> list[CodeSpan]:
    variants = _variants()
    return [
        (ord(other), ord(other))
        for first, last in spans
        for letter in (variants if last - first > len(variants) else map(chr, range(first, last + 1)))
        if first <= ord(letter) <= last
        for other in variants.get(letter, ())
    ]


@cache
def _variants() -> dict[str, tuple[str, ...]]:
    """Which characters are the capital or small letters of each one that has any."""
    classes: dict[str, set[str]] = {}
    for letter in map(chr, range(sys.maxunicode + 1)):
        lower, upper = letter.lower(), letter.upper()
        if lower != letter or upper != letter:
            for key in (each for each in (lower, upper, letter) if len(each) == 1):
                classes.setdefault(key, set()).add(letter)
    return {key: tuple(sorted(letters - {key})) for key, letters in classes.items()}


def _of_category(name: str) -> tuple[CodeSpan, ...]:
    found = _categories()
    return _united(span for each, spans in found.items() if each.startswith(name) for span in spans)


@cache
def _categories() -> dict[str, list[CodeSpan]]:
    """The spans of every category. Cost: about 0.2 s, once."""
    found: dict[str, list[CodeSpan]] = {}
    first, current = 0, unicodedata.category("\0")
    for code in range(1, sys.maxunicode + 2):
        category = unicodedata.category(chr(code)) if code <= sys.maxunicode else ""
        if category != current:
            found.setdefault(current, []).append((first, code - 1))
            first, current = code, category
    return found
