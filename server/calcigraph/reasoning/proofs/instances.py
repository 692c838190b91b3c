"""A goal in, the applications of rules that would give it out, each with all that has to hold for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph import deadline
from calcigraph.reasoning.closure.expansion import as_written
from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.relations import Relations
from calcigraph.reasoning.proofs.lookup import ClosureLookup
from calcigraph.reasoning.rules.lists import list_rules
from calcigraph.reasoning.rules.patterns import Pattern, Rule, substitute, unify
from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.rules.tables import TABLE
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.datatypes import SUPPORTED, different, value
from calcigraph.reasoning.terms.datatypes import holds as in_value_space
from calcigraph.reasoning.terms.numbering import Ground


@dataclass(frozen=True)
class Instance:
    """One application of a rule that would give a goal: everything that has to hold for it."""

    rule: str
    needs: tuple[Ground, ...]


ListRules = dict[int, list[Rule]]
"""The rules that axioms over lists make, by the predicate of what they conclude."""


def list_rules_of(state: State) -> ListRules:
    """The rules over lists in a closure. Cost: linear in the list axioms.

    Where terms are equal, the lists as they were asserted come first: that the members of a list are
    equal to others may follow from the very list.
    """
    closed = Schema(state.terms, as_written(state), state.equality, state.limits)
    rules = list(list_rules(closed))
    if state.equality:
        written = Relations()
        written.commit(state.written.columns)
        rules = [*list_rules(Schema(state.terms, written, Equality(), state.limits)), *rules]
    out: ListRules = {}
    for rule in dict.fromkeys(rules):
        if rule.head is not None:
            out.setdefault(int(rule.head[1]), []).append(rule)
    return out


def is_axiom(fact: Ground) -> bool:
    """Whether a triple belongs to the schema: a W3C property, or membership of a W3C class."""
    _, predicate, obj = fact
    if predicate == v.TYPE:
        return obj < len(v.VOCABULARY) and obj not in (v.THING, v.NOTHING)
    return predicate < len(v.VOCABULARY) and predicate not in (v.SAME_AS, v.DIFFERENT_FROM)


def candidates(goal: Ground, lists: ListRules) -> Iterator[tuple[Rule, dict[str, int]]]:
    """The rules whose head a goal may be, each with what the goal binds."""
    for rule in (*_BY_PREDICATE.get(goal[1], _ANY), *lists.get(goal[1], ())):
        if rule.head is not None:
            binding = unify(rule.head, goal, {})
            if binding is not None:
                yield rule, binding


def solutions(
    facts: ClosureLookup, patterns: tuple[Pattern, ...], binding: dict[str, int]
) -> Iterator[dict[str, int]]:
    """The ways to match all patterns, the most selective pattern first at each step."""
    if not patterns:
        yield binding
        return
    bound = [substitute(pattern, binding) for pattern in patterns]
    counts = [facts.count(pattern) for pattern in bound]
    at = counts.index(min(counts))
    if counts[at] == float("inf"):
        return
    rest = patterns[:at] + patterns[at + 1 :]
    for fact in facts.matches(bound[at]):
        deadline.check()
        found = unify(bound[at], fact, binding)
        if found is not None:
            yield from solutions(facts, rest, found)


def literal_rule(state: State, goal: Ground) -> str | None:
    """The rule by which a triple holds without a premise (axiomatic ones, and table 8), or None."""
    subject, predicate, obj = goal
    one, other = state.terms.terms[subject], state.terms.terms[obj]
    if predicate == v.SAME_AS and subject == obj:
        return "eq-ref"
    if predicate == v.TYPE and obj == v.CLASS and subject in (v.THING, v.NOTHING):
        return "cls-thing" if subject == v.THING else "cls-nothing1"
    if type(one) is not ox.Literal:
        return None
    if predicate == v.TYPE and isinstance(other, ox.NamedNode) and other.value in SUPPORTED:
        point = value(one)
        return "dt-type2" if point is not None and in_value_space(other.value, point) else None
    if type(other) is not ox.Literal:
        return None
    left, right = value(one), value(other)
    if left is None or right is None:
        return None
    if predicate == v.SAME_AS and left == right:
        return "dt-eq"
    return "dt-diff" if predicate == v.DIFFERENT_FROM and different(left, right) else None


def _index() -> tuple[dict[int, tuple[Rule, ...]], tuple[Rule, ...]]:
    free = tuple(rule for rule in TABLE if rule.head and isinstance(rule.head[1], str))
    predicates = {rule.head[1] for rule in TABLE if rule.head and isinstance(rule.head[1], int)}
    return {p: (*(r for r in TABLE if r.head and r.head[1] == p), *free) for p in predicates}, free


_BY_PREDICATE, _ANY = _index()
