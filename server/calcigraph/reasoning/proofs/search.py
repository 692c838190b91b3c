"""A triple of the closure in, a proof of it out: minimal in depth, well-founded, found on demand.

The search runs backwards over the rules of `tables` and `lists` and looks facts up in the closed
relations; nothing is stored when facts are inferred. A proof's leaves are asserted triples, built
ones (see `constructs`), and what is true of every literal.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Final

from calcigraph import deadline
from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.proofs.instances import (
    Instance,
    ListRules,
    candidates,
    is_axiom,
    literal_rule,
    solutions,
)
from calcigraph.reasoning.proofs.lookup import ClosureLookup
from calcigraph.reasoning.proofs.proof import Proof, Proofs
from calcigraph.reasoning.proofs.rounds import Levels
from calcigraph.reasoning.proofs.ways import TRANSITIVE, Way, Ways, composed, is_composed
from calcigraph.reasoning.rules.patterns import Rule, substitute
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.datatypes import integer_value
from calcigraph.reasoning.terms.numbering import Ground

Leaf = Callable[[Ground], Proof | None]

# In a long chain each goal has as many instances as there are nodes between; they take time and memory too.
_INSTANCES_AS_A_GOAL: Final = 50


# How deep the proof may be that a property is transitive.
_SHALLOW: Final = 3
# A goal that may not be used, or that nothing gives, has failed at any depth.
_NEVER: Final = 1 << 30
_Search = Generator["_Search", "Proof | None", "Proof | None"]
"""The search for a proof, which asks for those of its needs in turn."""


class BudgetSpent(Exception):
    """The search for a minimal proof has looked at as many goals as it may."""


@dataclass
class _Descent:
    """What is known on the way down the rounds: those who wait for proofs of their needs are `above`."""

    levels: Levels
    proved: dict[Ground, Proof] = field(default_factory=dict)
    above: set[Ground] = field(default_factory=set)


class Prover:
    """Proof search over one state of the closure; make a new one after a change."""

    def __init__(self, state: State, leaf: Leaf, lists: ListRules) -> None:
        self.state = state
        self.leaf = leaf
        heads = (rule.head for rule in lists.get(v.SUB_CLASS_OF, ()) if rule.head)
        listed = {(head[0], head[2]) for head in heads}
        self.facts = ClosureLookup(state, listed=listed)  # type: ignore[arg-type]
        self.base = ClosureLookup.of_base(state)
        self._lists = lists
        self._instances: dict[tuple[Ground, bool], tuple[list[Instance], bool]] = {}
        self._kept = 0
        self._ways = Ways(state.written)
        self._forget()

    def _forget(self) -> None:
        self._proved: dict[Ground, tuple[int, Proof]] = {}
        self._failed: dict[Ground, int] = {}
        self._along: dict[Ground, tuple[int, Proof] | None] = {}
        self._spent = 0
        if self._kept > self.state.limits.proof_goals:
            self._instances.clear()
            self._kept = 0
        self.cut = False

    def prove(self, goal: Ground, without: Ground | None = None) -> Proof | None:
        """A proof of least depth, or None when the triple is not in the closure.

        `without` names a triple that the proof may not use. Cost: milliseconds for the usual proof. What many
        asserted steps lead to by transitivity is proven along the fewest of them. After `limits.proof_goals`
        goals the first well-founded proof found is given instead.
        """
        if not self.facts.holds(goal) and self._leaf(goal) is None:
            return None
        self._forget()
        if without is not None:
            self._failed[without] = _NEVER
        try:
            for depth in range(1, 200):
                found = self._attempt(goal, depth)
                if found or self._failed.get(goal, 0) >= _NEVER:
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
        along = self._along_way(goal)
        if along is not None:
            return along if along[0] <= depth else None
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

    def _along_way(self, goal: Ground) -> tuple[int, Proof] | None:
        """A proof along the fewest asserted steps and its height, where they are many; else None."""
        if goal not in self._along:
            self._along[goal] = None
            if is_composed(goal[1]) or self.facts.holds((goal[1], v.TYPE, TRANSITIVE)):
                before = self._ways.looked_at
                way = self._ways.find(goal)
                self._spent += (self._ways.looked_at - before) // _INSTANCES_AS_A_GOAL
                if way is not None:
                    self._along[goal] = self._piece(way, 0, len(way.nodes) - 1)
        return self._along[goal]

    def _piece(self, way: Way, start: int, end: int) -> tuple[int, Proof] | None:
        """A proof of what a piece of a way says, by those of its halves, and its height."""
        goal = way.fact(start, end)
        if self._failed.get(goal, 0) >= _NEVER:
            return None
        leaf = self._leaf(goal)
        if leaf is not None or end - start == 1:
            return (0, leaf) if leaf else None
        middle = (start + end) // 2
        halves = {way.fact(*ends): self._piece(way, *ends) for ends in ((start, middle), (middle, end))}
        instance = composed(goal, *halves)
        found = [halves[need] if need in halves else self._attempt(need, _SHALLOW) for need in instance.needs]
        proofs = [each for each in found if each is not None]
        if len(proofs) < len(found):
            return None
        return 1 + max(height for height, _ in proofs), self._step(goal, instance, [p for _, p in proofs])

    def _keep(self, goal: Ground, height: int, proof: Proof) -> tuple[int, Proof]:
        self._proved[goal] = height, proof
        return height, proof

    def _step(self, goal: Ground, instance: Instance, proofs: list[Proof]) -> Proof:
        axioms = [p.triple for p, need in zip(proofs, instance.needs, strict=True) if _plain_axiom(p, need)]
        premises = [p for p, need in zip(proofs, instance.needs, strict=True) if not _plain_axiom(p, need)]
        triple = self.state.terms.statement(*goal)
        return Proof(triple, instance.rule, tuple(axioms), tuple(premises))

    def _expand(self, goal: Ground, base_only: bool = False) -> list[Instance]:
        """The rule instances that would give a goal, kept for the goals to come. Raises: what
        `deadline.check` raises; the next search goes on from there."""
        deadline.check()
        if (goal, base_only) not in self._instances:
            self._spent += 1
            if self._spent > self.state.limits.proof_goals:
                raise BudgetSpent
            self._instances[goal, base_only] = found, _ = self._found(goal, base_only)
            self._spent += len(found) // _INSTANCES_AS_A_GOAL
            self._kept += 1 + len(found)
        found, cut = self._instances[goal, base_only]
        self.cut |= cut
        return found

    def _found(self, goal: Ground, base_only: bool) -> tuple[list[Instance], bool]:
        """The instances, the ones with most asserted needs first, and whether a bound cut them."""
        out: dict[tuple[str, tuple[Ground, ...]], Instance] = {}
        cut = False
        for rule, binding in candidates(goal, self._lists):
            for count, needs in enumerate(self._solve(rule, binding, base_only)):
                if count >= self.state.limits.proof_instances:
                    cut = True
                    break
                if goal not in needs:
                    out.setdefault((rule.name, needs), Instance(rule.name, needs))
            if base_only and out:
                break
        return sorted(out.values(), key=lambda i: sum(not self.facts.asserted(n) for n in i.needs)), cut

    def _solve(self, rule: Rule, binding: dict[str, int], base_only: bool) -> Iterator[tuple[Ground, ...]]:
        facts = self.base if base_only else self.facts
        if base_only and not all(map(facts.asserted, rule.axioms)):
            return
        for found in solutions(facts, rule.body, binding):
            if rule.guard:
                number = integer_value([found[rule.guard[0]]], self.state.terms)
                if number != rule.guard[1]:
                    continue
            made = tuple(substitute(pattern, found) for pattern in rule.body)
            yield rule.axioms + made  # type: ignore[operator]

    def _by_levels(self, goal: Ground, without: Ground | None) -> Proof | None:
        """A well-founded proof along the rounds in which facts follow from the base."""
        descent = _Descent(Levels(self.state, goal, without))
        # What is deep would meet Python's bound if it were looked for by recursion.
        searches, answer = [self._descend(goal, descent)], None
        while searches:
            try:
                searches.append(searches[-1].send(answer))
                answer = None
            except StopIteration as found:
                searches.pop()
                answer = found.value
        return answer

    def _descend(self, goal: Ground, descent: _Descent) -> _Search:
        if goal not in descent.proved:
            found = self._leaf(goal)
            if found is None:
                descent.above.add(goal)
                found = yield self._step_down(goal, descent)
                descent.above.remove(goal)
            if found is None:
                return None
            descent.proved[goal] = found
        return descent.proved[goal]

    def _step_down(self, goal: Ground, descent: _Descent) -> _Search:
        top = descent.levels.of(goal)
        for rule, binding in candidates(goal, self._lists):
            for needs in self._solve(rule, binding, base_only=False):
                if any(n in descent.above or not _lower(descent.levels.of(n), top, n) for n in needs):
                    continue
                proofs: list[Proof] = []
                for need in needs:
                    found = yield self._descend(need, descent)
                    if found is None:
                        break
                    proofs.append(found)
                else:
                    return self._step(goal, Instance(rule.name, needs), proofs)
        return None


def _lower(level: int | None, top: int | None, need: Ground) -> bool:
    # An axiom was compiled into the rules, so it may bear no round of its own.
    return is_axiom(need) if level is None else top is None or level < top


def _plain_axiom(proof: Proof, need: Ground) -> bool:
    return proof.rule == "asserted" and is_axiom(need)
