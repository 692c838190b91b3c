"""Turtle text in, tokens and the spans of its top-level statements out.

Knows the terminals of RDF 1.2 Turtle (section 6.5) and nothing of their meaning. It is tolerant: text
that no Turtle parser would accept still yields tokens and spans, so that a message can point into it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# Alternatives are tried in order; the last takes any one character, so every character is in a token. What is
# repeated is possessive: else each character of a long string would be remembered, in 40 times its memory.
TERMINALS = re.compile(
    r"""
      (?P<comment>   \#[^\n\r]*+ )
    | (?P<space>     [ \t\r\n]++ )
    | (?P<iri>       <[^<>"{}|^`\x00-\x20]*> )
    | (?P<string>    \"{3}(?:[^"\\]++|\\.|\"{1,2}(?!\"))*+\"{3}
                   | '{3}(?:[^'\\]++|\\.|'{1,2}(?!'))*+'{3}
                   | "(?:[^"\\\n\r]++|\\.)*+"
                   | '(?:[^'\\\n\r]++|\\.)*+' )
    | (?P<number>    [+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+) )
    | (?P<at>        @[A-Za-z]+(?:-+[A-Za-z0-9]+)* )
    | (?P<name>      (?:[^][ \t\r\n<>"'(){};,.\#\\@^|`~]|\\.|\.+(?=[^][ \t\r\n<>"'(){};,.\#@^|`~]))++ )
    | (?P<mark>      \^\^|. )
    """,
    re.VERBOSE | re.DOTALL,
)
# How many tokens a directive without a closing dot has (Turtle, productions sparqlPrefix, sparqlBase).
DOTLESS = {"prefix": 3, "base": 2, "version": 2}
SpanKind = Literal["directive", "statement"]


@dataclass(frozen=True, slots=True)
class Token:
    """One terminal: `kind` is a group name of `TERMINALS`; `start` and `end` are offsets into the text."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """One top-level statement or directive, with its closing dot; `closed` is false at a cut-off end."""

    kind: SpanKind
    start: int
    end: int
    closed: bool


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of a text, or of a part of it, without space and comments. Linear in its length."""
    for match in TERMINALS.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or ""
        if kind not in ("space", "comment"):
            yield Token(kind, match.start(), match.end(), match.group())


def spans(text: str) -> Iterator[Span]:
    """The top-level statements and directives of a Turtle text, in order."""
    stream = tokens(text)
    for first in stream:
        length = DOTLESS.get(first.text.lower(), 0) if first.kind == "name" else 0
        if length:
            rest = [token for _, token in zip(range(length - 1), stream, strict=False)]
            yield Span("directive", first.start, (rest or [first])[-1].end, len(rest) == length - 1)
            continue
        last, closed = _to_dot(first, stream)
        is_directive = first.kind == "at" and first.text in ("@prefix", "@base", "@version")
        yield Span("directive" if is_directive else "statement", first.start, last.end, closed)


def _to_dot(first: Token, stream: Iterator[Token]) -> tuple[Token, bool]:
    """The last token of the statement that `first` opens, and whether that is its dot."""
    depth, token = 0, first
    while True:
        if token.kind == "mark":
            if token.text in "[(":
                depth += 1
            elif token.text in "])":
                depth -= 1
            elif token.text == "." and depth <= 0:
                return token, True
        following = next(stream, None)
        if following is None:
            return token, False
        token = following


class Lines:
    """Offsets of a text as 1-based lines and columns (in characters), and back.

    A line ends with LF, CR LF or CR, as pyoxigraph counts.
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def line(self, offset: int) -> int:
        """The line on which an offset stands."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """The column at which an offset stands."""
        return offset - self._starts[self.line(offset) - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column."""
        return self._starts[min(line, len(self._starts)) - 1] + column - 1


def labelled_blank_nodes(text: str) -> list[tuple[str, int]]:
    """Every use of a blank node by its label (`_:x`), with its line, in the order of the text.

    Such text inside a string, a comment or an IRI is none. Cost: linear, next to nothing without `_:`.
    """
    if "_:" not in text:
        return []
    lines = Lines(text)
    return [
        (token.text, lines.line(token.start))
        for token in tokens(text)
        if token.kind == "name" and token.text.startswith("_:")
    ]
