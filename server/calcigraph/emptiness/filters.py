"""A FILTER that takes all solutions away in, what it saw out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from calcigraph.emptiness.asking import Around, Asker
from calcigraph.emptiness.empty_reason import EmptyKind, EmptyReason, SeenValues, UnknownTerm
from calcigraph.emptiness.parts import GroupPart
from calcigraph.emptiness.places import Places
from calcigraph.sparql.tree import (
    Bracketed,
    BuiltInCall,
    Exists,
    Expression,
    Filter,
    In,
    Iri,
    Literal,
    Node,
    Operation,
    Variable,
)

_ROWS_LOOKED_AT: Final = 100
_MOST_VALUES: Final = 5
_MOST_VARIABLES: Final = 4
_LONGEST: Final = 300


def filter_removes(
    ask: Asker,
    places: Places,
    part: GroupPart,
    joined: list[GroupPart],
    around: Around,
    tell: Callable[[EmptyReason], None],
) -> EmptyReason:
    """That the FILTER `part` takes away all solutions of `joined`, with some values of its variables, whether
    it is an error for all of them, and the terms that it needs and that are in no triple."""
    assert isinstance(part.node, Filter)
    explained = EmptyReason(EmptyKind.FILTER, (places.part(part.shown, part.start),))
    tell(explained)
    bound = frozenset().union(*(each.variables for each in joined))
    names = list(dict.fromkeys(_read_by(part.node.constraint)))
    for name in names:
        if name not in bound:
            explained = explained.with_note(f"Nothing binds ?{name} where this filter stands.")
    seen = _seen(ask, [name for name in names if name in bound][:_MOST_VARIABLES], joined, around)
    unknown = _unknown(ask, places, part.node.constraint)
    explained = replace(explained, values=seen, terms=unknown, hinges=bool(unknown))
    tell(explained)
    return explained.with_note(_ERROR) if _is_error(ask, part, joined, around) else explained


_ERROR: Final = "It is an error for every solution, as where a value is missing or has another type."


def _read_by(expression: Expression) -> Iterator[str]:
    """The variables that a constraint reads, but for those of its EXISTS."""
    if isinstance(expression, Variable):
        yield expression.name
    elif not isinstance(expression, Exists):
        for child in expression.children():
            yield from _read_by(child)


def _is_error(ask: Asker, part: GroupPart, joined: list[GroupPart], around: Around) -> bool:
    assert isinstance(part.node, Filter)
    constraint = part.node.constraint
    inside = part.asked[constraint.start - part.start : constraint.end - part.start]
    negated = replace(part, asked=f"FILTER (!({inside}\n))")
    return not ask.holds(around.pattern([*joined, negated]))


def _seen(ask: Asker, names: list[str], joined: list[GroupPart], around: Around) -> tuple[SeenValues, ...]:
    if not names:
        return ()
    selected = " ".join(f"?{name}" for name in names)
    rows = ask.rows(selected, around.pattern(joined), _ROWS_LOOKED_AT)
    columns = (
        dict.fromkeys(_cut(str(row[at])) for row in rows if row[at] is not None) for at in range(len(names))
    )
    found = zip(names, columns, strict=True)
    return tuple(SeenValues(name, tuple(column)[:_MOST_VALUES]) for name, column in found)


def _cut(term: str) -> str:
    return term if len(term) <= _LONGEST else f"{term[:_LONGEST]}…"


def _unknown(ask: Asker, places: Places, constraint: Expression) -> tuple[UnknownTerm, ...]:
    """The terms one of which a variable would have to be, where none of them is in the data."""
    for terms in _demanded(constraint):
        if terms and not any(map(ask.is_known, terms)):
            return tuple(UnknownTerm(str(ask.resolved(term)), places.of(term)) for term in terms)
    return ()


def _demanded(expression: Expression) -> Iterator[list[Node]]:
    """For each condition that has to hold, the constants one of which it takes a variable to be."""
    if isinstance(expression, Bracketed):
        yield from _demanded(expression.expression)
    elif isinstance(expression, Operation) and set(expression.operators) == {"&&"}:
        for operand in expression.operands:
            yield from _demanded(operand)
    elif isinstance(expression, Operation) and expression.operators == ("=",):
        yield _constant_beside_variable(expression.operands)
    elif isinstance(expression, BuiltInCall) and expression.name == "SAMETERM":
        yield _constant_beside_variable(expression.arguments)
    elif (
        isinstance(expression, In) and not expression.is_negated and isinstance(expression.operand, Variable)
    ):
        is_listed = all(isinstance(item, Iri | Literal) for item in expression.items)
        yield list(expression.items) if is_listed else []


def _constant_beside_variable(operands: tuple[Expression, ...]) -> list[Node]:
    constants: list[Node] = [operand for operand in operands if isinstance(operand, Iri | Literal)]
    return constants if len(constants) == 1 and any(isinstance(each, Variable) for each in operands) else []
