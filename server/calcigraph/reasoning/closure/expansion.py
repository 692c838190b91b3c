"""Closed facts over representatives in, the same facts over all equal terms out."""

from __future__ import annotations

import numpy as np

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import remove, unique
from calcigraph.reasoning.facts.columns import Columns, Key
from calcigraph.reasoning.facts.encoding import visible
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import SHIFT


def same_keys(state: State, key: Key) -> list[Key]:
    """The keys of all predicates (or classes) that are equal to this one."""
    return [~other for other in state.equality.all(~key)] if key < 0 else state.equality.all(key)


def expanded(state: State) -> Columns:
    """The facts over all equal terms.

    Raises LimitMet when equal terms multiply them to more than `limits.inferred`.
    """
    total = 0
    out: Columns = {}
    for key, relation in state.relations.items():
        if key == v.TYPE:
            continue
        facts = relation.facts.array
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
    if state.equality:
        out |= _memberships(state, out)
        out[v.SAME_AS] = state.equality.pairs(state.equality.members)
    return out


def _memberships(state: State, facts: Columns) -> Columns:
    """The memberships of classes as pairs, under each other name that rdf:type has."""
    names = [key for key in state.equality.all(v.TYPE) if key != v.TYPE]
    if not names:
        return {}
    members = [(column << SHIFT) | np.int64(~key) for key, column in facts.items() if key < 0]
    return dict.fromkeys(names, unique(np.concatenate(members)))


def inferred(state: State) -> Columns:
    """The facts beyond the base, as RDF without trivial triples. Cost: the facts, once."""
    out = {}
    for key, column in expanded(state).items():
        column = visible(state.terms, key, remove(column, state.base.column(key)))
        if len(column):
            out[key] = column
    return out
