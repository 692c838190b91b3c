"""Closed facts in, clashes out: what contradicts the ontology, with the rule, its axioms and the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from calcigraph.reasoning.closure import literals
from calcigraph.reasoning.closure.disjoint import Shared, shared_in_list, shared_in_pairs
from calcigraph.reasoning.closure.fixpoint import Closure
from calcigraph.reasoning.closure.join import UNIT, Bindings, scan
from calcigraph.reasoning.facts.columns import Columns
from calcigraph.reasoning.maintenance.difference import ClosureChange
from calcigraph.reasoning.proofs.lookup import ClosureLookup
from calcigraph.reasoning.proofs.proof import Proof
from calcigraph.reasoning.rules.program import Atom, CompiledRule
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground
from calcigraph.reasoning.terms.statements import Statement

_FEW: Final = 6


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

    def first_axioms(self, shown: Callable[[Statement], str]) -> tuple[str, ...]:
        """The axioms in words, for a message: of a long list its beginning, and how many others."""
        if len(self.axioms) <= _FEW:
            return tuple(map(shown, self.axioms))
        rest = len(self.axioms) - _FEW // 2
        return (*map(shown, self.axioms[: _FEW // 2]), f"… and {rest:,} more triples of the same axiom")

    def __str__(self) -> str:
        facts, axioms = " . ".join(map(str, self.facts)), " . ".join(self.first_axioms(str))
        return f"{self.rule}: {facts} contradicts {axioms}" if axioms else f"{self.rule}: {facts}"


Violation = tuple[str, tuple[Ground, ...], tuple[Ground, ...]]
"""Rule name, axioms and facts, as ids."""


def violations(closure: Closure) -> frozenset[Violation]:
    """Every clash in the closed facts, at most `limits.clashes` per rule and axiom."""
    found = (row for rule in closure.program.clashes for row in _whole(closure, rule))
    return frozenset(found).union(literal_violations(closure), _disjoint(closure, None))


def _disjoint(closure: Closure, delta: Columns | None) -> Iterator[Violation]:
    """What disjoint classes and properties share; with `delta`, what of it is in some new facts."""
    most = closure.limits.clashes
    for apart in closure.program.lists:
        for found in shared_in_list(apart, closure.relations, delta, most):
            yield apart.name, apart.axioms, _twice(found)
    for pairs in closure.program.pairs:
        for axiom, found in shared_in_pairs(pairs, closure.relations, delta, most):
            yield pairs.name, (axiom,), _twice(found)


def _twice(shared: Shared) -> tuple[Ground, ...]:
    """The two facts by which a thing is in two classes, or two properties hold of it."""
    *keys, fact = shared
    return tuple((fact, v.TYPE, ~key) if key < 0 else (fact >> 32, key, fact & 0xFFFFFFFF) for key in keys)


def touched(closure: Closure, delta: Columns) -> set[Violation]:
    """The clashes that hold at least one fact of `delta`."""
    out: set[Violation] = set(_disjoint(closure, delta))
    for rule in closure.program.clashes:
        for index, atom in enumerate(rule.body):
            if atom.key in delta:
                rest = rule.body[:index] + rule.body[index + 1 :]
                out.update(_rows(closure, rule, scan(atom, delta[atom.key]), rest))
    return out


def _whole(closure: Closure, rule: CompiledRule) -> Iterator[Violation]:
    sizes = [len(closure.relations[atom.key].facts) for atom in rule.body]
    if not sizes:
        return _rows(closure, rule, UNIT, ())
    first = sizes.index(min(sizes))
    seed = rule.body[first]
    facts = closure.relations[seed.key].facts.array
    return _rows(closure, rule, scan(seed, facts), rule.body[:first] + rule.body[first + 1 :])


def _rows(closure: Closure, rule: CompiledRule, table: Bindings, rest: Sequence[Atom]) -> Iterator[Violation]:
    wanted = set().union(*(atom.variables for atom in rule.body))
    found = closure.joiner.solve(table, rest, wanted, rule)
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
            if closure.base.holds((one, v.DIFFERENT_FROM, other)):
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
        if any(closure.base.holds((cell, v.FIRST, member)) for cell in cells)
    ]
    return (written[0], v.SAME_AS, written[-1]) if written else (root, v.SAME_AS, root)


def literal_violations(closure: Closure) -> set[Violation]:
    """The clashes of table 8: ill-typed literals, and unequal ones made equal."""
    return _ill_typed(closure, None) | _unequal(closure)


def _ill_typed(closure: Closure, news: Columns | None) -> set[Violation]:
    found = literals.ill_typed(closure, news)[: closure.limits.clashes]
    return {("dt-not-type", (), ((index, v.TYPE, ~key),)) for index, key in found}


def _unequal(closure: Closure) -> set[Violation]:
    found = literals.unequal(closure)[: closure.limits.clashes]
    return {
        ("eq-diff1", (), ((one, v.SAME_AS, other), (one, v.DIFFERENT_FROM, other))) for one, other in found
    }


def updated(closure: Closure, old: frozenset[Violation], outcome: ClosureChange) -> frozenset[Violation]:
    """The clashes after a change that was not closed anew, from those before it. Cost: what it touched.

    Where it is no longer the same terms that are equal, what equality alone contradicts is looked for anew.
    """
    facts = ClosureLookup(closure)
    kept = {found for found in old if _is_between_literals(closure, found) or all(map(facts.holds, found[2]))}
    if outcome.merged:
        kept = {found for found in kept if found[0] != "eq-diff1" and _is_written_so(closure, found)}
        kept |= literal_violations(closure)
        for rule in closure.program.clashes:
            if rule.name == "eq-diff1":
                kept.update(_whole(closure, rule))
    return frozenset(kept | touched(closure, outcome.new) | _ill_typed(closure, outcome.new))


def _is_between_literals(closure: Closure, found: Violation) -> bool:
    """Whether two literals were made equal: that they differ is no fact, and hangs on who is equal alone."""
    one, _, other = found[2][0]
    return found[0] == "eq-diff1" and one != other and all(map(closure.terms.is_literal, (one, other)))


def _is_written_so(closure: Closure, found: Violation) -> bool:
    """Whether a clash still stands over representatives, as clashes do but for what equality contradicts."""
    return found[0] in _AS_WRITTEN or all(
        closure.equality.of(term) == term for fact in found[2] for term in fact
    )


_AS_WRITTEN: Final = ("eq-diff2", "eq-diff3", "dt-not-type")
