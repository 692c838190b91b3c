"""A query in, the first limit that it passes out: what would crash the engine, or keep its planner busy for
minutes before any deadline inside the engine could exist.

The engine's parser and planner recurse and search without limits of their own: deep nesting ends the process
with a stack overflow, many patterns joined in one group are planned for minutes. The limits lie under half of
what was measured to hurt (pyoxigraph 0.5.13, 8 MiB of stack) and far above what people write. How deep
brackets may stand in each other is kept by the parser (`MOST_NESTED`: a call nested 976 deep crashes, 128
blank nodes plan for 3 s).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calcigraph.sparql.join_work import MOST_JOIN_WORK, join_work
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.tree import (
    AlternativePath,
    As,
    Bind,
    BracketedPath,
    Filter,
    Lateral,
    Minus,
    NegatedPath,
    Node,
    Operation,
    Optional,
    RepeatedPath,
    Unary,
    Union,
)

MOST_NEGATIONS: Final = 500  # `!`: 9,472 in a row crash
MOST_CLOSURES: Final = 5  # path closures in each other: 8 take 1.6 s on 50 triples, 10 never end
MOST_OPERATORS: Final = 2000  # + - * / | ||: 8,192 crash
MOST_FILTERS: Final = 500  # FILTER and &&: 2,048 plan for 3 s
MOST_GROUPS: Final = 500  # UNION, OPTIONAL, MINUS, LATERAL: 2,048 plan for 3 s
MOST_BINDINGS: Final = 1000  # AS: 2,048 crash some builds


@dataclass(frozen=True)
class Limit:
    """What is counted, in words that follow "too many", a short key for it, and how many there may be."""

    key: str
    what: str
    most: int
    count: Callable[[ParsedQuery], int]


def passed(query: ParsedQuery) -> Limit | None:
    """The first limit that `query` passes; None where it passes none. Cost: linear, beside the walk that
    all passes share."""
    return next((limit for limit in LIMITS if limit.count(query) > limit.most), None)


def _negations(query: ParsedQuery) -> int:
    signs = sum(unary.operators.count("!") for unary in query.nodes(Unary))
    return signs + len(query.nodes(NegatedPath))


def _closures(query: ParsedQuery) -> int:
    return max(map(_closures_of, query.nodes(RepeatedPath)), default=0)


def _closures_of(path: Node) -> int:
    """How many closures of what stands in brackets are in each other in `path`."""
    inside = max(map(_closures_of, path.children()), default=0)
    return inside + (isinstance(path, RepeatedPath) and isinstance(path.path, BracketedPath))


def _operators(query: ParsedQuery) -> int:
    between = sum(
        len(operation.operators) for operation in query.nodes(Operation) if operation.operators[0] != "&&"
    )
    before = sum(len(unary.operators) - unary.operators.count("!") for unary in query.nodes(Unary))
    alternatives = sum(len(path.paths) - 1 for path in query.nodes(AlternativePath))
    negated = sum(len(path.paths) for path in query.nodes(NegatedPath))
    return between + before + alternatives + negated + len(query.nodes(RepeatedPath))


def _filters(query: ParsedQuery) -> int:
    conjunctions = sum(
        len(operation.operators) for operation in query.nodes(Operation) if operation.operators[0] == "&&"
    )
    return conjunctions + len(query.nodes(Filter))


def _groups(query: ParsedQuery) -> int:
    branches = sum(len(union.groups) - 1 for union in query.nodes(Union))
    return branches + sum(len(query.nodes(kind)) for kind in (Optional, Minus, Lateral))


def _bindings(query: ParsedQuery) -> int:
    return len(query.nodes(Bind)) + len(query.nodes(As))


LIMITS: Final = (
    Limit("negations", "negations", MOST_NEGATIONS, _negations),
    Limit("closures", "repeated paths in each other", MOST_CLOSURES, _closures),
    Limit("operators", "operators", MOST_OPERATORS, _operators),
    Limit("filters", "filters", MOST_FILTERS, _filters),
    Limit("groups", "groups", MOST_GROUPS, _groups),
    Limit("bindings", "bindings", MOST_BINDINGS, _bindings),
    Limit(
        "patterns",
        "triple patterns joined in one group",
        MOST_JOIN_WORK,
        join_work,
    ),
)
