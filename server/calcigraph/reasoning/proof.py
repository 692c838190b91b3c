"""A triple of the closure in, a proof of it out: minimal in depth, well-founded, found on demand.

The search runs backwards over the rules of `tables` and `lists` and looks facts up in the closed
relations; nothing is stored when facts are inferred. A proof's leaves are asserted triples, built
ones (see `constructs`), and what is true of every literal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.reasoning import vocabulary as v
from calcigraph.reasoning.datatypes import SUPPORTED, different, integer_value, value
from calcigraph.reasoning.datatypes import holds as in_value_space
from calcigraph.reasoning.facts import Facts
from calcigraph.reasoning.levels import Levels
from calcigraph.reasoning.lists import Ground, Schema, list_rules
from calcigraph.reasoning.state import State
from calcigraph.reasoning.tables import TABLE, Pattern, Rule, substitute, unify
from calcigraph.reasoning.terms import Statement


@dataclass(frozen=True)
class Proof:
    """One step: `triple` follows by `rule` from the asserted `axioms` and from the `premises`.

    `rule` is the W3C's name, "asserted" for a leaf, or "construct:<slug>" for a triple that a
    CONSTRUCT rule of the root built. Schema triples and list cells that are asserted stand in
    `axioms`; an axiom that was itself inferred is a premise with a proof of its own.
    """

    triple: Statement
    rule: str
    axioms: tuple[Statement, ...] = ()
    premises: tuple[Proof, ...] = ()

    @property
    def depth(self) -> int:
        """The steps on the longest way down to a leaf; 0 for a leaf."""
        return 1 + max(p.depth for p in self.premises) if self.premises else int(self.rule != "asserted")

    def steps(self) -> Iterator[Proof]:
        """This step and all below it, each distinct triple once."""
        seen: set[Statement] = set()
        todo = [self]
        while todo:
            step = todo.pop()
            if step.triple not in seen:
                seen.add(step.triple)
                yield step
                todo += step.premises

    def __str__(self) -> str:
        return "\n".join(self._lines(0))

    def _lines(self, indent: int) -> Iterator[str]:
        yield f"{'  ' * indent}{self.triple} [{self.rule}]"
        for premise in self.premises:
            yield from premise._lines(indent + 1)


@dataclass(frozen=True)
class Proofs:
    """Several derivations of one triple; `complete` is False when a bound cut the search."""

    items: tuple[Proof, ...]
    complete: bool


@dataclass(frozen=True)
class Instance:
    """One application of a rule that would give a goal: everything that has to hold for it."""

    rule: str
    needs: tuple[Ground, ...]


ListRules = dict[int, list[Rule]]
"""The rules that axioms over lists make, by the predicate of what they conclude."""
Leaf = Callable[[Ground], Proof | None]


class BudgetSpent(Exception):
    """The search for a minimal proof has looked at as many goals as it may."""


def list_rules_of(state: State) -> ListRules:
    """The rules over lists in a closure. Cost: linear in the list axioms."""
    out: ListRules = {}
    for rule in list_rules(Schema(state.terms, state.relations, state.equality, state.limits)):
        if rule.head is not None:
            out.setdefault(int(rule.head[1]), []).append(rule)
    return out


class Prover:
    """Proof search over one state of the closure; make a new one after a change."""

    def __init__(self, state: State, leaf: Leaf, lists: ListRules) -> None:
        self.state = state
        self.leaf = leaf
        self.facts, self.base = Facts(state), Facts(state, base_only=True)
        self._lists = lists
        self._forget()

    def _forget(self) -> None:
        self._proved: dict[Ground, tuple[int, Proof]] = {}
        self._failed: dict[Ground, int] = {}
        self._instances: dict[Ground, list[Instance]] = {}
        self._spent = 0
        self.cut = False

    def prove(self, goal: Ground, without: Ground | None = None) -> Proof | None:
        """A proof of least depth, or None when the triple is not in the closure.

        `without` names a triple that the proof may not use. Cost: milliseconds for the usual proof;
        after `limits.proof_goals` goals the first well-founded proof found is given instead.
        """
        if not self.facts.holds(goal) and self._leaf(goal) is None:
            return None
        self._forget()
        if without is not None:
            self._failed[without] = 1 << 30
        try:
            for depth in range(1, 200):
                found = self._attempt(goal, depth)
                if found or self._failed.get(goal, 0) >= 1 << 30:
                    return found[1] if found else None
        except BudgetSpent:
            self.cut = True
        return self._by_levels(goal, without)

    def derivations(self, goal: Ground, limit: int) -> Proofs:
        """Up to `limit` derivations that differ in their last step, the flattest first."""
        self._forget()
        instances = self._expand(goal)
        cut = self.cut
        found: list[Proof] = []
        for instance in instances:
            if len(found) >= limit:
                return Proofs(tuple(sorted(found, key=lambda proof: proof.depth)), complete=False)
            proofs = [self.prove(need, without=goal) for need in instance.needs]
            cut |= self.cut
            if all(proofs):
                found.append(self._step(goal, instance, proofs))  # type: ignore[arg-type]
        return Proofs(tuple(sorted(found, key=lambda proof: proof.depth)), complete=not cut)

    def _leaf(self, goal: Ground) -> Proof | None:
        triple = self.state.terms.statement(*goal)
        if self.facts.asserted(goal):
            return self.leaf(goal)
        rule = literal_rule(self.state, goal)
        return Proof(triple, rule) if rule else None

    def _attempt(self, goal: Ground, depth: int) -> tuple[int, Proof] | None:
        known = self._proved.get(goal)
        if known is not None:
            return known if known[0] <= depth else None
        if self._failed.get(goal, -1) >= depth:
            return None
        leaf = self._leaf(goal)
        if leaf:
            return self._keep(goal, 0, leaf)
        if depth == 0:
            return None
        for instance in self._expand(goal, base_only=True) if depth == 1 else self._expand(goal):
            proofs = []
            for need in instance.needs:
                found = self._attempt(need, depth - 1)
                if found is None:
                    break
                proofs.append(found)
            else:
                height = 1 + max((h for h, _ in proofs), default=0)
                return self._keep(goal, height, self._step(goal, instance, [p for _, p in proofs]))
        self._failed[goal] = max(depth, self._failed.get(goal, -1))
        return None

    def _keep(self, goal: Ground, height: int, proof: Proof) -> tuple[int, Proof]:
        self._proved[goal] = height, proof
        return height, proof

    def _step(self, goal: Ground, instance: Instance, proofs: list[Proof]) -> Proof:
        axioms = [p.triple for p, need in zip(proofs, instance.needs, strict=True) if _plain_axiom(p, need)]
        premises = [p for p, need in zip(proofs, instance.needs, strict=True) if not _plain_axiom(p, need)]
        triple = self.state.terms.statement(*goal)
        return Proof(triple, instance.rule, tuple(axioms), tuple(premises))

    def _expand(self, goal: Ground, base_only: bool = False) -> list[Instance]:
        if not base_only and goal in self._instances:
            return self._instances[goal]
        self._spent += 1
        if self._spent > self.state.limits.proof_goals:
            raise BudgetSpent
        out: dict[tuple[str, tuple[Ground, ...]], Instance] = {}
        for rule, binding in self._candidates(goal):
            for count, needs in enumerate(self._solve(rule, binding, base_only)):
                if count >= self.state.limits.proof_instances:
                    self.cut = True
                    break
                if goal not in needs:
                    out.setdefault((rule.name, needs), Instance(rule.name, needs))
            if base_only and out:
                break
        found = sorted(out.values(), key=lambda i: sum(not self.facts.asserted(n) for n in i.needs))
        if not base_only:
            self._instances[goal] = found
        return found

    def _candidates(self, goal: Ground) -> Iterator[tuple[Rule, dict[str, int]]]:
        for rule in (*_BY_PREDICATE.get(goal[1], _ANY), *self._lists.get(goal[1], ())):
            if rule.head is not None:
                binding = unify(rule.head, goal, {})
                if binding is not None:
                    yield rule, binding

    def _solve(self, rule: Rule, binding: dict[str, int], base_only: bool) -> Iterator[tuple[Ground, ...]]:
        facts = self.base if base_only else self.facts
        if base_only and not all(map(facts.asserted, rule.axioms)):
            return
        for found in _join(facts, rule.body, binding):
            if rule.guard:
                number = integer_value([found[rule.guard[0]]], self.state.terms)
                if number != rule.guard[1]:
                    continue
            made = tuple(substitute(pattern, found) for pattern in rule.body)
            yield rule.axioms + made  # type: ignore[operator]

    def _by_levels(self, goal: Ground, without: Ground | None) -> Proof | None:
        """A well-founded proof along the rounds in which facts follow from the base."""
        levels = Levels(self.state, goal, without)
        return self._descend(goal, levels, {}, frozenset())

    def _descend(
        self, goal: Ground, levels: Levels, proved: dict[Ground, Proof], above: frozenset[Ground]
    ) -> Proof | None:
        if goal not in proved:
            found = self._leaf(goal) or self._step_down(goal, levels, proved, above | {goal})
            if found is None:
                return None
            proved[goal] = found
        return proved[goal]

    def _step_down(
        self, goal: Ground, levels: Levels, proved: dict[Ground, Proof], above: frozenset[Ground]
    ) -> Proof | None:
        top = levels.of(goal)
        for rule, binding in self._candidates(goal):
            for needs in self._solve(rule, binding, base_only=False):
                if any(need in above or not _lower(levels.of(need), top, need) for need in needs):
                    continue
                proofs = [self._descend(need, levels, proved, above) for need in needs]
                if all(proofs):
                    return self._step(goal, Instance(rule.name, needs), proofs)  # type: ignore[arg-type]
        return None


def _lower(level: int | None, top: int | None, need: Ground) -> bool:
    # An axiom was compiled into the rules, so it may bear no round of its own.
    return is_axiom(need) if level is None else top is None or level < top


def _plain_axiom(proof: Proof, need: Ground) -> bool:
    return proof.rule == "asserted" and is_axiom(need)


def is_axiom(fact: Ground) -> bool:
    """Whether a triple belongs to the schema: a W3C property, or membership of a W3C class."""
    _, predicate, obj = fact
    if predicate == v.TYPE:
        return obj < len(v.VOCABULARY) and obj not in (v.THING, v.NOTHING)
    return predicate < len(v.VOCABULARY) and predicate not in (v.SAME_AS, v.DIFFERENT_FROM)


def _join(facts: Facts, patterns: tuple[Pattern, ...], binding: dict[str, int]) -> Iterator[dict[str, int]]:
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
        found = unify(bound[at], fact, binding)
        if found is not None:
            yield from _join(facts, rest, found)


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
