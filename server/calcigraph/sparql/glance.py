"""The text of a query in, its form and the text for the engine out where nothing has to be looked at in it.

Most queries of programs are look-ups: a few triple patterns of variables, names and plain literals. No limit
can be passed by them, nothing in them is volatile, federated, ordered or corrected, and a tree of them would
cost a seventh of the time that the look-up takes. What is said here is sure, because the pattern says what
may stand in such a query, and not what may not: what it does not match is read as a tree.

A look-up is SELECT with names of variables or `*`, or ASK; prefixes; triples with `.`, `;` and `,`, without
brackets, paths, escapes and blank nodes; LIMIT and OFFSET; comments. Text search is a property, so the word
may not occur, nor may a prefix stand for a part of it. For `*` the variables are written in the order of the
text, in which the engine does not give them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# So many joined patterns plan in a moment: see `limits`.
_MOST_PATTERNS: Final = 50
_LONGEST: Final = 2000
# White space, and comments; not those with a backslash, which may be an escaped end of the line.
_SPACE: Final = r"(?:[ \t\r\n]++|\#[^\r\n\\]*+(?![\\]))*+"
_GAP: Final = r"(?:[ \t\r\n]++|\#[^\r\n\\]*+(?![\\]))++"
_IRI: Final = r"<[^<>\"{}|^`\\\x00-\x20]*+>"
# A namespace ends where the name of the search property cannot be cut.
_NAMESPACE: Final = r"<[^<>\"{}|^`\\\x00-\x20]*+(?<=[#/:_=?&-])>"
_PREFIX: Final = r"(?:[A-Za-z][A-Za-z0-9_-]*+)?+:"
_NAME: Final = rf"{_PREFIX}[A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]++)*+"
_VARIABLE: Final = r"[?$][A-Za-z0-9_]++"
_STRING: Final = r'"[^"\\\r\n]++"(?:@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)?+'
_TERM: Final = rf"(?:{_VARIABLE}|{_IRI}|{_NAME}|{_STRING}|[0-9]++)"
_VERB: Final = rf"(?:{_VARIABLE}|{_IRI}|{_NAME}|a(?=[ \t\r\n<?$]))"
_OBJECTS: Final = rf"{_TERM}(?:{_SPACE},{_SPACE}{_TERM})*+"
_TRIPLES: Final = rf"{_TERM}{_SPACE}{_VERB}{_SPACE}{_OBJECTS}(?:{_SPACE};{_SPACE}{_VERB}{_SPACE}{_OBJECTS})*+"
_LOOK_UP: Final = re.compile(
    rf"{_SPACE}(?:prefix{_GAP}{_PREFIX}{_SPACE}{_NAMESPACE}{_SPACE})*+"
    rf"(?:(?P<select>select){_GAP}(?:distinct{_GAP})?+"
    rf"(?:(?:{_VARIABLE}{_SPACE})++|(?P<star>\*){_SPACE})|ask{_SPACE})"
    rf"(?:where{_SPACE})?+\{{{_SPACE}{_TRIPLES}(?:{_SPACE}\.{_SPACE}{_TRIPLES})*+{_SPACE}(?:\.{_SPACE})?+\}}"
    rf"{_SPACE}(?:limit{_GAP}[0-9]{{1,9}}{_SPACE})?+(?:offset{_GAP}[0-9]{{1,9}}{_SPACE})?+\Z",
    re.IGNORECASE | re.ASCII,
)


# A variable, behind what may look like one.
_VARIABLES: Final = re.compile(r'"[^"]*+"|<[^>]*+>|#[^\r\n]*+|[?$]([A-Za-z0-9_]++)')


class LookUp(NamedTuple):
    """SELECT or ASK, and the text that the engine is asked."""

    form: str
    text: str


def look_up(text: str) -> LookUp | None:
    """The query `text` where it is a look-up, None where it has to be read. Cost: linear, some
    microseconds."""
    if len(text) > _LONGEST or "search" in text.lower():
        return None
    found = _LOOK_UP.match(text)
    if found is None or sum(map(text.count, ".;,")) > _MOST_PATTERNS:
        return None
    if not found["select"]:
        return LookUp("ASK", text)
    star = found.start("star")
    if star < 0:
        return LookUp("SELECT", text)
    names = dict.fromkeys(filter(None, _VARIABLES.findall(text, star)))
    listed = " ".join(f"?{name}" for name in names)
    return LookUp("SELECT", f"{text[:star]}{listed} {text[star + 1 :]}") if names else None
