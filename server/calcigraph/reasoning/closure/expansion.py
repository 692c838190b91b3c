"""Closed facts over representatives in, the same facts over all equal terms out."""

from __future__ import annotations

import numpy as np

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import remove, unique
from calcigraph.reasoning.facts.columns import Columns, Key, class_key
from calcigraph.reasoning.facts.copies import STRUCTURE
from calcigraph.reasoning.facts.encoding import visible
from calcigraph.reasoning.facts.relations import Relation, Relations
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import SHIFT


def same_keys(state: State, key: Key) -> list[Key]:
    """The keys of all predicates (or classes) that are equal to this one, or copies of it that are shown."""
    if key >= 0:
        return state.equality.all(key)
    return [~copy for other in state.equality.all(~key) for copy in state.copies.shown.all(other)]


def expanded(state: State) -> Columns:
    """The facts over all equal terms, and over the copies that are shown.

    Raises LimitMet when equal terms multiply them to more than `limits.inferred`.
    """
    total = 0
    out: Columns = {}
    for key, relation in as_written(state).items():
        if key == v.TYPE:
            continue
        facts = relation.facts.array
        others = same_keys(state, key)
        total += len(others) * state.equality.expanded_size(facts, key >= 0)
        total += state.copies.repeated(key, facts)
        if total > state.limits.inferred:
            members = state.equality.members
            raise LimitMet(
                f"Equal terms multiply the closure to more than {state.limits.inferred:,} triples.",
                "Look for a functional property or key that is not one, or raise the bound"
                " (--limit inferred).",
                hub=max(members, key=lambda root: len(members[root]), default=None),
            )
        column = state.copies.expand(key, state.equality.expand(facts, key >= 0))
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


def as_written(state: State) -> Relations:
    """The relations, with the structure of each copy as its own node has it. Cost: the structure."""
    if not state.copies:
        return state.relations
    out = state.relations.copy()
    for key in (*STRUCTURE, class_key(v.CLASS)):
        if not state.copies.is_spread(key):
            one, other = (
                state.equality.rewrite(b.column(key), key >= 0) for b in (state.base, state.written)
            )
            beyond = remove(state.relations[key].facts.array, unique(one))
            out[key] = Relation(key, unique(np.concatenate((beyond, other))))
    return out


def inferred(state: State) -> Columns:
    """The facts beyond the base, as RDF without trivial triples. Cost: the facts, once."""
    out = {}
    for key, column in expanded(state).items():
        column = visible(state.terms, key, remove(column, state.written.column(key)))
        if len(column):
            out[key] = column
    return out
