"""A query's tokens in, its prologue out, and the terms that its names stand for (SPARQL 1.1 Query, section
4.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from calcigraph.sparql.tokens import SparqlToken

NamedTerm = ox.NamedNode | ox.Literal
_EMPTY: Final = ox.Store()
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Prologue:
    """The tokens before the query form, and the IRI that relative ones are resolved against."""

    tokens: tuple[SparqlToken, ...]
    text: str
    base_iri: str | None

    @classmethod
    def of(cls, text: str, query: Sequence[SparqlToken], base_iri: str | None) -> Prologue:
        """The prologue of the query `text`, whose tokens are `query`."""
        end = next((i for i, token in enumerate(query) if token.is_word(*_FORMS)), len(query))
        start = query[end].start if end < len(query) else len(text)
        return cls(tuple(query[:end]), text[:start], base_iri)

    def terms(self, written: Sequence[str]) -> list[NamedTerm | None]:
        """What IRIs, prefixed names and literals stand for, as `written`; None where that is neither.

        Raises: SyntaxError where one of them cannot be read.
        """
        if not written:
            return []
        names = " ".join(f"?x{i}" for i in range(len(written)))
        question = f"{self.text}\nSELECT {names} {{ VALUES ({names}) {{ ({' '.join(written)}) }} }}"
        solutions = _EMPTY.query(question, base_iri=self.base_iri)
        assert isinstance(solutions, ox.QuerySolutions)
        found = next(solutions)
        return [term if isinstance(term, ox.NamedNode | ox.Literal) else None for term in found]

    def needed_by(self, part: Sequence[SparqlToken]) -> str:
        """The declarations that `part` of the query needs in a query of its own."""
        prefixes = {token.text.split(":", 1)[0] for token in part if token.kind == "name"}
        declarations = [self._declaration(i, prefixes) for i in range(len(self.tokens))]
        written = [declaration for declaration in declarations if declaration]
        relative = any(t.kind == "iri" and not _ABSOLUTE.match(t.text) for t in (*part, *self.tokens))
        if relative and self.base_iri is not None:
            written.insert(0, f"BASE <{self.base_iri}>")
        return "\n".join(written)

    def _declaration(self, i: int, prefixes: set[str]) -> str:
        token, following = self.tokens[i], self.tokens[i + 1 : i + 3]
        if token.is_word("BASE") and following:
            return f"BASE {following[0].text}"
        if token.is_word("PREFIX") and len(following) == 2 and following[0].text[:-1] in prefixes:
            return f"PREFIX {following[0].text} {following[1].text}"
        return ""


def check_syntax(text: str, base_iri: str | None) -> None:
    """Raise SyntaxError where `text` is no SPARQL query; for untrusted text, in a worker only."""
    _EMPTY.query(text, base_iri=base_iri)
