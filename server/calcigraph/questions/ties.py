"""An ordered query in; the orders in which its answer may come out.

ORDER BY leaves rows with equal keys in any order (SPARQL 1.1, section 15.1), and where LIMIT or OFFSET cuts
between them, also which of them are in the answer. So the query is asked once more, whole and with its keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from calcigraph.errors import Problem
from calcigraph.sparql.escapes import decoded
from calcigraph.sparql.parser import parse_query
from calcigraph.sparql.scope import in_scope, named
from calcigraph.sparql.tree import (
    As,
    Bracketed,
    Node,
    OrderBy,
    OrderCondition,
    Query,
    SelectClause,
    Slice,
    Variable,
)

Row = dict[str, str]
# CSV has no datatypes, so what kind of term a key is, is asked for: the strings "01" and "1" are no tie, and
# "_:a" is no blank node.
_KIND = "IF(isNumeric({0}), 'number', IF(isBlank({0}), 'blank', IF(isIRI({0}), 'IRI', 'other')))"
Evaluated = Callable[[str], list[Row]]


def may_come_so(text: str, rows: Sequence[Row], ask: Evaluated) -> bool:
    """Whether `rows` are an answer to a query, in an order that it allows; without ORDER BY in any.

    `ask` evaluates a text. Cost: one more evaluation, of the query without its LIMIT.
    """
    text = decoded(text).text
    query = parse_query(text)
    columns = _columns(text, query)
    if _hides_keys(query, columns):
        # A distinct row may stand for several with other keys, so it has no place of its own.
        return _bag(rows) == _bag(ask(text))
    names = [_name(number, condition) for number, condition in enumerate(_conditions(query))]
    shown = {**_aliases(text, query), **columns}
    kinds = {f"kind_of_{name}": _KIND.format(shown.get(name, f"?{name}")) for name in names}
    try:
        whole = ask(_with_columns(text, query, {**columns, **kinds}))
    except Problem:
        # A key that cannot be selected, as one of a variable that is no key of its group: no order is known.
        return _bag(rows) == _bag(ask(text))
    return _fits(rows, list(_segments(whole, names, {*columns, *kinds})), query)


def _fits(rows: Sequence[Row], segments: list[list[Row]], query: Query) -> bool:
    """Whether rows are a slice of segments, of each of which the order is open."""
    start, end = _window(query, sum(map(len, segments)))
    position = 0
    for segment in segments:
        first, last = max(position, start), min(position + len(segment), end)
        position += len(segment)
        part = rows[first - start : last - start] if first < last else []
        if len(part) != max(0, last - first) or _bag(part) - _bag(segment):
            return False
    return len(rows) == max(0, end - start)


def _window(query: Query, total: int) -> tuple[int, int]:
    numbers = {m.keyword: m.number for m in query.modifiers if isinstance(m, Slice)}
    start = min(numbers.get("OFFSET", 0), total)
    return start, min(start + numbers.get("LIMIT", total), total)


def _segments(rows: Sequence[Row], names: Sequence[str], columns: Container[str]) -> Iterator[list[Row]]:
    """The rows whose keys are equal, together and without added columns; all where there are no keys."""
    for _, segment in groupby(rows, lambda row: [_value(row, name) for name in names]):
        yield [{name: value for name, value in row.items() if name not in columns} for row in segment]


def _conditions(query: Query) -> list[OrderCondition]:
    return [c for m in query.modifiers if isinstance(m, OrderBy) for c in m.conditions]


def _name(number: int, condition: OrderCondition) -> str:
    """The column with the values of a condition."""
    expression = _plain(condition)
    return expression.name if isinstance(expression, Variable) else f"key_of_order_{number}"


def _plain(condition: OrderCondition) -> Node:
    """The expression of a condition, out of its brackets."""
    found = condition.expression
    while isinstance(found, Bracketed):
        found = found.expression
    return found


def _columns(text: str, query: Query) -> dict[str, str]:
    """The columns that a query lacks to show its keys, each with its expression."""
    columns, selected = {}, _selected(query)
    for number, condition in enumerate(_conditions(query)):
        name, expression = _name(number, condition), _plain(condition)
        if name not in selected:
            columns[name] = text[expression.start : expression.end]
    return columns


def _selected(query: Query) -> set[str]:
    head = query.head
    assert isinstance(head, SelectClause)
    if head.lists_all:
        return set(in_scope(query.where)) if query.where is not None else set()
    found = (item.variable if isinstance(item, As) else item for item in head.items)
    return {node.name for node in found if isinstance(node, Variable)}


def _aliases(text: str, query: Query) -> dict[str, str]:
    """The expressions that the query selects, by their variables: where there are groups, the engine takes no
    variable that stands for an aggregate into another expression."""
    head = query.head
    assert isinstance(head, SelectClause)
    named_ones = ((item.variable, item.expression) for item in head.items if isinstance(item, As))
    return {name.name: text[shown.start : shown.end] for name, shown in named_ones if name is not None}


def _hides_keys(query: Query, columns: Mapping[str, str]) -> bool:
    """Whether rows that are one in the answer may have several keys."""
    head = query.head
    assert isinstance(head, SelectClause)
    used = {name for condition in _conditions(query) for name in named(condition)}
    return head.quantifier is not None and bool(columns) and not used <= _selected(query)


def _with_columns(text: str, query: Query, columns: Mapping[str, str]) -> str:
    """The query without its slice and with more columns."""
    head = query.head
    assert isinstance(head, SelectClause)
    for part in sorted((m for m in query.modifiers if isinstance(m, Slice)), key=lambda m: -m.start):
        text = f"{text[: part.start]} {text[part.end :]}"
    added = "".join(
        f" ?{name}" if shown.lstrip("?$") == name else f" ({shown} AS ?{name})"
        for name, shown in columns.items()
    )
    if head.lists_all and added:
        star = head.items[0]
        named_ones = " ".join(f"?{name}" for name in sorted(_selected(query)))
        return f"{text[: star.start]}{named_ones}{added} {text[star.end :]}"
    return f"{text[: head.end]}{added} {text[head.end :]}"


def _value(row: Row, name: str) -> tuple[str, str | Decimal]:
    """What is compared of a key: numbers by value; of blank nodes nothing, as section 15.1 has no order for
    them."""
    kind, text = row.get(f"kind_of_{name}", ""), row.get(name, "")
    if kind == "blank":
        return kind, ""
    # NaN equals nothing, itself included, and has one place in the order of any engine.
    return kind, Decimal(text) if kind == "number" and text != "NaN" else text


def _bag(rows: Sequence[Row]) -> Counter[tuple[tuple[str, str], ...]]:
    return Counter(tuple(sorted(row.items())) for row in rows)
