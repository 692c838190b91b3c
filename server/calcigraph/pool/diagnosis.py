"""A query and the engine's message about it in, a Problem in plain words out.

The engine's messages list the characters that its parser would have taken at the furthest place it
reached. Here the usual mistakes are looked for in the text itself; the engine's words are used for
the place, and nothing else of them is passed on.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool.query_problems import QueryFailed, QueryMalformed, QueryRefused
from calcigraph.sparql.tokens import SparqlToken, place_of, tokens

_FUNCTION_NAMES: Final = """
    ABS AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI EXISTS FLOOR
    GROUP_CONCAT HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISURI LANG LANGMATCHES LCASE MAX MD5
    MIN MINUTES MONTH NOT NOW RAND REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SHA1 SHA256 SHA384 SHA512
    STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TZ UCASE
    URI UUID YEAR TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE"""
_KEYWORD_NAMES: Final = """
    A AS ASC ASK BASE BIND BY CONSTRUCT DEFAULT DESC DESCRIBE DISTINCT FALSE FILTER FROM GRAPH GROUP
    HAVING LIMIT MINUS NAMED OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT SEPARATOR SERVICE SILENT TRUE
    UNDEF UNION VALUES WHERE"""
_FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())
_KEYWORDS: Final = frozenset(_KEYWORD_NAMES.split())
_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_ODD: Final = {
    "\ufeff": "a byte order mark",
    "\u200b": "a space of no width",
    "\u200c": "a mark that cannot be seen",
    "\u200d": "a mark that cannot be seen",
    "\u2060": "a mark that cannot be seen",
    "\u00ad": "a soft hyphen",
    "\u2018": "a typographic quote",
    "\u2019": "a typographic quote",
    "\u201c": "a typographic quote",
    "\u201d": "a typographic quote",
    "\u201e": "a typographic quote",
    "\u2013": "a dash",
    "\u2014": "a dash",
    "\u2026": "an ellipsis",
}
_SPACES: Final = " \t\r\n"
_COMMENT: Final = re.compile(r"#[^\n\r]*+")
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_PLACE: Final = re.compile(r"error at (\d+):(\d+)")
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_FUNCTION_IRI: Final = re.compile(r"custom function <([^>\s]*)>")


class Diagnosis:
    """One query that failed. `prefixes` is the table that declarations are offered from, `has_base`
    says whether it came with a base IRI of its own."""

    def __init__(self, text: str, prefixes: Mapping[str, str], has_base: bool) -> None:
        self._text = text
        self._has_base = has_base
        self._prefixes = prefixes

    def unsupported(self, message: str) -> Problem:
        """Why the engine could not do what a well-formed query asks for; `message` is the engine's."""
        function = _FUNCTION_IRI.search(message)
        if function:
            return QueryRefused(
                "function",
                f"The function <{function[1]}> does not exist here.",
                "Use the functions of SPARQL 1.1, or declare the prefix you meant.",
            )
        return QueryFailed(
            "The engine cannot do what the query asks for.", "Make it simpler, or report it with its text."
        )

    def malformed(self, message: str) -> QueryMalformed:
        """The first usual mistake that is found in the text, or else the place the engine names."""
        # Ordered: the earlier mistakes often cause the later ones.
        looks: list[Callable[[], QueryMalformed | None]] = [
            self._odd_character,
            self._open_string,
            self._bad_iri,
            self._undeclared_prefix,
            self._missing_form,
            self._unknown_word,
            self._unbalanced,
            self._comma_in_select,
            self._bare_aggregate,
            self._last_semicolon,
            lambda: self._ungrouped(message),
            self._assigned_twice,
        ]
        for look in looks:
            found = look()
            if found is not None:
                return found
        return self._unexpected(message)

    @cached_property
    def _tokens(self) -> list[SparqlToken]:
        return list(tokens(self._text))

    def _at(self, token: SparqlToken, detail: str, hint: str) -> QueryMalformed:
        return QueryMalformed(detail, hint, *place_of(self._text, token.start))

    def _words(self) -> Iterator[tuple[SparqlToken, str, str]]:
        """Each keyword or function with its name in capitals and the text of the next token."""
        for i, token in enumerate(self._tokens):
            if token.kind == "word":
                after = self._tokens[i + 1].text if i + 1 < len(self._tokens) else ""
                yield token, token.text.upper(), after

    def _open_string(self) -> QueryMalformed | None:
        for token in self._tokens:
            if token.kind == "operator" and token.text in ("'", '"'):
                return self._at(
                    token,
                    f"The string that {token.text} opens here is not closed on this line.",
                    f"Close it with {token.text}, write a quote inside it as \\{token.text}, or use three "
                    "quotes around a text of several lines.",
                )
        return None

    def _undeclared_prefix(self) -> QueryMalformed | None:
        declared: set[str] = set()
        for before, token in zip([None, *self._tokens], self._tokens, strict=False):
            if token.kind != "name" or token.text.startswith("_:"):
                continue
            prefix = token.text.split(":", 1)[0]
            if before is not None and before.is_word("PREFIX"):
                declared.add(prefix)
            elif prefix not in declared:
                return self._at(token, f"The prefix `{prefix}:` is not declared.", self._declaration(prefix))
        return None

    def _declaration(self, prefix: str) -> str:
        if prefix in self._prefixes:
            return f"Put this line first: PREFIX {prefix}: <{self._prefixes[prefix]}>"
        close = difflib.get_close_matches(prefix, self._prefixes, 1, 0.6)
        if close:
            line = f"PREFIX {close[0]}: <{self._prefixes[close[0]]}>"
            return f"Did you mean `{close[0]}:`? Then put this line first: {line}"
        return f"Put a line of this form first: PREFIX {prefix}: <http://example.org/namespace#>"

    def _missing_form(self) -> QueryMalformed | None:
        if any(name in _FORMS for _, name, _ in self._words()):
            return None
        first = next((entry for entry in self._words() if entry[1] not in ("PREFIX", "BASE")), None)
        if first is None:
            return QueryMalformed("There is no query.", "Start it with SELECT, ASK, CONSTRUCT or DESCRIBE.")
        token, name, _ = first
        meant = difflib.get_close_matches(name, _FORMS, 1, 0.6) or ["SELECT, ASK, CONSTRUCT or DESCRIBE"]
        return self._at(token, f"`{token.text}` does not start a query.", f"Write {meant[0]} here.")

    def _unknown_word(self) -> QueryMalformed | None:
        for token, name, after in self._words():
            if name in _FUNCTIONS or name in _KEYWORDS:
                continue
            kind, names = ("function", _FUNCTIONS) if after == "(" else ("keyword", _KEYWORDS | _FUNCTIONS)
            close = difflib.get_close_matches(name, sorted(names), 1, 0.7)
            hint = f"Did you mean {close[0]}?" if close else "Write `?` before variables, quotes around text."
            return self._at(token, f"`{token.text}` is not a {kind} of SPARQL.", hint)
        return None

    def _unbalanced(self) -> QueryMalformed | None:
        open_brackets: list[SparqlToken] = []
        for token in self._tokens:
            if token.kind != "operator":
                continue
            if token.text in "([{":
                open_brackets.append(token)
            elif token.text in _PAIRS:
                if not open_brackets:
                    return self._at(token, f"This `{token.text}` closes nothing.", "Remove it.")
                opener = open_brackets.pop()
                if opener.text != _PAIRS[token.text]:
                    line, column = place_of(self._text, opener.start)
                    return self._at(
                        token,
                        f"`{token.text}` stands where the `{opener.text}` of line {line}, column {column} "
                        "is to be closed.",
                        "Close the brackets in the order in which they were opened.",
                    )
        if open_brackets:
            opener = open_brackets[-1]
            return self._at(
                opener, f"This `{opener.text}` is never closed.", "Close it at the end of its part."
            )
        return None

    def _comma_in_select(self) -> QueryMalformed | None:
        in_select = False
        for token in self._tokens:
            if token.kind == "word":
                in_select = token.is_word("SELECT") or (in_select and token.is_word("DISTINCT", "REDUCED"))
            elif in_select and token.text == ",":
                return self._at(
                    token, "A comma stands between the variables of SELECT.", "Put a space there."
                )
            elif token.text in "({":
                in_select = False
        return None

    def _odd_character(self) -> QueryMalformed | None:
        """One that cannot be seen, or looks like another: it came along when the query was copied."""
        for token in self._tokens:
            name = _ODD.get(token.text) if token.kind == "operator" else None
            if name is not None:
                return self._odd(name, token.start)
        for before, token in zip([None, *self._tokens], self._tokens, strict=False):
            start = before.end if before else 0
            # A comment may have any character.
            gap = _COMMENT.sub(lambda found: " " * len(found[0]), self._text[start : token.start])
            for i, character in enumerate(gap):
                if character not in _SPACES:
                    return self._odd("a space that SPARQL does not have", start + i)
        return None

    def _odd(self, name: str, offset: int) -> QueryMalformed:
        return QueryMalformed(
            f"There is {name} (U+{ord(self._text[offset]):04X}) here.",
            "Type this place anew: it was copied from where texts are set.",
            *place_of(self._text, offset),
        )

    def _bare_aggregate(self) -> QueryMalformed | None:
        in_select, depth = False, 0
        for token, after in zip(self._tokens, self._tokens[1:], strict=False):
            depth += (token.text == "(") - (token.text == ")") if token.kind == "operator" else 0
            if token.is_word("SELECT"):
                in_select, depth = True, 0
            elif token.text == "{" or token.is_word("WHERE", "FROM"):
                in_select = False
            elif in_select and not depth and token.is_word(*_FUNCTIONS) and after.text == "(":
                return self._at(
                    token,
                    f"`{token.text}(…)` stands in SELECT without a name.",
                    f"Put it in brackets and name it: ({token.text.upper()}(…) AS ?name).",
                )
        return None

    def _last_semicolon(self) -> QueryMalformed | None:
        last = self._tokens[-1] if self._tokens else None
        if last is None or last.text != ";":
            return None
        return self._at(last, "A query does not end in `;`.", "Remove it.")

    def _bad_iri(self) -> QueryMalformed | None:
        based = self._has_base or any(name == "BASE" for _, name, _ in self._words())
        for token in self._tokens:
            if token.kind == "iri" and not based and not _ABSOLUTE.match(token.text):
                return self._at(
                    token, f"{token.text} is a relative IRI, and there is no BASE.", "Write the whole IRI."
                )
            if token.text == "<" and _ABSOLUTE.match(self._text, token.start):
                return self._at(
                    token,
                    "The IRI that `<` opens here holds a character that IRIs cannot have.",
                    "Write a space as %20, and other such characters in the same way.",
                )
        return None

    def _ungrouped(self, message: str) -> QueryMalformed | None:
        if "variable that is unbound" not in message:
            return None
        return QueryMalformed(
            "SELECT lists a variable that is neither grouped nor aggregated.",
            "List it in GROUP BY, or wrap it, as in (SAMPLE(?x) AS ?one).",
            *self._engines_place(message),
        )

    def _assigned_twice(self) -> QueryMalformed | None:
        seen: set[str] = set()
        for before, token in zip(self._tokens, self._tokens[1:], strict=False):
            if before.is_word("AS") and token.kind == "variable":
                if token.text in seen:
                    return self._at(token, f"{token.text} is given a value twice.", "Use another name here.")
                seen.add(token.text)
        return None

    def _engines_place(self, message: str) -> tuple[int, int]:
        found = _PLACE.search(message)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def _unexpected(self, message: str) -> QueryMalformed:
        line, column = self._engines_place(message)
        lines = self._text.split("\n")
        offset = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1 if line else 0
        token = next((token for token in self._tokens if token.end > offset), None)
        if token is None:
            return QueryMalformed(
                "The query ends too early, or something before its end does not fit.",
                "Check the last pattern and that every part is complete.",
                line,
                column,
            )
        shown = token.text if len(token.text) <= 40 else token.text[:40] + "…"
        return QueryMalformed(
            f"`{shown}` cannot stand here, or what is before it is not complete.",
            "Check for a missing dot, variable or keyword just before this place.",
            line,
            column,
        )
