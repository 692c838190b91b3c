"""Closed facts over representatives in, the same facts over all equal terms out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import remove
from calcigraph.reasoning.facts.columns import Columns, Key
from calcigraph.reasoning.facts.encoding import visible
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.terms import vocabulary as v


def same_keys(state: State, key: Key) -> list[Key]:
    """The keys of all predicates (or classes) that are equal to this one."""
    return [~other for other in state.equality.all(~key)] if key < 0 else state.equality.all(key)


def expanded(state: State, keys: Iterable[Key] | None = None) -> Columns:
    """The facts of some keys (of all) over all equal terms.

    Raises LimitMet when equal terms multiply them to more than `limits.inferred`.
    """
    chosen = list(state.relations if keys is None else keys)
    total = 0
    out: Columns = {}
    for key in chosen:
        if key == v.TYPE or key not in state.relations:
            continue
        facts = state.relations[key].facts.array
        others = same_keys(state, key)
        total += len(others) * state.equality.expanded_size(facts, key >= 0)
        if total > state.limits.inferred:
            raise LimitMet(
                f"Equal terms multiply the closure to more than {state.limits.inferred:,} triples.",
                "Look for a functional property or key that is not one, or raise the limit `inferred`.",
            )
        column = state.equality.expand(facts, key >= 0)
        for other in others:
            out[other] = column
    if state.equality and (keys is None or v.SAME_AS in chosen):
        out[v.SAME_AS] = _same_pairs(state)
    return out


def _same_pairs(state: State) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    pairs = [a << 32 | b for group in state.equality.members.values() for a in group for b in group]
    return np.array(sorted(pairs), np.int64)


def inferred(state: State, keys: Iterable[Key] | None = None) -> Columns:
    """The facts beyond the base, as RDF without trivial triples. Cost: the facts, once."""
    out = {}
    for key, column in expanded(state, keys).items():
        column = visible(state.terms, key, remove(column, state.base.column(key)))
        if len(column):
            out[key] = column
    return out
