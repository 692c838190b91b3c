"""The tokens of a query in, the statements of its group graph patterns out, each with its place.

A statement is what the grammar of SPARQL 1.1 (section 19.8) calls TriplesSameSubjectPath: a subject
and its properties with their objects. Templates of CONSTRUCT are no patterns, and what stands in a
SERVICE block is for another server; neither is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calcigraph.sparql.tokens import SparqlToken

# From the index of the first token to that after the last one.
TokenRange = tuple[int, int]
_END: Final = "end"


class LostError(Exception):
    """The text does not follow the grammar of SPARQL 1.1."""


@dataclass(frozen=True)
class Property:
    """A verb (a variable, a name or a path) and its objects."""

    verb: TokenRange
    objects: tuple[TokenRange, ...]

    @property
    def span(self) -> TokenRange:
        """From the verb to the last object."""
        return self.verb[0], self.objects[-1][1]


@dataclass(frozen=True)
class SubjectBlock:
    """One subject with its properties. `subject` is None for a blank node in brackets; `block` is the
    index of the token that begins the run of statements it stands in, `is_template` says that the
    pattern is the template of a CONSTRUCT too (section 16.2.4)."""

    subject: TokenRange | None
    properties: tuple[Property, ...]
    block: int
    is_template: bool

    @property
    def end(self) -> int:
        """The index of the token after it."""
        return self.properties[-1].span[1]


def statements(query: Sequence[SparqlToken]) -> list[SubjectBlock]:
    """Every statement of every group, in the order in which they end. Cost: linear. Raises: LostError."""
    reader = _GrammarReader(query)
    reader.read()
    return reader.found


class _GrammarReader:
    """Methods take the index of a token and give that of the first one after what they read."""

    def __init__(self, query: Sequence[SparqlToken]) -> None:
        last = query[-1].end if query else 0
        self._query = [*query, SparqlToken(_END, "", last)]
        self._block = 0
        self._is_template = False
        self.found: list[SubjectBlock] = []

    def read(self) -> None:
        i = 0
        while not self._at(i).is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            i += 1
        if self._at(i).is_word("CONSTRUCT"):
            if self._at(i + 1).text == "{":
                i = self._skipped(i + 1) - 1
            else:
                self._is_template = True
        if not any(token.text == "{" for token in self._query[i:]):
            return
        i = self._group(self._until_group(i + 1))
        while i < len(self._query) - 1:
            i = self._modifier(i)

    def _at(self, i: int) -> SparqlToken:
        """The token at `i`. Raises: LostError beyond the last one."""
        if i >= len(self._query) - 1:
            raise LostError
        return self._query[i]

    def _until_group(self, i: int) -> int:
        while self._at(i).text != "{":
            i = self._brackets(i) if self._at(i).text == "(" else i + 1
        return i

    def _modifier(self, i: int) -> int:
        """One step through what may follow a group: ORDER BY, HAVING, VALUES and the like."""
        token = self._at(i)
        if token.is_word("EXISTS"):
            return self._group(i + 1)
        if token.text == "(":
            return self._brackets(i)
        return self._skipped(i) if token.text == "{" else i + 1

    def _group(self, i: int) -> int:
        self._expect(i, "{")
        i += 1
        if self._at(i).is_word("SELECT"):
            i = self._group(self._until_group(i + 1))
            while self._at(i).text != "}":
                i = self._modifier(i)
        while self._at(i).text != "}":
            i = self._element(i)
        return i + 1

    def _element(self, i: int) -> int:
        """One member of a group: a run of statements, or anything else with its keyword."""
        token = self._at(i)
        if token.text == "{":
            return self._group(i)
        if token.is_word("UNION", "OPTIONAL", "MINUS"):
            return self._group(i + 1)
        if token.is_word("GRAPH"):
            return self._group(i + 2)
        if token.is_word("SERVICE"):
            return self._skipped(i + (3 if self._at(i + 1).is_word("SILENT") else 2))
        if token.is_word("FILTER"):
            return self._constraint(i + 1)
        if token.is_word("BIND"):
            return self._brackets(i + 1)
        if token.is_word("VALUES"):
            i += 1
            while self._at(i).text != "{":
                i += 1
            return self._skipped(i)
        if token.text == ".":
            return i + 1
        return self._run(i)

    def _constraint(self, i: int) -> int:
        while self._at(i).text != "(":
            if self._at(i).is_word("EXISTS"):
                return self._group(i + 1)
            i += 1
        return self._brackets(i)

    def _brackets(self, i: int) -> int:
        """An expression in round brackets, with the groups of its EXISTS."""
        self._expect(i, "(")
        depth = 0
        while True:
            text = self._at(i).text
            if text == "{":
                i = self._group(i)
                continue
            depth += (text == "(") - (text == ")")
            i += 1
            if not depth:
                return i

    def _skipped(self, i: int) -> int:
        """Anything in brackets, unread."""
        self._expect(i, "{")
        depth = 0
        while True:
            text = self._at(i).text
            depth += (text == "{") - (text == "}")
            i += 1
            if not depth:
                return i

    def _run(self, i: int) -> int:
        """A run of statements, up to the first token that begins none."""
        self._block = i
        while True:
            start = i
            i = self._term(start)
            if self._at(start).text != "[" or self._begins_verb(i):
                i = self._properties(i, (start, i))
            if self._at(i).text != ".":
                return i
            i += 1
            token = self._at(i)
            if token.text in ("}", "{") or (token.kind == "word" and not token.is_word("TRUE", "FALSE")):
                return i

    def _begins_verb(self, i: int) -> bool:
        token = self._at(i)
        return (
            token.kind in ("variable", "iri", "name") or token.text in ("^", "!", "(") or token.is_word("A")
        )

    def _properties(self, i: int, subject: TokenRange | None) -> int:
        properties = []
        while True:
            verb = (i, self._verb(i))
            objects = [(verb[1], self._term(verb[1]))]
            while self._at(objects[-1][1]).text == ",":
                start = objects[-1][1] + 1
                objects.append((start, self._term(start)))
            properties.append(Property(verb, tuple(objects)))
            i = objects[-1][1]
            while self._at(i).text == ";":
                i += 1
            if not self._begins_verb(i):
                break
            if self._at(i - 1).text != ";":
                raise LostError
        self.found.append(SubjectBlock(subject, tuple(properties), self._block, self._is_template))
        return i

    def _verb(self, i: int) -> int:
        if self._at(i).kind == "variable":
            return i + 1
        while True:
            while self._at(i).text in ("^", "!"):
                i += 1
            if self._at(i).text == "(":
                i = self._brackets(i)
            elif self._at(i).kind in ("iri", "name") or self._at(i).is_word("A"):
                i += 1
            else:
                raise LostError
            if self._at(i).text in ("*", "?") or (self._at(i).text == "+" and not self._is_sign(i)):
                i += 1
            if self._at(i).text not in ("/", "|"):
                return i
            i += 1

    def _is_sign(self, i: int) -> bool:
        following = self._at(i + 1)
        return following.kind == "number" and following.start == self._at(i).end

    def _term(self, i: int) -> int:
        token = self._at(i)
        if token.text == "[":
            i += 1
            return i + 1 if self._at(i).text == "]" else self._closing(self._properties(i, None), "]")
        if token.text == "(":
            i += 1
            while self._at(i).text != ")":
                i = self._term(i)
            return i + 1
        if token.kind == "string":
            following = self._at(i + 1)
            if following.text == "^^":
                return i + 3
            return i + 2 if following.kind == "language" else i + 1
        if token.text in ("+", "-") and self._is_sign(i):
            return i + 2
        if token.kind in ("variable", "iri", "name", "number") or token.is_word("TRUE", "FALSE"):
            return i + 1
        raise LostError

    def _closing(self, i: int, bracket: str) -> int:
        self._expect(i, bracket)
        return i + 1

    def _expect(self, i: int, text: str) -> None:
        if self._at(i).text != text:
            raise LostError
