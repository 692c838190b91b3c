"""Statements in, individuals out that seem to be in a class by mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, islice
from typing import Final

from calcigraph.errors import Severity
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import TYPE, Statements
from calcigraph.rdf.terms import Term

ALIEN: Final = Rule(
    "individual-in-alien-classes",
    Severity.INFO,
    "{node} is the only one of {members} members of {one} that is in {value} as well.",
    "Take out the type that is wrong; if none can be in both, say so (owl:disjointWith).",
)
_FEWEST: Final = 5


def aliens(statements: Statements, own: OwnNames) -> Iterator[Hit]:
    """Individuals with two asserted types, both of several members, of which they alone are in both. Cost:
    linear in the pairs of types of each individual, and in the smaller class of each that one alone has."""
    members = _members(statements)
    for (one, other), nodes in _having(statements, own, members).items():
        is_below = other in statements.supers.get(one, ()) or one in statements.supers.get(other, ())
        if len(nodes) == 1 and not is_below and _share_one(members[one], members[other]):
            first, second = sorted((one, other), key=lambda kind: (-len(members[kind]), str(kind)))
            named: dict[str, Term | str] = {"members": str(len(members[first])), "one": first}
            yield Hit(nodes[0], TYPE, second, named)


def _members(statements: Statements) -> Mapping[Term, set[Term]]:
    """The individuals in each class, as far as the superclasses of their types tell."""
    members: dict[Term, set[Term]] = defaultdict(set)
    for node, types in statements.types.items():
        for kind in types.union(*(statements.supers.get(kind, ()) for kind in types)):
            members[kind].add(node)
    return members


def _having(
    statements: Statements, own: OwnNames, members: Mapping[Term, set[Term]]
) -> Mapping[tuple[Term, Term], list[Term]]:
    """Each two own classes of several members that individuals are said to be in, and one or two of these."""
    found: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
    for node, types in statements.types.items():
        named = sorted((t for t in types if own.has(t) and len(members[t]) >= _FEWEST), key=str)
        for pair in combinations(named, 2):
            if len(found[pair]) < 2:
                found[pair].append(node)
    return found


def _share_one(some: set[Term], others: set[Term]) -> bool:
    """Whether two sets have one member in common."""
    few, many = sorted((some, others), key=len)
    return sum(1 for _ in islice((node for node in few if node in many), 2)) == 1
