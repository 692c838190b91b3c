"""A text that is no query in, its tokens and the one at which it fails out; what a slip is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from calcigraph.sparql.tokens import SparqlToken, tokens

NOTHING: Final = SparqlToken("end", "", 0)


@dataclass(frozen=True)
class Slip:
    """A usual mistake: the offset where it stands, what it is, and what to write instead."""

    offset: int
    detail: str
    hint: str


@dataclass(frozen=True, eq=False)
class FailedText:
    """The text of a query that does not follow the grammar from `offset` on, where one of `expected` could
    stand."""

    text: str
    offset: int
    expected: tuple[str, ...]

    @cached_property
    def tokens(self) -> list[SparqlToken]:
        """All tokens."""
        return list(tokens(self.text))

    @cached_property
    def index(self) -> int:
        """The index of the token at which it fails; that after the last one at the end."""
        return next((i for i, token in enumerate(self.tokens) if token.end > self.offset), len(self.tokens))

    def token(self, steps: int = 0) -> SparqlToken:
        """The token at which it fails, or that many steps behind (or before) it; an empty one beyond the
        ends."""
        i = self.index + steps
        return self.tokens[i] if 0 <= i < len(self.tokens) else NOTHING

    def words_before(self) -> list[str]:
        """The tokens before the failing one in capitals, the nearest first, up to a brace."""
        found: list[str] = []
        for i in range(self.index - 1, -1, -1):
            if self.tokens[i].text in ("{", "}"):
                break
            found.append(self.tokens[i].text.upper())
        return found


# One look for one kind of slip.
Look = Callable[[FailedText], Slip | None]
