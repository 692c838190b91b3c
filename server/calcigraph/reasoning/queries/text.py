"""The text of a CONSTRUCT rule in; its prologue, its WHERE group and the groups inside, as text, out.

A solution is asked for with the rule's own words, so that what a rule means is SPARQL's business alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""\#[^\n]*|<[^<>"{}|^`\\\x00-\x20]*>|\"\"\".*?\"\"\"|'''.*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|[{}]|[?$\w][\w:.\-]*|.""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Text:
    """A rule's prologue and its WHERE group (or the group of `CONSTRUCT WHERE`), braces included.

    `plain` says that nothing else bears on the solutions: no FROM, and no modifier after the group.
    """

    prologue: str
    where: str
    plain: bool


def split(text: str) -> Text:
    """The parts of a CONSTRUCT query."""
    start = next(at for at, token in _tokens(text) if token.upper() == "CONSTRUCT")
    groups = list(_braces(text, start))
    begin, end = groups[-1] if len(groups) == 1 else groups[1]
    between = text[start + len("CONSTRUCT") : begin] if len(groups) == 1 else text[groups[0][1] : begin]
    plain = _words(between) in ([], ["WHERE"]) and not _words(text[end:])
    return Text(text[:start], text[begin:end], plain)


def inner(where: str) -> Iterator[str]:
    """The WHERE groups of the sub-selects in a group, outermost first."""
    for begin, end in _selects(where):
        yield where[begin:end]


def inject(where: str, clause: str, selected: bool) -> str:
    """A group with a clause at its beginning; in the sub-select that stands there, when one is `selected`."""
    at = 1
    if selected and _words(where)[:3] == ["{", "{", "SELECT"]:
        at = next(_selects(where))[0] + 1
    return f"{where[:at]} {clause} {where[at:]}"


def _selects(where: str) -> Iterator[tuple[int, int]]:
    for at, token in _tokens(where):
        if token.upper() == "SELECT":
            yield next(_braces(where, at))


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for found in _TOKEN.finditer(text):
        yield found.start(), found.group()


def _words(text: str) -> list[str]:
    return [token.upper() for _, token in _tokens(text) if token.strip() and not token.startswith("#")]


def _braces(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where the outermost `{ ... }` of a text, from an offset on, begin and end."""
    depth = begin = 0
    for at, token in _tokens(text):
        if at < start or token not in "{}":
            continue
        depth += 1 if token == "{" else -1
        if token == "{" and depth == 1:
            begin = at
        elif depth == 0:
            yield begin, at + 1
