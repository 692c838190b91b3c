"""The datatype rules on the closed relations: which literals are equal, typed, different, ill-typed.

Equality and difference are drawn only inside classes of equal terms, so that data are never
rewritten: `1` and `1.0` as two values stay two values.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, combinations_with_replacement, pairwise

import numpy as np
import pyoxigraph as ox

from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import NONE, member, unique
from calcigraph.reasoning.facts.columns import Columns, Key, class_key
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.datatypes import SUPPORTED, Value, different, holds, supported, value
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids

_DATATYPE_KEYS: dict[Key, str] = {class_key(v.NAMES[curie]): iri for iri, curie in SUPPORTED.items()}


def _literal(state: State, index: int) -> ox.Literal | None:
    term = state.terms.terms[index]
    return term if type(term) is ox.Literal else None


def _asked(state: State) -> dict[Key, str]:
    """The datatypes that a rule asks for, under the names in which the rules have them."""
    return {key: iri for key, iri in _DATATYPE_KEYS.items() if key in state.program.asked}


def mentioned(state: State, columns: Columns) -> list[int]:
    """The literals in some base facts, if a rule asks for a datatype; see `typed`. Cost: the facts."""
    if not _asked(state):
        return []
    known = state.terms.literals[:]
    here = np.zeros(len(state.terms.terms), bool)
    for key, column in columns.items():
        here[~key if key < 0 else column & MASK] = True
    return [index for index in known if here[index]]


def typed(state: State, indexes: Iterable[int]) -> Columns:
    """dt-type2 for the datatypes that a rule asks for: memberships of some literals, what is new of them.

    Only what the base mentions is typed: `TermNumbers` knows literals of other versions as well.
    """
    asked = _asked(state)
    found: dict[Key, list[int]] = {}
    for index in indexes if asked else ():
        point = value(state.terms.terms[index])
        if point is not None:
            for key, iri in asked.items():
                if holds(iri, point):
                    found.setdefault(key, []).append(state.equality.of(index))
    return give(state, {key: unique(np.array(ids, np.int64)) for key, ids in found.items()})


def give(state: State, facts: Columns) -> Columns:
    """Remember facts that no rule derives; those among them that are new to the relations."""
    new: Columns = {}
    for key, column in facts.items():
        state.given[key] = unique(np.concatenate((state.given.get(key, NONE), column)))
        fresh = column[~state.relations[key].facts.member(column)]
        if len(fresh):
            new[key] = fresh
    return new


def forget(state: State, terms: Ids) -> Columns:
    """Take back what was given of some sorted terms; what that was."""
    gone: Columns = {}
    for key, column in state.given.items():
        out = member(column & MASK, terms)
        if key >= 0:
            out |= member(column >> SHIFT, terms)
        if out.any():
            gone[key], state.given[key] = column[out], column[~out]
    return gone


def values(state: State) -> dict[int, list[tuple[int, Value]]]:
    """Per class of equal terms, its literals that have a value."""
    out: dict[int, list[tuple[int, Value]]] = {}
    equal_terms, literals = state.equality.representative, state.terms.literals
    if not equal_terms:
        return out
    for index in equal_terms if len(equal_terms) < len(literals) else literals:
        literal = _literal(state, index) if index in equal_terms else None
        point = value(literal) if literal is not None else None
        if point is not None:
            out.setdefault(equal_terms[index], []).append((index, point))
    return out


def equal(state: State) -> Ids:
    """dt-eq: pairs of literals of one value that stand in classes of equal terms."""
    by_value: dict[Value, list[int]] = {}
    for found in values(state).values():
        for index, point in found:
            by_value.setdefault(point, []).append(index)
    pairs = [(min(a, b) << 32) | max(a, b) for same in by_value.values() for a, b in pairwise(same)]
    pairs = [pair for pair in pairs if state.equality.of(pair >> 32) != state.equality.of(pair & 0xFFFFFFFF)]
    return np.array(pairs, np.int64)


def of_classes(state: State) -> Columns:
    """dt-type2 and dt-diff for classes of equal terms: what their values say of the IRIs in them."""
    points = values(state)
    types: dict[Key, list[int]] = {}
    for root, found in points.items():
        for key, iri in _DATATYPE_KEYS.items():
            if any(holds(iri, point) for _, point in found):
                types.setdefault(key, []).append(root)
    named = {
        root: [point for _, point in found] for root, found in points.items() if _has_resource(state, root)
    }
    if len(named) * (len(named) - 1) // 2 > state.limits.pairwise:
        raise LimitMet(
            f"{len(named)} resources are each the same as some literal; too many to tell apart in pairs.",
            "Use a property with a literal instead of owl:sameAs, or raise the bound (--limit pairwise).",
            hub=min(named),
        )
    apart = {
        pair
        for (a, some), (b, others) in combinations_with_replacement(named.items(), 2)
        if any(different(one, other) for one in some for other in others)
        for pair in (a << 32 | b, b << 32 | a)
    }
    facts = {key: unique(np.array(ids, np.int64)) for key, ids in types.items()}
    if apart:
        facts[state.equality.of(v.DIFFERENT_FROM)] = np.array(sorted(apart), np.int64)
    return give(state, facts)


def _has_resource(state: State, root: int) -> bool:
    return any(_literal(state, index) is None for index in state.equality.members[root])


def ill_typed(state: State, news: Columns | None = None) -> list[tuple[int, Key]]:
    """dt-not-type: literals in the class of a datatype whose value space does not hold them.

    With `news`, only those facts are looked at.
    """
    out = []
    columns = news if news is not None else {k: r.facts.array for k, r in state.relations.items()}
    for key, iri in _DATATYPE_KEYS.items():
        if key not in columns:
            continue
        for root in columns[key].tolist():
            for index in state.equality.all(root):
                literal = _literal(state, index)
                if literal is None or not supported(literal):
                    continue
                point = value(literal)
                if point is None or not holds(iri, point):
                    out.append((index, key))
    return out


def unequal(state: State) -> list[tuple[int, int]]:
    """Pairs of literals that were made equal although their values differ (dt-diff, eq-diff1)."""
    out = []
    for found in values(state).values():
        for (a, one), (b, other) in combinations(found, 2):
            if different(one, other):
                out.append((a, b))
    return out
