"""A query and why it was not taken in, a Problem in plain words out.

Where the text does not follow the grammar, the usual mistakes are looked for at the place where it fails;
where it does and the engine has another objection, the conditions beside the grammar are gone through. Of the
engine's words nothing is passed on.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from calcigraph.errors import Place, Problem
from calcigraph.pool.diagnosis.characters import (
    bad_iri,
    misplaced_escape,
    odd_character,
    open_string,
    quoted_iri,
    unseen_in,
)
from calcigraph.pool.diagnosis.failed_text import FailedText, Look, Slip
from calcigraph.pool.diagnosis.habits import (
    bare_expression,
    comma_in_modifier,
    doubled_sign,
    foreign_declaration,
    foreign_word,
    last_semicolon,
    missing_brackets,
    order_behind,
    without_a_name,
)
from calcigraph.pool.diagnosis.words import missing_form, unbalanced, unknown_word
from calcigraph.pool.query_problems import QUERY_FILE, QueryFailed, QueryMalformed, QueryRefused
from calcigraph.sparql.conditions import KNOWN_TO_ENGINE, BrokenCondition, first_broken
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import SparqlMalformed
from calcigraph.sparql.tokens import SparqlToken, place_of, tokens

# In the order in which they are looked for: the earlier mistakes often cause the later ones.
_LOOKS: Final[tuple[Look, ...]] = (
    *(odd_character, misplaced_escape, open_string, bad_iri, quoted_iri),
    *(foreign_declaration, foreign_word, bare_expression, without_a_name, doubled_sign),
    *(last_semicolon, comma_in_modifier, order_behind),
    *(missing_form, unknown_word, missing_brackets, unbalanced),
)
_NAMES: Final = ("variable", "name")
_PLACE: Final = re.compile(r"error at (\d+):(\d+)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_FUNCTION_IRI: Final = re.compile(r"custom function <([^>\s]*)>")
_LONGEST_SHOWN: Final = 40


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

    def malformed(self, error: SparqlMalformed) -> QueryMalformed:
        """Why the text does not follow the grammar: a usual mistake, or else what could stand there."""
        failed = FailedText(self._text, error.offset, error.expected)
        slip = next((slip for look in _LOOKS if (slip := look(failed)) is not None), None)
        return self._at(slip or _unexpected(failed))

    def unencodable(self) -> QueryMalformed:
        """Where the text has half of a character (a surrogate), which no UTF-8 has."""
        found = _SURROGATE.search(self._text)
        offset = found.start() if found else 0
        return self._at(Slip(offset, "There is half of a character here.", "Type this place anew."))

    def broken(self, condition: BrokenCondition) -> QueryMalformed:
        """Why a query that follows the grammar has no meaning."""
        return self._at(Slip(condition.node.start, condition.detail, condition.remedy))

    def rejected(self, message: str) -> QueryMalformed | QueryRefused:
        """Why the engine does not take a query that follows the grammar; `message` is the engine's."""
        found = list(tokens(self._text))
        beyond = next((token for token in found if token.kind in _NAMES and max(token.text) > "\uffff"), None)
        if beyond is not None:
            return QueryRefused(
                "names",
                f"`{beyond.text}` has a character beyond U+FFFF, which the engine does not take in names.",
                "Use another name for a variable or a prefix, and write the IRI in angle brackets.",
                Place(QUERY_FILE, *place_of(self._text, beyond.start)),
            )
        slip = self._undeclared_prefix(found) or self._relative_iri(found)
        if slip is not None:
            return self._at(slip)
        condition = first_broken(ParsedQuery.of(self._text), KNOWN_TO_ENGINE)
        return self.broken(condition) if condition is not None else _unclear(message)

    def _at(self, slip: Slip) -> QueryMalformed:
        return QueryMalformed(slip.detail, slip.hint, *place_of(self._text, slip.offset))

    def _undeclared_prefix(self, found: Iterable[SparqlToken]) -> Slip | None:
        declared: set[str] = set()
        is_declaration = False
        for token in found:
            if token.kind == "name" and not token.text.startswith("_:"):
                prefix = token.text.split(":", 1)[0]
                if is_declaration:
                    declared.add(prefix)
                elif prefix not in declared:
                    return self._undeclared(token, prefix)
            is_declaration = token.is_word("PREFIX")
        return None

    def _undeclared(self, token: SparqlToken, prefix: str) -> Slip:
        unseen = unseen_in(prefix)
        if unseen is not None:
            return Slip(
                token.start + unseen,
                f"The prefix holds a mark that cannot be seen (U+{ord(prefix[unseen]):04X}).",
                "Type this place anew: it was copied from where texts are set.",
            )
        return Slip(token.start, f"The prefix `{prefix}:` is not declared.", self._declaration(prefix))

    def _declaration(self, prefix: str) -> str:
        if prefix in self._prefixes:
            return f"Put this line first: PREFIX {prefix}: <{self._prefixes[prefix]}>"
        close = difflib.get_close_matches(prefix, self._prefixes, 1, 0.6)
        if close:
            line = f"PREFIX {close[0]}: <{self._prefixes[close[0]]}>"
            return f"Did you mean `{close[0]}:`? Then put this line first: {line}"
        return f"Put a line of this form first: PREFIX {prefix}: <http://example.org/namespace#>"

    def _relative_iri(self, found: Iterable[SparqlToken]) -> Slip | None:
        if self._has_base:
            return None
        for token in found:
            if token.is_word("BASE"):
                return None
            if token.kind == "iri" and not _ABSOLUTE.match(token.text):
                detail = f"{token.text} is a relative IRI, and there is no BASE."
                return Slip(token.start, detail, "Write the whole IRI.")
        return None


def _unexpected(failed: FailedText) -> Slip:
    token, expected = failed.token(), _listed(failed.expected)
    if token.kind == "end":
        return Slip(
            len(failed.text.rstrip()), f"The query ends too early: {expected} is missing.", "Complete it."
        )
    written = failed.text[failed.offset : token.end]
    shown = written if len(written) <= _LONGEST_SHOWN else written[:_LONGEST_SHOWN] + "…"
    return Slip(
        failed.offset,
        f"`{shown}` cannot stand here, where {expected} could, or what is before it is not complete.",
        "Check for a missing dot, variable or keyword just before this place.",
    )


def _listed(expected: tuple[str, ...]) -> str:
    return " or ".join([", ".join(expected[:-1]), expected[-1]] if expected[1:] else expected)


def _unclear(message: str) -> QueryMalformed:
    found = _PLACE.search(message)
    return QueryMalformed(
        "The query follows the grammar and is not understood all the same.",
        "Check the names and labels around this place, or report it with its text.",
        *((int(found[1]), int(found[2])) if found else (0, 0)),
    )
