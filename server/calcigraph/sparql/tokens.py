r"""SPARQL text in, tokens out: comments, strings, IRIs and names told apart from syntax.

The lexical rules are those of SPARQL 1.1 Query, section 19.8. The grammar is not followed: what `<` opens
after an expression is read as an IRI where it can be one, and a parser splits it. Codepoint escapes
(`\u0053ERVICE`) outside strings and IRIs are decoded before: see `escapes`.

It takes a number of steps that is linear in the length of any text (`tests/test_sparql_tokens.py` counts
them): every repetition is possessive, and what was sought to its end in vain is not sought there again:

- a run of letters, digits, `.` and `-` that no `:` follows is the prefix of no name, nor is any part of it;
- where three quotes are closed nowhere, no later three are: their end would have been that of the first;
- what a quote opens that is not closed on its line is one token, up to where it should have been closed. No
  query has such a quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

_COMMENT = r"\#[^\n\r]*+"
_IRI = r"<[^<>\"{}|^`\x00-\x20]*+>"
_LONG_STRING = {
    '"': r'"""(?:[^"\\]++|\\.|"(?!""))*+"""',
    "'": r"'''(?:[^'\\]++|\\.|'(?!''))*+'''",
}
_OPENED = r'"(?:[^"\\\n\r]++|\\.)*+', r"'(?:[^'\\\n\r]++|\\.)*+"
_SHORT_STRING = rf"""(?:{_OPENED[0]}"|{_OPENED[1]}')"""
_UNCLOSED = "|".join(_OPENED)
# PN_CHARS_BASE, PN_CHARS_U with the digits, and what VARNAME and PN_CHARS have besides (productions 164
# to 167).
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LETTERS = f"{_BASE}_0-9"
_MORE = "\u00b7\u0300-\u036f\u203f-\u2040"
_NAMED = f"{_LETTERS}{_MORE}"
_VARIABLE = rf"[?$][{_LETTERS}][{_NAMED}]*+"
# A prefix and a local name hold dots but do not end with one; the last dot ends the triple.
_LOCAL = (
    rf"(?:[{_LETTERS}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])"
    rf"(?:[{_NAMED}:-]++|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]|\.++(?=[{_NAMED}:%\\-]))*+"
)
_NAME = rf"(?:[{_BASE}][{_NAMED}.-]*+(?<!\.)|_)?+:(?:{_LOCAL})?+"
_NUMBER = r"(?:[0-9]++(?:\.[0-9]*+(?=[eE][+-]?+[0-9])|\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+"
_LANGUAGE = r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+"
_WORD = rf"_[{_NAMED}]*+|[{_BASE}][{_NAMED}]*+(?![.-])"
# Words, numbers and marks, of which none is part of a name: where a name was possible it was tried before.
_RUN = rf"[{_BASE}][{_NAMED}.-]*+"
_OPERATOR = r"&&|\|\||\^\^|[<>!]=|<<\(?+|\)>>|>>|\{\||\|\}|."
PART: Final = re.compile(rf"(?P<word>[{_BASE}_][{_NAMED}]*+)|(?P<number>{_NUMBER})|(?P<operator>.)")
# The quotes that are looked for in threes, as long as no such string was left open.
QUOTES: Final = "\"'"


@cache
def _string(long_quotes: str) -> tuple[str, str]:
    """The patterns of a string that is closed, and of the place of three quotes that are closed nowhere."""
    if not long_quotes:
        return _SHORT_STRING, "(?!)"
    closed = "|".join(_LONG_STRING[quote] for quote in long_quotes)
    opened = "|".join(3 * quote for quote in long_quotes)
    return f"(?:{closed}|(?!{opened}){_SHORT_STRING})", f"(?={opened})"


@cache
def token_pattern(long_quotes: str) -> re.Pattern[str]:
    """One token, or white space: of the characters that look like it those of the production WS only."""
    string, lost = _string(long_quotes)
    return re.compile(
        rf"(?P<space>[ \t\r\n]++|{_COMMENT})|(?P<iri>{_IRI})|(?P<string>{string})|(?P<lost>{lost})"
        rf"|(?P<unclosed>{_UNCLOSED})|(?P<variable>{_VARIABLE})|(?P<name>{_NAME})|(?P<number>{_NUMBER})"
        rf"|(?P<language>{_LANGUAGE})|(?P<word>{_WORD})|(?P<run>{_RUN})|(?P<operator>{_OPERATOR})",
        re.DOTALL,
    )


@dataclass(frozen=True, slots=True)
class SparqlToken:
    """One token: its kind (iri, string, variable, name, number, language, word, operator, or
    unclosed for what follows a quote that is not closed), its text as written, and the offset of its
    first character."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the keywords `words`, which are given in capitals."""
        return self.kind == "word" and self.text.upper() in words


def tokens(text: str) -> Iterator[SparqlToken]:
    """Every token of `text` but white space and comments. Cost: linear, about 1 ms per 3 KB."""
    at, long_quotes = 0, QUOTES
    while (match := token_pattern(long_quotes).match(text, at)) is not None:
        kind, start, at = match.lastgroup or "", match.start(), match.end()
        if kind == "lost":
            long_quotes = long_quotes.replace(text[at], "")
        elif kind == "run":
            for part in _parts(text, start, at):
                yield part
                at = part.end
        elif kind == "unclosed":
            yield SparqlToken("operator", text[start], start)
            if start + 1 < at:
                yield SparqlToken(kind, text[start + 1 : at], start + 1)
        elif kind != "space":
            yield SparqlToken(kind, match.group(), start)


def _parts(text: str, start: int, end: int) -> Iterator[SparqlToken]:
    """The tokens that begin between two offsets, in a run that is no name."""
    while start < end:
        match = PART.match(text, start)
        assert match is not None, "a run holds nothing else"
        yield SparqlToken(match.lastgroup or "", match.group(), start)
        start = match.end()


def place_of(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of `offset` in `text`."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
