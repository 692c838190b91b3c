"""A query whose pattern has solutions and whose answer has none in, what behind the pattern does that out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import pyoxigraph as ox

from calcigraph.emptiness.asking import Around, Asker
from calcigraph.emptiness.empty_reason import EmptyKind, EmptyReason
from calcigraph.emptiness.parts import GroupPart, Role
from calcigraph.emptiness.places import Places
from calcigraph.sparql.parser import printed
from calcigraph.sparql.tree import Having, Node, Query, SelectClause, Slice, SubSelect

_MAKES_TRIPLES: Final = ("CONSTRUCT", "DESCRIBE")


def can_be_emptied_behind(query: Query | SubSelect, parts: Iterable[GroupPart]) -> bool:
    """Whether an empty answer may come of something else than its pattern, whose parts these are."""
    if any(isinstance(modifier, Having | Slice) for modifier in query.modifiers):
        return True
    if any(part.role is Role.ELSEWHERE for part in parts):
        return True
    return isinstance(query, Query) and query.form in _MAKES_TRIPLES


def emptied_behind(
    text: str, ask: Asker, places: Places, query: Query | SubSelect, around: Around
) -> EmptyReason | None:
    """HAVING, or LIMIT and OFFSET, or the template; None where it is none of them."""
    slices = [modifier for modifier in query.modifiers if isinstance(modifier, Slice)]
    havings = [modifier for modifier in query.modifiers if isinstance(modifier, Having)]

    def has_rows(without: list[Node]) -> bool:
        return ask.holds(f"{around.before}{{ {_select(text, query, without)}\n}}{around.behind}")

    if havings and not has_rows([*slices]) and has_rows([*slices, *havings]):
        return EmptyReason(EmptyKind.HAVING, tuple(map(places.of, havings)))
    if slices and has_rows([*slices]):
        return _sliced(
            ask, places, slices, f"{around.before}{{ {_select(text, query, [*slices])}\n}}{around.behind}"
        )
    if isinstance(query, Query) and query.form in _MAKES_TRIPLES:
        parts = (places.of(query.head),) if query.head is not None else ()
        return EmptyReason(EmptyKind.TEMPLATE, parts)
    return None


def _sliced(ask: Asker, places: Places, slices: list[Slice], pattern: str) -> EmptyReason:
    none = [each for each in slices if each.keyword == "LIMIT" and each.number == 0]
    explained = EmptyReason(EmptyKind.SLICE, tuple(map(places.of, none or slices)))
    if none:
        return explained
    found = ask.rows("(COUNT(*) AS ?any__number)", pattern, 1)
    number = found[0][0] if found else None
    if not isinstance(number, ox.Literal):
        return explained
    return explained.with_note(f"The number of rows without it: {number.value}.")


def _select(text: str, query: Query | SubSelect, without: list[Node]) -> str:
    """The query as a sub-select, without some of its clauses. One that is no SELECT gives a row for each
    solution, or for each group."""
    left_out: dict[Node, Callable[[Callable[[Node], str]], str]] = dict.fromkeys(without, _left_out)
    if isinstance(query, SubSelect):
        return printed(text, query, left_out)
    left_out |= dict.fromkeys(query.datasets, _left_out)
    start = query.where.start if query.where is not None else query.end
    begin = "SELECT (1 AS ?any__row) "
    if isinstance(query.head, SelectClause):
        start, begin = query.head.start, ""
    pieces, at = [begin], start
    for child in query.children():
        if child.start >= start:
            pieces += [text[at : child.start], printed(text, child, left_out)]
            at = child.end
    return "".join(pieces)


def _left_out(_write: Callable[[Node], str]) -> str:
    return ""
