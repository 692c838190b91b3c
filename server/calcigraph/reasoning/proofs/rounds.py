"""The rounds in which facts follow from the base, found forwards: the fallback of the proof search.

When a minimal proof is too far to seek backwards (long transitive chains, say), the facts that bear
on the goal are closed once more, round by round. A fact's round then shows the way down: some rule
makes it from facts of earlier rounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from calcigraph import deadline
from calcigraph.reasoning.closure.expansion import expanded, same_keys
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.arrays import NONE
from calcigraph.reasoning.facts.columns import Columns, Key, filled, single
from calcigraph.reasoning.rules.compiler import compile_program, schema_rules
from calcigraph.reasoning.rules.program import Atom, CompiledRule
from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground, Ids


class _Written(Closure):
    """A closure in which no two terms are one: equality is a relation like any other."""

    def linking(self, pairs: Ids) -> Ids:
        """All pairs: who is equal to whom is looked up in both directions."""
        return pairs


class Levels:
    """The round of every fact that bears on a goal; 0 for base facts.

    Cost: like closing the part of the data that the goal's rules read, eq-rep written out in full.
    """

    def __init__(self, state: State, goal: Ground, without: Ground | None) -> None:
        self._rounds: list[Columns] = []
        self._sorted: dict[Key, tuple[Ids, Ids]] = {}
        everything = _Written(state.terms, state.limits)
        shown = replace(state.copies, shown=state.copies.groups)
        everything.relations.commit(expanded(replace(state, copies=shown)))
        rules = _rules_towards(_plain_rules(everything, state), single(goal)[0])
        scratch = _Written(state.terms, state.limits, base=state.written)
        scratch.relations.reflective = state.relations.reflective or v.TYPE in state.equality.members
        keys = {atom.key for rule in rules for atom in rule.body} | {single(goal)[0]}
        delta = filled({key: state.written.column(key) for key in keys})
        for key in keys & set(state.given):
            delta[key] = np.union1d(delta.get(key, state.given[key]), state.given[key])
        first = scratch.fire_all([rule for rule in rules if not rule.body])
        delta = {k: np.union1d(delta.get(k, c), c) for k, c in first.items()} | {
            k: c for k, c in delta.items() if k not in first
        }
        self._run(scratch, rules, delta, without)

    def _run(
        self, scratch: Closure, rules: list[CompiledRule], delta: Columns, without: Ground | None
    ) -> None:
        while delta:
            deadline.check()
            if without is not None:
                key, fact = single(without)
                if key in delta:
                    delta[key] = delta[key][delta[key] != fact]
            self._rounds.append(scratch.commit({key: c for key, c in delta.items() if len(c)}))
            delta = scratch.fire(rules, self._rounds[-1])

    def of(self, fact: Ground) -> int | None:
        """The round of a fact, or None when no round made it. Cost: a search, and once a sort of its key."""
        key, packed = single(fact)
        if key not in self._sorted:
            self._sorted[key] = self._by_fact(key)
        facts, rounds = self._sorted[key]
        at = int(facts.searchsorted(packed))
        return int(rounds[at]) if at < len(facts) and facts[at] == packed else None

    def _by_fact(self, key: Key) -> tuple[Ids, Ids]:
        """The facts of a key, sorted, and the round of each."""
        made = [columns.get(key, NONE) for columns in self._rounds]
        facts = np.concatenate((NONE, *made))
        rounds = np.repeat(np.arange(len(made)), [len(column) for column in made])
        order = np.argsort(facts, kind="stable")
        return facts[order], rounds[order]


def _plain_rules(everything: Closure, state: State) -> list[CompiledRule]:
    schema = Schema(everything.terms, everything.relations, everything.equality, everything.limits)
    rules = schema_rules(schema, state.things) + compile_program(schema).rules
    if state.equality:
        rules += _equality_rules(state, everything.relations)
    return rules


def _equality_rules(state: State, relations: Iterable[Key]) -> list[CompiledRule]:
    same = Atom(v.SAME_AS, ("?x", "?y"))
    rules = [
        CompiledRule("eq-sym", (same,), Atom(v.SAME_AS, ("?y", "?x"))),
        CompiledRule("eq-trans", (same, Atom(v.SAME_AS, ("?y", "?z"))), Atom(v.SAME_AS, ("?x", "?z"))),
    ]
    for key in relations:
        if key < 0:
            rules.append(CompiledRule("eq-rep-s", (same, Atom(key, ("?x",))), Atom(key, ("?y",))))
        elif key != v.SAME_AS:
            rules.append(CompiledRule("eq-rep-s", (same, Atom(key, ("?x", "?o"))), Atom(key, ("?y", "?o"))))
            rules.append(CompiledRule("eq-rep-o", (same, Atom(key, ("?s", "?x"))), Atom(key, ("?s", "?y"))))
        rules += (_renaming(key, other) for other in same_keys(state, key) if other != key)
    names = state.equality.all(v.TYPE)
    rules += (_renaming(a, b) for a in names for b in names if a != b and v.TYPE in (a, b))
    return rules


def _renaming(key: Key, other: Key) -> CompiledRule:
    """eq-rep-p (eq-rep-o) for two equal predicates (classes)."""
    slots: tuple[str, ...] = ("?s",) if key < 0 else ("?s", "?o")
    ids = (~key, ~other) if key < 0 else (key, other)
    name = "eq-rep-o" if key < 0 else "eq-rep-p"
    return CompiledRule(name, (Atom(v.SAME_AS, ids), Atom(key, slots)), Atom(other, slots))


def _rules_towards(rules: list[CompiledRule], key: Key) -> list[CompiledRule]:
    by_head: dict[Key, list[CompiledRule]] = {}
    for rule in rules:
        if rule.head is not None:
            by_head.setdefault(rule.head.key, []).append(rule)
    todo, seen = [key], {key}
    while todo:
        at = todo.pop()
        reflective = [k for k in by_head if k < 0] if at == v.TYPE else [v.TYPE] if at < 0 else []
        for other in [*(atom.key for rule in by_head.get(at, ()) for atom in rule.body), *reflective]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return [rule for found in seen for rule in by_head.get(found, ())]
