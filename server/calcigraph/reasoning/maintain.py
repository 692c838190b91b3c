"""Changed base facts in; the closure brought up to date, and what that changed, out.

Removal over-deletes and re-derives (DRed, Gupta et al. 1993); addition goes on with semi-naive
evaluation. Where a change reaches the schema, or the reasons why terms are equal, the closure is
made anew: either way it equals recomputing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from calcigraph.reasoning import literals
from calcigraph.reasoning import vocabulary as v
from calcigraph.reasoning.closure import Closure
from calcigraph.reasoning.columns import Columns, holds, minus, plus, visible
from calcigraph.reasoning.compile import CompiledRule
from calcigraph.reasoning.equality import Equality
from calcigraph.reasoning.expansion import expanded, inferred
from calcigraph.reasoning.join import scan
from calcigraph.reasoning.lists import Ground
from calcigraph.reasoning.relations import NONE, Key, Relation, Relations, member, unique
from calcigraph.reasoning.terms import MASK, SHIFT, Ids


@dataclass
class Outcome:
    """What a change did: inferred facts that came and went, over the terms as written.

    `new` are the facts that came into the relations, over representatives; `anew` says that the
    closure was made anew, `merged` that terms became equal.
    """

    came: Columns
    went: Columns
    new: Columns = field(default_factory=dict)
    anew: bool = False
    merged: bool = False


class NotIncremental(Exception):
    """The change reaches the schema or the equality of terms."""


class Snapshot:
    """The closure as it was: columns are never changed in place, so this copies look-ups only."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self.fields = dict(vars(closure))
        self.facts = {key: relation.facts for key, relation in closure.relations.items()}
        self.equality = closure.equality
        self.base = closure.base

    def restore(self) -> None:
        """Put everything back after a failure."""
        vars(self.closure).update(self.fields)
        relations = Relations()
        relations.reflective = self.fields["relations"].reflective
        for key, facts in self.facts.items():
            relations[key] = Relation(key, facts)
        self.closure.relations = relations

    def state(self) -> Closure:
        """The earlier closure, to read from."""
        old = Closure(self.closure.terms, self.closure.limits)
        vars(old).update(self.fields)
        old.relations = Relations()
        for key, facts in self.facts.items():
            old.relations[key] = Relation(key, facts)
        return old


def change(closure: Closure, add: Columns, remove: Columns) -> Outcome:
    """Add and remove base facts (disjoint sets; added ones are new, removed ones are there).

    Cost: the facts that depend on the change; like closing anew when the schema is reached.
    Raises LimitMet with the closure as it was.
    """
    before = Snapshot(closure)
    base = plus(minus(closure.base, remove), add)
    try:
        try:
            return _incremental(closure, before, base, add, remove)
        except NotIncremental:
            before.restore()
            old = inferred(before.state())
            closure.close(base)
            return _compared(old, inferred(closure))
    except BaseException:
        before.restore()
        raise


def _compared(old: Columns, new: Columns) -> Outcome:
    came: Columns = {}
    went: Columns = {}
    for key in old.keys() | new.keys():
        left, right = old.get(key, NONE), new.get(key, NONE)
        if left is not right:
            came[key] = np.setdiff1d(right, left, assume_unique=True)
            went[key] = np.setdiff1d(left, right, assume_unique=True)
    return Outcome(_filled(came), _filled(went), anew=True)


def _filled(columns: Columns) -> Columns:
    return {key: column for key, column in columns.items() if len(column)}


def _incremental(closure: Closure, before: Snapshot, base: Columns, add: Columns, remove: Columns) -> Outcome:
    _refuse_schema(closure, {**add, **remove})
    if any(closure.equality.of(key) == v.SAME_AS for key in remove if key >= 0):
        raise NotIncremental
    closure.base = base
    steps = _Steps(closure)
    if remove:
        steps.remove(_represented(closure.equality, remove))
    typed = literals.typed(closure)
    steps.insert(_joined(_represented(closure.equality, add), typed))
    came, went = _difference(closure, before, steps, _joined(add, remove))
    new = {key: unique(np.concatenate(columns)) for key, columns in steps.inserted.items()}
    return Outcome(came, went, new, merged=closure.equality is not before.equality)


def _refuse_schema(closure: Closure, facts: Columns) -> None:
    keys = {closure.equality.key(key) for key in facts}
    if keys & closure.program.reads or (
        closure.relations.reflective and any(k < 0 or k == v.TYPE for k in keys)
    ):
        raise NotIncremental


def _represented(equality: Equality, columns: Columns) -> Columns:
    if not equality:
        return columns
    out: dict[Key, list[Ids]] = {}
    for key, column in columns.items():
        out.setdefault(equality.key(key), []).append(equality.rewrite(column, key >= 0))
    return {key: unique(np.concatenate(found)) for key, found in out.items()}


def _joined(one: Columns, other: Columns) -> Columns:
    both = dict(one)
    for key, column in other.items():
        both[key] = unique(np.concatenate((both.get(key, NONE), column)))
    return both


class _Steps:
    """One change under way: what was taken out and put in, over representatives."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self.program = closure.program
        self.taken: Columns = {}
        self.inserted: dict[Key, list[Ids]] = {}
        self.copied = False

    def insert(self, facts: Columns) -> None:
        """Add facts and all that follows."""
        closure = self.closure
        new = {key: closure.relations.news(key, [column]) for key, column in facts.items()}
        delta = closure.commit({key: column for key, column in new.items() if len(column)})
        while delta:
            _refuse_schema(closure, delta)
            if v.SAME_AS in delta:
                delta = self._merged(delta)
            for key, column in delta.items():
                self.inserted.setdefault(key, []).append(column)
            delta = closure.commit(closure.fire(self._rules(delta), delta))

    def _merged(self, delta: Columns) -> Columns:
        if not self.copied:
            self.closure.equality = self.closure.equality.copy()
            self.copied = True
        _, changed = self.closure.merge_equal()
        delta = _joined(_represented(self.closure.equality, delta), changed)
        _refuse_schema(self.closure, delta)
        return delta

    def _rules(self, delta: Columns) -> list[CompiledRule]:
        found = {id(rule): rule for key in delta for rule in self.program.by_body.get(key, ())}
        return list(found.values())

    def remove(self, facts: Columns) -> None:
        """Take facts out, with all that might follow from them; put back what still follows."""
        delta = facts
        while delta:
            _refuse_schema(self.closure, delta)
            self.taken = _joined(self.taken, delta)
            delta = self._follows(delta)
        for key, column in self.taken.items():
            self.closure.relations[key].discard(column)
        self.insert({key: column for key in self.taken if len(column := self._still(key))})

    def _follows(self, delta: Columns) -> Columns:
        made: dict[Key, list[Ids]] = {}
        for rule in self._rules(delta):
            for column in self.closure.derive(rule, delta):
                assert rule.head is not None
                if rule.head.key == v.SAME_AS:
                    self._refuse_reasons(column)
                else:
                    made.setdefault(rule.head.key, []).append(column)
        out: Columns = {}
        for key, columns in made.items():
            column = unique(np.concatenate(columns))
            column = column[member(column, self.closure.relations[key].facts)]
            column = column[~member(column, self.taken.get(key, NONE))]
            if len(column):
                out[key] = column
        return out

    def _refuse_reasons(self, pairs: Ids) -> None:
        """A fact that is taken out may be why terms are equal: then classes may fall apart."""
        equal_terms = self.closure.equality.representative
        if any(term in equal_terms for term in np.unique(pairs & MASK).tolist()):
            raise NotIncremental

    def _still(self, key: Key) -> Ids:
        """Those facts taken out of one key that are base facts or follow from what is left."""
        taken = self.taken[key]
        still = self._is_base(key, taken) | member(taken, self.closure.given.get(key, NONE))
        for rule in self.program.by_head.get(key, ()):
            rest = taken[~still]
            if not len(rest):
                break
            assert rule.head is not None
            found = self.closure.heads(rule, scan(rule.head, rest), rule.body)
            still |= member(taken, unique(found))
        return taken[still]

    def _is_base(self, key: Key, facts: Ids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        closure = self.closure
        if not closure.equality:
            return member(facts, closure.base.get(key, NONE))
        return np.array(
            [any(holds(closure.base, g) for g in _written(closure, key, f)) for f in facts.tolist()], bool
        )


def _written(closure: Closure, key: Key, fact: int) -> Iterator[Ground]:
    """The triples over terms as written that one fact over representatives stands for."""
    every = closure.equality.all
    if key < 0:
        yield from ((s, v.TYPE, c) for c in every(~key) for s in every(fact))
    else:
        yield from (
            (s, p, o) for p in every(key) for s in every(fact >> 32) for o in every(fact & 0xFFFFFFFF)
        )


def _difference(closure: Closure, before: Snapshot, steps: _Steps, base: Columns) -> tuple[Columns, Columns]:
    """The inferred facts that came and went, among those that the change may have touched."""
    old = before.state()
    candidates = _joined(base, {})
    taken = _only(old, steps.taken)
    new = {k: unique(np.concatenate(c)) for k, c in steps.inserted.items()}
    inserted = _only(closure, _joined(new, _multiplied(closure, old.equality)))
    for columns in (taken, inserted):
        candidates = _joined(candidates, columns)
    came: Columns = {}
    went: Columns = {}
    for key, column in candidates.items():
        column = visible(closure.terms, key, column)
        was = _contains(old, key, column) & ~member(column, old.base.get(key, NONE))
        now = _contains(closure, key, column) & ~member(column, closure.base.get(key, NONE))
        came[key], went[key] = column[now & ~was], column[was & ~now]
    return _filled(came), _filled(went)


def _multiplied(closure: Closure, old: Equality) -> Columns:
    """The facts that stand for more triples than before, because their terms have new equals."""
    if closure.equality is old:
        return {}
    members = closure.equality.members
    roots = np.array(sorted(r for r in members if old.members.get(r) != members[r]), np.int64)
    grown = set(roots.tolist())
    out: Columns = {}
    for key, relation in closure.relations.items():
        facts = relation.facts if (~key if key < 0 else key) in grown else relation.mentions(roots)
        if len(facts):
            out[key] = facts
    return out


def _only(closure: Closure, facts: Columns) -> Columns:
    """Some facts over representatives, over the terms as written."""
    if not closure.equality or not facts:
        return facts
    part = Closure(closure.terms, closure.limits, equality=closure.equality)
    for key, column in facts.items():
        part.relations[closure.equality.key(key)] = Relation(key, closure.equality.rewrite(column, key >= 0))
    return expanded(part, list(part.relations))


def _contains(closure: Closure, key: Key, column: Ids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    equality = closure.equality
    roots = equality.rewrite(column, key >= 0)
    if equality.key(key) == v.SAME_AS:
        return np.asarray((roots >> SHIFT) == (roots & MASK))
    relation = closure.relations.get(equality.key(key))
    return member(roots, relation.facts) if relation is not None else np.zeros(len(column), bool)
