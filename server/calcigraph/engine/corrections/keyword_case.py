"""The keywords `true` and `false` may have capitals (SPARQL 1.1, section 19.8, note 1: case does not matter).

The engine knows them in small letters only. So they are written, wherever they stand: in patterns, in
expressions and in the rows of VALUES.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from calcigraph.engine.corrections.correction import Context
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.tokens import tokens
from calcigraph.sparql.tree import Literal, Node, Values

_WORDS: Final = ("TRUE", "FALSE")
_FOUND: Final = re.compile("true|false", re.IGNORECASE)


def with_small_keywords(query: ParsedQuery, _context: Context) -> Mapping[Node, Replacement]:
    """Truth values with a capital. Cost: linear in the literals and rows."""
    found: dict[Node, Replacement] = {}
    for literal in query.nodes(Literal):
        if literal.text.upper() in _WORDS and not literal.text.islower():
            found[literal] = _always(literal.text.lower())
    for values in query.nodes(Values):
        text = query.written(values)
        if not all(match.group().islower() for match in _FOUND.finditer(text)):
            found[values] = _always(_small(text))
    return found


def _small(text: str) -> str:
    pieces, at = [], 0
    for token in tokens(text):
        if token.is_word(*_WORDS):
            pieces += [text[at : token.start], token.text.lower()]
            at = token.end
    return "".join([*pieces, text[at:]])


def _always(text: str) -> Replacement:
    return lambda _write: text
