"""A tree in, what it asks for beyond its data out: values that no two evaluations share, and other services.

This is told here and nowhere else, so that a cache, a rule and a shape mean the same by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from calcigraph.sparql.tree import BuiltInCall, Node, OrderBy, Query, Service, walk

# SPARQL 1.1, sections 17.4.2.9 (BNODE), 17.4.2.12 (UUID), 17.4.2.13 (STRUUID), 17.4.4.5 (RAND) and 17.4.5.1
# (NOW). BNODE is one with and without an argument: its node is another one in every evaluation.
_VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


def volatile_calls(node: Node) -> Iterator[BuiltInCall]:
    """The calls below `node` whose value is another one at each evaluation, in the order of the text. Cost:
    linear."""
    return (call for call in walk(node) if isinstance(call, BuiltInCall) and is_volatile_call(call))


def is_volatile_call(call: BuiltInCall) -> bool:
    """Whether the value of `call` is another one at each evaluation."""
    return call.name in _VOLATILE


def service_patterns(node: Node) -> Iterator[Service]:
    """The patterns below `node` that another endpoint answers (SPARQL 1.1 Federated Query), in the order of
    the text. Cost: linear."""
    return (pattern for pattern in walk(node) if isinstance(pattern, Service))


def is_volatile(node: Node) -> bool:
    """Whether two evaluations over the same data may differ."""
    return next(volatile_calls(node), None) is not None or next(service_patterns(node), None) is not None


def is_ordered(query: Query) -> bool:
    """Whether the solutions of the query itself have an order (section 15.1); sub-selects do not count."""
    return any(isinstance(modifier, OrderBy) for modifier in query.modifiers)
