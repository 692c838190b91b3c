"""The tokens of a text, one after the other, for a parser; and why it could not go on."""

from __future__ import annotations

from typing import Final

from calcigraph.sparql.tokens import PART, QUOTES, place_of, token_pattern

_OPENS: Final = frozenset(("(", "[", "{", "<<", "<<(", "{|"))
_CLOSES: Final = frozenset((")", "]", "}", ">>", ")>>", "|}"))
END: Final = "end"


class SparqlMalformed(Exception):
    """The text does not follow the grammar: from `offset` on, where one of `expected` could stand."""

    def __init__(self, text: str, offset: int, expected: tuple[str, ...]) -> None:
        self.offset = offset
        self.expected = expected
        self.line, self.column = place_of(text, offset)
        super().__init__(f"line {self.line}, column {self.column}: expected {' or '.join(expected)}")


class SparqlTooDeep(Exception):
    """More brackets stand in each other at `offset` than are read."""

    def __init__(self, text: str, offset: int) -> None:
        self.offset = offset
        self.line, self.column = place_of(text, offset)
        super().__init__(f"line {self.line}, column {self.column}: too many brackets in each other")


class TokenStream:
    """The token that is next: its `kind` as in `SparqlToken` (`end` behind the last one), its `value` as
    written, in capitals where it is a word, and its offsets.

    Cost: linear, as `tokens`. Of brackets at most `most_nested` may stand in each other.
    """

    def __init__(self, text: str, most_nested: int) -> None:
        self.text = text
        self.kind = ""
        self.value = ""
        self.start = 0
        self.end = 0
        # The offset after the token before.
        self.last = 0
        self._most_nested = most_nested
        self._nested = 0
        self._long_quotes = QUOTES
        self._pattern = token_pattern(QUOTES)
        self._run_end = 0
        self.advance()

    def advance(self) -> None:
        """Go on to the next token. Raises: SparqlTooDeep."""
        self.last = at = self.end
        if self.kind == "operator":
            if self.value in _OPENS:
                self._nested += 1
                if self._nested > self._most_nested:
                    raise SparqlTooDeep(self.text, self.start)
            elif self.value in _CLOSES:
                self._nested -= 1
        if at < self._run_end:
            self._read_part(at)
            return
        while True:
            match = self._pattern.match(self.text, at)
            if match is None:
                self.kind, self.value, self.start, self.end = END, "", at, at
                return
            kind = match.lastgroup or ""
            if kind == "space":
                at = match.end()
                continue
            if kind == "lost":
                self._long_quotes = self._long_quotes.replace(self.text[at], "")
                self._pattern = token_pattern(self._long_quotes)
                continue
            break
        if kind == "run":
            self._run_end = match.end()
            self._read_part(at)
        else:
            value = match.group()
            self.value = value.upper() if kind == "word" else value
            self.kind, self.start, self.end = kind, at, match.end()

    def _read_part(self, at: int) -> None:
        match = PART.match(self.text, at)
        assert match is not None, "a run holds nothing else"
        self.kind, value = match.lastgroup or "", match.group()
        self.value = value.upper() if self.kind == "word" else value
        self.start, self.end = at, match.end()

    def jump(self, end: int) -> None:
        """Take what follows, up to `end`, as read."""
        self.end = end
        self.kind = ""
        self.advance()

    def split(self, length: int) -> None:
        """Take of the token the first characters only, as an operator: `<` of what looked like an IRI."""
        self.kind, self.value = "operator", self.text[self.start : self.start + length]
        self.end = self.start + length
        self._run_end = 0

    def is_word(self, *words: str) -> bool:
        """Whether the token is one of the keywords, which are given in capitals."""
        return self.kind == "word" and self.value in words

    def is_mark(self, *marks: str) -> bool:
        """Whether the token is one of the operators."""
        return self.kind == "operator" and self.value in marks

    def take_word(self, *words: str) -> bool:
        """Go past the token where it is one of the keywords; whether it was."""
        if self.kind == "word" and self.value in words:
            self.advance()
            return True
        return False

    def take_mark(self, *marks: str) -> bool:
        """Go past the token where it is one of the operators; whether it was."""
        if self.kind == "operator" and self.value in marks:
            self.advance()
            return True
        return False

    def expect_word(self, word: str) -> int:
        """Go past that keyword; its offset. Raises: SparqlMalformed."""
        start = self.start
        if not self.take_word(word):
            raise self.unexpected(word)
        return start

    def expect_mark(self, mark: str) -> int:
        """Go past that operator; its offset. Raises: SparqlMalformed."""
        start = self.start
        if not self.take_mark(mark):
            raise self.unexpected(f"`{mark}`")
        return start

    def unexpected(self, *expected: str) -> SparqlMalformed:
        """Why the token cannot stand here; what could, in words."""
        return SparqlMalformed(self.text, self.start, expected)

    def next_mark(self) -> str:
        """The character right behind the token; none at the end of the text. Nothing is read."""
        return self.text[self.end : self.end + 1]
