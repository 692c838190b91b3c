"""Rules whose predicates and classes are known, and look-ups among them: what a compiler makes.

What is disjoint is no rule in it, but kept as it is said (see `disjoint`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from calcigraph.errors import Finding
from calcigraph.reasoning.facts.columns import Key
from calcigraph.reasoning.rules.disjoint import DisjointList, DisjointPairs
from calcigraph.reasoning.rules.patterns import Slot
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import Ground


@dataclass(frozen=True)
class Atom:
    """One pattern with a known key: one slot for a class, two (subject, object) for a predicate."""

    key: Key
    slots: tuple[Slot, ...]

    @property
    def variables(self) -> set[str]:
        """The names of its variables."""
        return {slot for slot in self.slots if isinstance(slot, str)}


@dataclass(frozen=True)
class CompiledRule:
    """A rule whose predicates and classes are known; `head` None stands for a clash."""

    name: str
    body: tuple[Atom, ...]
    head: Atom | None
    axioms: tuple[Ground, ...] = ()

    @property
    def star(self) -> bool:
        """Whether linking neighbours is enough: equality of many things that share one thing."""
        return self.name in ("prp-fp", "prp-ifp")

    @cached_property
    def transitive(self) -> bool:
        """Whether it says that a relation is transitive, and nothing else."""
        head, body = self.head, self.body
        if head is None or len(body) != 2 or {atom.key for atom in body} != {head.key} or head.key < 0:
            return False
        (a, b), (c, d) = (atom.slots for atom in body)
        names = {a, b, d}
        return b == c and head.slots == (a, d) and len(names) == 3 and all(isinstance(n, str) for n in names)

    @cached_property
    def about_one(self) -> bool:
        """Whether it asks for nothing but in which classes one thing is (cls-int1), of two or more."""
        first = self.body[0].slots if len(self.body) > 1 else ()
        return (
            len(first) == 1 and isinstance(first[0], str) and all(atom.slots == first for atom in self.body)
        )


@dataclass
class Program:
    """Compiled rules, the keys that were read to make them, and what was found wrong on the way."""

    rules: list[CompiledRule] = field(default_factory=list)
    clashes: list[CompiledRule] = field(default_factory=list)
    lists: tuple[DisjointList, ...] = ()
    pairs: tuple[DisjointPairs, ...] = ()
    reads: frozenset[Key] = frozenset()
    findings: tuple[Finding, ...] = ()
    by_body: dict[Key, list[CompiledRule]] = field(default_factory=dict)
    by_head: dict[Key, list[CompiledRule]] = field(default_factory=dict)

    @property
    def reflective(self) -> bool:
        """Whether a rule uses rdf:type as a property like any other."""
        return v.TYPE in self.by_body or v.TYPE in self.by_head

    @cached_property
    def asked(self) -> frozenset[Key]:
        """The keys that some rule or clash reads."""
        return self.disjoint.union(atom.key for rule in (*self.rules, *self.clashes) for atom in rule.body)

    @cached_property
    def disjoint(self) -> frozenset[Key]:
        """The keys of classes and properties that are disjoint with some other."""
        of_pairs = (
            apart.key(term) for apart in self.pairs for half in apart.halves for term in half.tolist()
        )
        return frozenset(chain(of_pairs, (key for apart in self.lists for key in apart.keys)))

    def index(self) -> Program:
        """Fill the look-ups by key."""
        for rule in self.rules:
            for key in {atom.key for atom in rule.body}:
                self.by_body.setdefault(key, []).append(rule)
            if rule.head:
                self.by_head.setdefault(rule.head.key, []).append(rule)
        return self
