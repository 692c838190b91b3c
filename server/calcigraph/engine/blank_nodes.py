"""The tokens of a query in, the edits out after which BNODE with an argument makes new blank nodes.

SPARQL 1.1 Query, section 17.4.2.9: the node is none of the data and none of another solution; within
one solution the same string gives the same node. pyoxigraph 0.5.13 takes the string for the node's
label: every solution has the same node, it may be a node of the data, and what is no label gives none.
So a string that is new in each solution goes in front of the argument, which is hashed, because a
hash is always a label and is an error of the same arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from calcigraph.sparql.tokens import SparqlToken

# From which offset to which, and the text to put there.
Edit = tuple[int, int, str]
_GROUPED: Final = ("GROUP", "HAVING", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_OPENING: Final = ("(", "{", "[")
_CLOSING: Final = (")", "}", "]")


@dataclass
class _BnodeCalls:
    """Where BNODE has an argument: in a BIND, or in the query's own SELECT clause.

    `binds` has for each BIND the index of its word and those of its BNODEs; `where` the indices of
    the brackets of the query's own group.
    """

    binds: dict[int, list[int]] = field(default_factory=dict)
    selected: list[int] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    where: tuple[int, int] | None = None


def fresh_blank_nodes(query: list[SparqlToken]) -> list[Edit]:
    """The edits for every BNODE(...) in a BIND or in the SELECT clause of `query`; those elsewhere, and
    those where a further variable would be seen, are left alone. Cost: linear."""
    places = _places(query)
    taken = {token.text[1:] for token in query if token.kind == "variable"}
    edits: list[Edit] = []
    for run in [] if _lists_all(query) else _runs(query, places):
        name = _unused("solution", taken)
        start = query[run[0]].start
        edits.append((start, start, f"BIND(STRUUID() AS {name}) "))
        for bind in run:
            edits += _hashed(query, places, places.binds[bind], name)
    if places.selected and places.where is not None and not _is_grouped(query, places.where):
        opening, closing = places.where
        name = _unused("solution", taken)
        edits.append((query[opening].end, query[opening].end, " {"))
        edits.append((query[closing].start, query[closing].start, f"}} BIND(STRUUID() AS {name}) "))
        edits += _hashed(query, places, places.selected, name)
    return edits


def _lists_all(query: list[SparqlToken]) -> bool:
    """Whether `*` lists all variables somewhere, and so would list a variable that is added."""
    for i, token in enumerate(query[:-2]):
        if token.is_word("SELECT", "DESCRIBE"):
            star = query[i + 2 if query[i + 1].is_word("DISTINCT", "REDUCED") else i + 1]
            if star.text == "*":
                return True
    return False


def _places(query: list[SparqlToken]) -> _BnodeCalls:
    found = _BnodeCalls()
    stack: list[int] = []
    for i, token in enumerate(query):
        if token.kind != "operator":
            if token.is_word("BNODE") and i + 2 < len(query) and query[i + 2].text != ")":
                _place(query, stack, i, found)
        elif token.text in _OPENING:
            stack.append(i)
        elif token.text in _CLOSING and stack:
            opening = stack.pop()
            found.ends[opening] = i
            if not stack and token.text == "}":
                found.where = (opening, i)
    return found


def _place(query: list[SparqlToken], stack: list[int], call: int, found: _BnodeCalls) -> None:
    for opening in reversed(stack):
        if query[opening].text != "(":
            return
        if opening and query[opening - 1].is_word("BIND"):
            found.binds.setdefault(opening - 1, []).append(call)
            return
    if found.where is None and stack:
        found.selected.append(call)


def _runs(query: list[SparqlToken], places: _BnodeCalls) -> list[list[int]]:
    """The BINDs with a BNODE; together those between which there is nothing that makes further solutions."""
    runs: list[list[int]] = []
    binds = [i for i, token in enumerate(query[:-1]) if token.is_word("BIND") and i + 1 in places.ends]
    following = -1
    for bind in binds:
        if bind != following:
            runs.append([])
        if bind in places.binds:
            runs[-1].append(bind)
        following = _skipped(query, places, places.ends[bind + 1] + 1)
    return [run for run in runs if run]


def _skipped(query: list[SparqlToken], places: _BnodeCalls, i: int) -> int:
    """The index of the next token that may make further solutions: full stops and filters make none."""
    while i + 1 < len(query):
        if query[i].text == ".":
            i += 1
        elif query[i].is_word("FILTER") and i + 1 in places.ends:
            i = places.ends[i + 1] + 1
        else:
            break
    return i


def _hashed(query: list[SparqlToken], places: _BnodeCalls, calls: list[int], name: str) -> list[Edit]:
    edits: list[Edit] = []
    for call in calls:
        if query[call + 1].text != "(" or call + 1 not in places.ends:
            # No call, as the parser will say.
            continue
        first, last = query[call + 1].end, query[places.ends[call + 1]].start
        edits += [(first, first, f"CONCAT({name}, SHA256("), (last, last, "))")]
    return edits


def _is_grouped(query: list[SparqlToken], where: tuple[int, int]) -> bool:
    """Whether the query groups its solutions, so that one of SELECT is made of several of WHERE."""
    opening, closing = where
    outside = [*query[:opening], *query[closing + 1 :]]
    return any(token.is_word(*_GROUPED, "VALUES") for token in outside)


def _unused(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return f"?{name}"
