"""Words that SPARQL does not have, and brackets that do not match."""

from __future__ import annotations

import difflib
from typing import Final

from calcigraph.pool.diagnosis.failed_text import FailedText, Slip
from calcigraph.sparql.expression_parser import AGGREGATES, FUNCTIONS
from calcigraph.sparql.tokens import SparqlToken, place_of

_KEYWORD_NAMES: Final = """
    AS ASC ASK BASE BIND BY CONSTRUCT DEFAULT DESC DESCRIBE DISTINCT EXISTS FALSE FILTER FROM GRAPH GROUP
    HAVING IN LIMIT MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT SEPARATOR SERVICE SILENT
    TRUE UNDEF UNION VALUES WHERE"""
_FUNCTIONS: Final = FUNCTIONS | AGGREGATES
_KEYWORDS: Final = frozenset(_KEYWORD_NAMES.split())
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


def missing_form(failed: FailedText) -> Slip | None:
    """A text that does not begin as a query does."""
    if "SELECT" not in failed.expected:
        return None
    token = failed.token()
    if token.kind == "end":
        return Slip(
            len(failed.text.rstrip()),
            "There is no query.",
            "Start it with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    if token.kind != "word":
        return None
    meant = difflib.get_close_matches(token.text.upper(), _FORMS, 1, 0.6) or [" or ".join(_FORMS)]
    return Slip(token.start, f"`{token.text}` does not start a query.", f"Write {meant[0]} here.")


def unknown_word(failed: FailedText) -> Slip | None:
    """A word that is no keyword and no function, where the text fails or right before."""
    for steps in (0, -1):
        token, after = failed.token(steps), failed.token(steps + 1)
        name = token.text.upper()
        if token.kind != "word" or token.text == "a" or name in _FUNCTIONS or name in _KEYWORDS:
            continue
        kind = "function" if after.text == "(" else "keyword"
        close = difflib.get_close_matches(name, sorted(_KEYWORDS | _FUNCTIONS), 1, 0.7)
        hint = f"Did you mean {close[0]}?" if close else "Write `?` before variables, quotes around text."
        return Slip(token.start, f"`{token.text}` is not a {kind} of SPARQL.", hint)
    return None


def unbalanced(failed: FailedText) -> Slip | None:
    """A bracket that is never closed, or closes nothing, or another kind of bracket."""
    opened: list[SparqlToken] = []
    for token in failed.tokens[: failed.index + 1]:
        if token.kind != "operator":
            continue
        if token.text in ("(", "[", "{"):
            opened.append(token)
        elif token.text in _PAIRS:
            if not opened:
                return Slip(token.start, f"This `{token.text}` closes nothing.", "Remove it.")
            opener = opened.pop()
            if opener.text != _PAIRS[token.text]:
                line, column = place_of(failed.text, opener.start)
                return Slip(
                    token.start,
                    f"`{token.text}` stands where the `{opener.text}` of line {line}, column {column} "
                    "is to be closed.",
                    "Close the brackets in the order in which they were opened.",
                )
    if opened and failed.token().kind == "end":
        opener = opened[-1]
        detail = f"This `{opener.text}` is never closed."
        return Slip(opener.start, detail, "Close it at the end of its part.")
    return None
