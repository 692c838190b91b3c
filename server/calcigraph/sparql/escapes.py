r"""SPARQL text in, the same text with its codepoint escapes decoded out (SPARQL 1.1, section 19.2).

`\u0078` and `\U00000078` outside of strings, IRIs and comments are characters of names, variables and
keywords, and are decoded before anything looks at the text: `\u0053ERVICE` is SERVICE. In strings and IRIs
the engine decodes them. What would begin a string, an IRI or a comment, or is white space, is left as it is,
and the parser refuses it there: only what is legal at its place may be escaped.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from calcigraph.sparql.tokens import place_of, tokens

ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_KEPT: Final = frozenset("\"'<>#\\")


@dataclass(frozen=True)
class DecodedText:
    """A text without escapes outside of strings; `ends` are the offsets in it behind each character that was
    escaped, and `shifts` by how much more all that follows stood in `original`."""

    original: str
    text: str
    ends: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def place(self, line: int, column: int) -> tuple[int, int]:
        """The line and column in the original of a place in the decoded text."""
        if not self.ends:
            return line, column
        lines = self.text.split("\n")
        offset = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
        passed = bisect_right(self.ends, offset)
        return place_of(self.original, offset + (self.shifts[passed - 1] if passed else 0))


def decoded(text: str) -> DecodedText:
    """`text` with its escapes decoded. Cost: a search; reading all tokens where there is one."""
    if "\\u" not in text and "\\U" not in text:
        return DecodedText(text, text)
    pieces: list[str] = []
    ends: list[int] = []
    shifts: list[int] = []
    at = length = 0
    for token in tokens(text):
        if token.kind != "operator" or token.text != "\\":
            continue
        character = _escaped(text, token.start)
        if character is not None:
            pieces += [text[at : token.start], character]
            at, length = token.start + _length(text, token.start), length + token.start - at + 1
            ends.append(length)
            shifts.append(at - length)
    return DecodedText(text, "".join([*pieces, text[at:]]), tuple(ends), tuple(shifts))


def _length(text: str, start: int) -> int:
    return 6 if text[start + 1] == "u" else 10


def _escaped(text: str, start: int) -> str | None:
    """The character that the escape at `start` stands for; None where it may not stand there."""
    found = ESCAPE.match(text, start)
    if found is None:
        return None
    code = int(found[1] or found[2], 16)
    if not 0x20 < code < 0xD800 and not 0xE000 <= code <= 0x10FFFF:
        return None
    character = chr(code)
    return None if character in _KEPT or character.isspace() else character
