"""Asserted triples and rules in; derived and inferred triples, clashes and proofs out.

`infer` is the door of the reasoner. What it gives back keeps up with changes: after `change` it is
equal to inferring anew from the changed triples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from calcigraph.errors import Finding
from calcigraph.reasoning.clashes import Clash
from calcigraph.reasoning.closure.state import Progress, quiet
from calcigraph.reasoning.constructs.derivation import Derivation, Triples
from calcigraph.reasoning.engines.choice import engine
from calcigraph.reasoning.engines.engine import Engine, EngineName
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, minus, united
from calcigraph.reasoning.facts.encoding import decode, encode
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.proofs.constructed import Constructed
from calcigraph.reasoning.proofs.instances import ListRules, list_rules_of
from calcigraph.reasoning.proofs.proof import Proof, Proofs
from calcigraph.reasoning.proofs.search import Prover
from calcigraph.reasoning.queries.rule import ConstructRule
from calcigraph.reasoning.rules.trivial import trivial
from calcigraph.reasoning.terms.numbering import Ground, Terms
from calcigraph.reasoning.terms.statements import Statement


@dataclass(frozen=True)
class Change:
    """What a change did beyond the asserted triples themselves."""

    inferred_added: Triples
    inferred_removed: Triples
    derived_added: Triples
    derived_removed: Triples
    clashes: tuple[Clash, ...]
    """All clashes that there are now, not only new ones."""


@dataclass(frozen=True)
class Cache:
    """What an inference found, to start from next time. Valid for the same triples and rules only."""

    before: Triples
    after: Triples
    inferred: Triples
    consistent: bool


class Inference:
    """The closure of some asserted triples under an ontology and CONSTRUCT rules.

    Made by `infer` or `Inference.from_cache`. Sets are made when they are first asked for; one
    instance belongs to one thread.
    """

    def __init__(
        self,
        asserted: Iterable[ox.Triple],
        rules: Sequence[ConstructRule] = (),
        name: EngineName = "builtin",
        progress: Progress = quiet,
        limits: Limits | None = None,
        cache: Cache | None = None,
    ) -> None:
        self._triples: Iterable[ox.Triple] = asserted
        self._rules = tuple(rules)
        self._limits = limits or Limits()
        self._terms = Terms()
        self._maker = name, progress
        self._cache = cache
        if cache is None:
            assert self._engine

    @classmethod
    def from_cache(
        cls,
        asserted: Iterable[ox.Triple],
        cache: Cache,
        rules: Sequence[ConstructRule] = (),
        progress: Progress = quiet,
        limits: Limits | None = None,
    ) -> Inference:
        """An inference whose results are known. Cost: none until a proof, a clash or a change is asked for.

        The caller answers for `cache` being made from the same triples and rules (compare digests).
        """
        return cls(tuple(asserted), rules, "builtin", progress, limits, cache)

    @property
    def cache(self) -> Cache:
        """What `from_cache` needs."""
        if self._cache is not None:
            return self._cache
        return Cache(self._derivation.before, self._derivation.after, self.inferred, not self.clashes)

    @cached_property
    def _asserted(self) -> Base:
        columns = encode(self._terms, self._triples)
        self._triples = ()
        return Base(columns)

    @cached_property
    def _built(self) -> Base:
        """What stage `before` built."""
        return Base(encode(self._terms, self._derivation.before))

    @cached_property
    def _derivation(self) -> Derivation:
        found = Derivation(self._rules, self._limits)
        known = None if self._cache is None else self._cache.before
        found.start(decode(self._terms, self._asserted.columns), known)
        return found

    @cached_property
    def _engine(self) -> Engine:
        name, progress = self._maker
        made = engine(name, self._terms, self._limits, progress)
        made.close(self._asserted.changed(self._built.columns, {}).columns)
        if self._derivation.has_after:
            known = None if self._cache is None else self._cache.after
            self._derivation.finish(decode(self._terms, made.inferred()), known)
        return made

    @cached_property
    def derived(self) -> Triples:
        """What the CONSTRUCT rules of both stages built; never an asserted triple."""
        if self._cache is not None:
            return self._cache.before | self._cache.after
        return self._derivation.before | self._derivation.after

    @cached_property
    def inferred(self) -> Triples:
        """What the ontology entails; never an asserted or derived triple, and no trivial one.

        Cost of the first call: about a microsecond a triple.
        """
        if self._cache is not None:
            return self._cache.inferred
        return frozenset(decode(self._terms, self._engine.inferred()))

    @property
    def trivial(self) -> set[ox.Triple]:
        """The axiomatic and reflexive triples that `inferred` leaves out (see `trivial`)."""
        asserted = set(decode(self._terms, self._asserted.columns))
        return trivial(asserted | self.derived | self.inferred) - asserted

    @cached_property
    def clashes(self) -> tuple[Clash, ...]:
        """The contradictions, ordered by rule and facts; empty when the triples are consistent."""
        if self._cache is not None and self._cache.consistent:
            return ()
        made = self._terms.statement
        found = [
            Clash(rule, tuple(made(*a) for a in axioms), tuple(made(*f) for f in facts), self.explain)
            for rule, axioms, facts in self._engine.violations()
        ]
        return tuple(sorted(found, key=str))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Axioms that were not used as they stand (broken lists and the like), rules that run too early."""
        return (*self._engine.state().program.findings, *self._derivation.findings)

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self._engine.state(), self._leaf, self._list_rules)

    @cached_property
    def _list_rules(self) -> ListRules:
        return list_rules_of(self._engine.state())

    def _leaf(self, goal: Ground) -> Proof | None:
        triple = self._terms.statement(*goal)
        if not self._derivation.before or not isinstance(triple, ox.Triple) or self._asserted.holds(goal):
            return Proof(triple, "asserted")
        return self._constructed.proof(triple)

    @cached_property
    def _constructed(self) -> Constructed:
        return Constructed(self._derivation, self._outside)

    def _outside(self, triple: ox.Triple) -> Proof | None:
        """A proof of what no CONSTRUCT rule built."""
        goal = self._terms.known(triple)
        if goal is None:
            return None
        return Proof(triple, "asserted") if self._asserted.holds(goal) else self._prover.prove(goal)

    def explain(self, triple: Statement) -> Proof | None:
        """A proof of least depth, or None for a triple that is not in the closure.

        Cost: about a millisecond; after `limits.proof_goals` goals some proof, not the flattest.
        """
        prover = self._prover
        goal = self._terms.known(triple)
        if isinstance(triple, ox.Triple) and triple in self._derivation.after:
            return self._constructed.proof(triple)
        return None if goal is None else prover.prove(goal)

    def proofs(self, triple: Statement, limit: int = 20) -> Proofs:
        """The derivations of a triple that differ in their last step, at most `limit` of them.

        `complete` is False when a bound cut the search.
        """
        prover = self._prover
        goal = self._terms.known(triple)
        if isinstance(triple, ox.Triple) and triple in self.derived:
            found = [
                proof for proof, _ in zip(self._constructed.proofs(triple), range(limit + 1), strict=False)
            ]
            return Proofs(tuple(found[:limit]), complete=len(found) <= limit)
        return Proofs((), complete=True) if goal is None else prover.derivations(goal, limit)

    def change(self, add: Iterable[ox.Triple] = (), remove: Iterable[ox.Triple] = ()) -> Change:
        """Add and remove asserted triples (removal first), and bring everything up to date.

        Cost: what depends on the change; like inferring anew when it reaches the schema, and like
        running a CONSTRUCT rule anew when it is not known which of its solutions it reaches. Raises
        LimitMet, with everything as it was, when a bound is met.
        """
        assert self._engine  # made of what was there so far
        added, removed = self._asked(add, remove)
        came, went = self._applied(added, removed)
        self._cache = None
        for name in ("derived", "inferred", "clashes", "_prover", "_list_rules", "_constructed"):
            self.__dict__.pop(name, None)
        return Change(came, went, *self._derivation.difference, self.clashes)

    def _applied(self, added: Columns, removed: Columns) -> tuple[Triples, Triples]:
        """The inferred triples that come and go. Raises LimitMet; then all is as it was."""
        derivation = self._derivation.revised(
            list(decode(self._terms, added)), list(decode(self._terms, removed))
        )
        new, gone = encode(self._terms, derivation.came), encode(self._terms, derivation.went)
        old = self._asserted, self._built
        now = self._asserted.changed(added, removed), self._built.changed(new, gone)
        new, gone = _beyond(old, united(added, new)), _beyond(now, united(removed, gone))
        outcome = self._engine.change(new, gone)
        came, went = (frozenset(decode(self._terms, moved)) for moved in (outcome.came, outcome.went))
        try:
            derivation.conclude(came, went)
        except LimitMet:
            self._engine.change(gone, new)
            raise
        self._derivation = derivation
        self._asserted, self._built = now
        return came, went

    def _asked(self, add: Iterable[ox.Triple], remove: Iterable[ox.Triple]) -> tuple[Columns, Columns]:
        added, removed = encode(self._terms, add), encode(self._terms, remove)
        return self._asserted.beyond(added), self._asserted.common(minus(removed, added))


def _beyond(bases: Iterable[Base], columns: Columns) -> Columns:
    """Those of some facts that none of the bases has."""
    for base in bases:
        columns = base.beyond(columns)
    return columns


def infer(
    asserted: Iterable[ox.Triple],
    rules: Sequence[ConstructRule] = (),
    engine: EngineName = "builtin",
    progress: Progress = quiet,
    limits: Limits | None = None,
) -> Inference:
    """Infer what follows from triples, by the OWL 2 RL/RDF rules and the root's CONSTRUCT rules.

    `engine` chooses who closes: "builtin", "owlrl" (slow; for comparison) or "none" (no ontology,
    CONSTRUCT rules only). `progress` is called with a stage's name and the number of facts so far.
    Cost: see bench/reasoning. Raises LimitMet when a bound of `limits` is met, RuleRefused for a
    CONSTRUCT rule that cannot be used. Spec: OWL 2 Profiles, section 4.3.
    """
    return Inference(asserted, rules, engine, progress, limits)
