"""Asserted triples and rules in; derived and inferred triples, clashes and proofs out.

`infer` is the door of the reasoner. What it gives back is never changed: `after` makes the next version
from it, which is equal to inferring anew from the changed triples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Severity
from calcigraph.reasoning.clashes import Clash
from calcigraph.reasoning.closure.state import Progress, quiet
from calcigraph.reasoning.constructs.derivation import Derivation, Triples
from calcigraph.reasoning.engines.choice import closed
from calcigraph.reasoning.engines.engine import ClosureEngine, EngineName
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, united
from calcigraph.reasoning.facts.copies import Copies
from calcigraph.reasoning.facts.encoding import decode, encode
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.proofs.explaining import Explainer
from calcigraph.reasoning.proofs.proof import Proof, Proofs
from calcigraph.reasoning.queries.rule import ConstructRule, Stage
from calcigraph.reasoning.rules.trivial import trivial
from calcigraph.reasoning.terms.numbering import TermNumbers
from calcigraph.reasoning.terms.statements import Statement


@dataclass(frozen=True)
class Consequences:
    """What a change did beyond the asserted triples themselves."""

    inferred_added: Triples
    inferred_removed: Triples
    derived_added: Triples
    derived_removed: Triples
    clashes: tuple[Clash, ...]
    """All clashes that there are now, not only new ones."""
    not_asserted: Triples
    """What was to be removed and was not asserted, be it inferred, derived or nowhere: no change."""
    by_stage: Mapping[Stage, tuple[Triples, Triples]]
    """What each stage of CONSTRUCT rules builds and did not, and the reverse. A triple that goes from one to
    the other is derived before and after."""


@dataclass(frozen=True)
class Cache:
    """What an inference found, to start from next time. Valid for the same triples and rules only."""

    before: Triples
    after: Triples
    inferred: Triples
    consistent: bool


@dataclass(frozen=True)
class _Parts:
    """What one version consists of. Versions share what they have in common, numbers of terms included."""

    terms: TermNumbers
    asserted: Base
    built: Base
    """What stage `before` built."""
    derivation: Derivation
    engine: ClosureEngine

    @classmethod
    def made(
        cls,
        asserted: Iterable[ox.Triple],
        rules: Sequence[ConstructRule],
        name: EngineName,
        progress: Progress,
        limits: Limits,
        known: Cache | None = None,
    ) -> _Parts:
        """The parts of a first version. Raises LimitMet, RuleRefused."""
        terms, derivation = TermNumbers(), Derivation(rules, limits)
        with _in_words(terms):
            return cls._closed(terms, derivation, asserted, name, progress, limits, known)

    @classmethod
    def _closed(
        cls,
        terms: TermNumbers,
        derivation: Derivation,
        asserted: Iterable[ox.Triple],
        name: EngineName,
        progress: Progress,
        limits: Limits,
        known: Cache | None,
    ) -> _Parts:
        base = Base(encode(terms, asserted))
        derivation.start(decode(terms, base.columns), known.before if known else None)
        built = Base(encode(terms, derivation.before))
        engine = closed(name, base.changed(built.columns, {}).columns, terms, limits, progress)
        if derivation.has_after:
            derivation.finish(decode(terms, engine.inferred()), known.after if known else None)
        return cls(terms, base, built, derivation, engine)


class Inference:
    """The closure of some asserted triples under an ontology and CONSTRUCT rules, as one version.

    Made by `infer`, `Inference.from_cache` and `after`. It is never changed, and may be read while another
    thread makes the next version of it; sets are made when they are first asked for.
    """

    def __init__(
        self, make: Callable[[], _Parts], rules: Sequence[ConstructRule], cache: Cache | None = None
    ) -> None:
        self.rules = tuple(rules)
        """The CONSTRUCT rules of the root."""
        self._make: Callable[[], _Parts] | None = make
        self._made: _Parts | None = None
        self._making, self._explaining = Lock(), Lock()
        self._cache = cache

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
        kept, bounds = tuple(asserted), limits or Limits()
        return cls(lambda: _Parts.made(kept, rules, "builtin", progress, bounds, cache), rules, cache)

    @property
    def _parts(self) -> _Parts:
        with self._making:
            if self._made is None:
                assert self._make is not None
                self._made = self._make()
                self._make = None  # it holds the triples that it began with
            return self._made

    @property
    def cache(self) -> Cache:
        """What `from_cache` needs."""
        if self._cache is not None:
            return self._cache
        derivation = self._parts.derivation
        return Cache(derivation.before, derivation.after, self.inferred, not self.clashes)

    @cached_property
    def derived(self) -> Triples:
        """What the CONSTRUCT rules of both stages built; never an asserted triple."""
        known = self._cache or self._parts.derivation
        return known.before | known.after

    @cached_property
    def inferred(self) -> Triples:
        """What the ontology entails; never an asserted or derived triple, and no trivial one.

        Cost of the first call: about a microsecond a triple.
        """
        if self._cache is not None:
            return self._cache.inferred
        with _in_words(self._parts.terms):
            return frozenset(decode(self._parts.terms, self._parts.engine.inferred()))

    @property
    def trivial(self) -> set[ox.Triple]:
        """The axiomatic and reflexive triples that `inferred` leaves out (see `trivial`)."""
        asserted = set(decode(self._parts.terms, self._parts.asserted.columns))
        return trivial(asserted | self.derived | self.inferred) - asserted

    @cached_property
    def clashes(self) -> tuple[Clash, ...]:
        """The contradictions, ordered by rule and facts; empty when the triples are consistent."""
        if self._cache is not None and self._cache.consistent:
            return ()
        made = self._parts.terms.statement
        found = [
            Clash(rule, tuple(made(*a) for a in axioms), tuple(made(*f) for f in facts), self.explain)
            for rule, axioms, facts in self._parts.engine.violations()
        ]
        return tuple(sorted(found, key=str))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Axioms that were not used as they stand (broken lists and the like), rules that run too early."""
        state = self._parts.engine.state()
        return (*state.program.findings, *self._left_out(state.copies), *self._parts.derivation.findings)

    def _left_out(self, copies: Copies) -> Iterator[Finding]:
        """What is not said of each copy of an anonymous restriction (see `facts/copies`)."""
        largest = copies.largest
        if copies.left_out and largest is not None:
            prop, filler = map(self._parts.terms.terms.__getitem__, (largest.prop, largest.filler))
            yield Finding(
                "copies",
                Place("ontology"),
                f"{largest.times:,} anonymous restrictions say the same (on {prop}, of {filler}). What"
                f" follows of such copies is kept of one of each: {copies.left_out:,} triples are left out,"
                " each of which says of one copy what is said of another. None is about names alone.",
                f"Nothing is lost by that; use --limit copies {copies.needed} to have them all the same.",
                severity=Severity.INFO,
                statement=" ".join(map(str, self._parts.terms.statement(*largest.axiom))) + " .",
            )

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._parts.engine.state(), self._parts.derivation, self._parts.asserted)

    def explain(self, triple: Statement) -> Proof | None:
        """A proof of least depth, or None for a triple that is not in the closure.

        Cost: about a millisecond; after `limits.proof_goals` goals some proof, not the flattest. Threads
        that ask one and the same version wait for one another.
        """
        with self._explaining, _in_words(self._parts.terms):
            return self._explainer.explain(triple)

    def proofs(self, triple: Statement, limit: int = 20) -> Proofs:
        """The derivations of a triple that differ in their last step, at most `limit` of them.

        `complete` is False when a bound cut the search.
        """
        with self._explaining, _in_words(self._parts.terms):
            return self._explainer.proofs(triple, limit)

    def after(
        self, add: Iterable[ox.Triple] = (), remove: Iterable[ox.Triple] = ()
    ) -> tuple[Inference, Consequences]:
        """The version with asserted triples removed and then added, and what that changed.

        A triple that is both removed and added is asserted afterwards. One that is removed and was not
        asserted is no change, even where it is inferred or derived; `Consequences.not_asserted` names it.
        This version stays as it is and usable. Cost: what depends on the change; where it may take back
        an equality, what mentions the terms that were equal; like inferring anew when it reaches the
        schema, and like running a CONSTRUCT rule anew when it is not known which of its solutions it
        reaches. Raises LimitMet when a bound is met; there is no new version then.
        """
        old, coming, leaving = self._parts, frozenset(add), frozenset(remove)
        missing = frozenset(triple for triple in leaving if not _holds(old, triple))
        added = old.asserted.beyond(encode(old.terms, coming))
        removed = encode(old.terms, leaving - missing - coming)
        with _in_words(old.terms):
            new, came, went = _after(old, added, removed)
        made = Inference(lambda: new, self.rules)
        return made, Consequences(
            came, went, *new.derivation.difference, made.clashes, missing, new.derivation.by_stage
        )


@contextmanager
def _in_words(terms: TermNumbers) -> Iterator[None]:
    """A bound that is met within names terms, and not their numbers."""
    try:
        yield
    except LimitMet as met:
        raise met.named(terms.terms.__getitem__) from None


def _holds(parts: _Parts, triple: ox.Triple) -> bool:
    ids = parts.terms.known(triple)
    return ids is not None and parts.asserted.holds(ids)


def _after(old: _Parts, added: Columns, removed: Columns) -> tuple[_Parts, Triples, Triples]:
    """The parts with asserted facts added and removed, and the inferred triples that came and went."""
    terms = old.terms
    derivation = old.derivation.revised(list(decode(terms, added)), list(decode(terms, removed)))
    new, gone = encode(terms, derivation.came), encode(terms, derivation.went)
    asserted, built = old.asserted.changed(added, removed), old.built.changed(new, gone)
    engine, outcome = old.engine.after(
        _beyond((old.asserted, old.built), united(added, new)),
        _beyond((asserted, built), united(removed, gone)),
    )
    came, went = (frozenset(decode(terms, moved)) for moved in (outcome.came, outcome.went))
    derivation.conclude(came, went)
    return _Parts(terms, asserted, built, derivation, engine), came, went


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
    parts = _Parts.made(asserted, rules, engine, progress, limits or Limits())
    return Inference(lambda: parts, rules)
