"""Closed facts in, clashes out: what contradicts the ontology, with the rule, its axioms and the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from calcigraph.reasoning import literals
from calcigraph.reasoning import vocabulary as v
from calcigraph.reasoning.closure import Closure
from calcigraph.reasoning.columns import Columns, holds
from calcigraph.reasoning.compile import CompiledRule
from calcigraph.reasoning.facts import Facts
from calcigraph.reasoning.join import UNIT, Atom, Table, scan
from calcigraph.reasoning.lists import Ground
from calcigraph.reasoning.maintain import Outcome
from calcigraph.reasoning.proof import Proof
from calcigraph.reasoning.terms import Statement


@dataclass(frozen=True)
class Clash:
    """A contradiction: the W3C rule that finds it, the axioms and the facts that cannot all hold.

    `proofs` proves each fact, on demand; facts may be asserted or inferred.
    """

    rule: str
    axioms: tuple[Statement, ...]
    facts: tuple[Statement, ...]
    _explain: Callable[[Statement], Proof | None] = field(compare=False, repr=False)

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """One proof for each fact. Cost: a proof search each, see `Inference.explain`."""
        return tuple(proof for fact in self.facts if (proof := self._explain(fact)))

    def __str__(self) -> str:
        facts, axioms = " . ".join(map(str, self.facts)), " . ".join(map(str, self.axioms))
        return f"{self.rule}: {facts} contradicts {axioms}" if axioms else f"{self.rule}: {facts}"


Violation = tuple[str, tuple[Ground, ...], tuple[Ground, ...]]
"""Rule name, axioms and facts, as ids."""


def violations(closure: Closure) -> set[Violation]:
    """Every clash in the closed facts, at most `limits.clashes` per rule and axiom."""
    out: set[Violation] = set()
    for rule in closure.program.clashes:
        sizes = [len(closure.relations[atom.key].facts) for atom in rule.body]
        if all(sizes):
            out.update(_whole(closure, rule, sizes))
    return out | literal_violations(closure)


def touched(closure: Closure, delta: Columns) -> set[Violation]:
    """The clashes that hold at least one fact of `delta`."""
    out: set[Violation] = set()
    for rule in closure.program.clashes:
        for index, atom in enumerate(rule.body):
            if atom.key in delta:
                rest = rule.body[:index] + rule.body[index + 1 :]
                out.update(_rows(closure, rule, scan(atom, delta[atom.key]), rest))
    return out


def _whole(closure: Closure, rule: CompiledRule, sizes: list[int]) -> Iterator[Violation]:
    if not sizes:
        return _rows(closure, rule, UNIT, ())
    first = sizes.index(min(sizes))
    seed = rule.body[first]
    facts = closure.relations[seed.key].facts
    return _rows(closure, rule, scan(seed, facts), rule.body[:first] + rule.body[first + 1 :])


def _rows(closure: Closure, rule: CompiledRule, table: Table, rest: Sequence[Atom]) -> Iterator[Violation]:
    wanted = set().union(*(atom.variables for atom in rule.body))
    found = closure.joiner.solve(table, rest, wanted, rule.name)
    for row in range(min(found.rows, closure.limits.clashes)):
        binding = {name: int(column[row]) for name, column in found.columns.items()}
        yield _violation(closure, rule, [_fact(atom, binding) for atom in rule.body])


def _fact(atom: Atom, binding: dict[str, int]) -> Ground:
    slots = [binding[slot] if isinstance(slot, str) else slot for slot in atom.slots]
    return (slots[0], v.TYPE, ~atom.key) if atom.key < 0 else (slots[0], atom.key, slots[1])


def _violation(closure: Closure, rule: CompiledRule, facts: list[Ground]) -> Violation:
    if rule.name == "eq-diff1":
        one, other = _apart(closure, facts[0])
        return "eq-diff1", (), ((one, v.SAME_AS, other), (one, v.DIFFERENT_FROM, other))
    if rule.name in ("eq-diff2", "eq-diff3"):
        return rule.name, rule.axioms, (_same_members(closure, rule),)
    return rule.name, rule.axioms, tuple(facts)


def _apart(closure: Closure, fact: Ground) -> tuple[int, int]:
    """Two members of a class that are asserted to be different, or its representative twice."""
    members = closure.equality.all(fact[0])
    for one in members:
        for other in members:
            if holds(closure.base, (one, v.DIFFERENT_FROM, other)):
                return one, other
    return fact[0], fact[2]


def _same_members(closure: Closure, rule: CompiledRule) -> Ground:
    """Two members of an AllDifferent list that have become equal, as the list has them."""
    cells = {subject for subject, predicate, _ in rule.axioms if predicate == v.FIRST}
    doubled = [obj for _, predicate, obj in rule.axioms if predicate == v.FIRST]
    root = next(obj for obj in doubled if doubled.count(obj) > 1)
    written = [
        member
        for member in closure.equality.all(root)
        if any(holds(closure.base, (cell, v.FIRST, member)) for cell in cells)
    ]
    return (written[0], v.SAME_AS, written[-1]) if written else (root, v.SAME_AS, root)


def literal_violations(closure: Closure, news: Columns | None = None) -> set[Violation]:
    """The clashes of table 8: ill-typed literals (among `news`, if given), and unequal ones made equal."""
    out: set[Violation] = set()
    for index, key in literals.ill_typed(closure, news)[: closure.limits.clashes]:
        out.add(("dt-not-type", (), ((index, v.TYPE, ~key),)))
    for one, other in literals.unequal(closure)[: closure.limits.clashes]:
        out.add(("eq-diff1", (), ((one, v.SAME_AS, other), (one, v.DIFFERENT_FROM, other))))
    return out


def updated(closure: Closure, old: set[Violation], outcome: Outcome) -> set[Violation]:
    """The clashes after a change, from those before it. Cost: what the change touched.

    Clashes between literals hang on which terms are equal, and are always looked for again.
    """
    facts = Facts(closure)
    kept = {found for found in old if all(map(facts.holds, found[2]))}
    return (
        kept
        | touched(closure, outcome.new)
        | literal_violations(closure, None if outcome.merged else outcome.new)
    )
