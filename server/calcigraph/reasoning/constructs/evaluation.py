"""The root's CONSTRUCT rules in; what they build, kept up to date with what they read, out.

Stage `before` runs on asserted triples, ahead of the closure; stage `after` on everything. Within a
stage a rule runs after the rules that build what it reads; rules that read one another run to a
fixpoint; a cycle through negation or an aggregate is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.reasoning.constructs.component import Component
from calcigraph.reasoning.constructs.portions import Portions
from calcigraph.reasoning.constructs.premises import origins
from calcigraph.reasoning.constructs.views import STAGES, Views
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.queries.reads import overlap
from calcigraph.reasoning.queries.rule import ConstructRule, RuleRefused, Stage
from calcigraph.reasoning.rules.strata import components


class Constructs:
    """The rules of a root over a store of its triples (`views`)."""

    def __init__(self, rules: Sequence[ConstructRule], limits: Limits) -> None:
        self.limits = limits
        self.views = Views()
        self.rules = {rule.slug: Portions(rule, self.views) for rule in rules}
        self.components = {stage: self._components(stage) for stage in STAGES}
        self._known: dict[Stage, bool] = dict.fromkeys(STAGES, False)

    def has(self, stage: Stage) -> bool:
        """Whether a stage has rules."""
        return bool(self.components[stage])

    def take(self, stage: Stage, built: Iterable[ox.Triple]) -> None:
        """Take what a stage builds as known. Its rules run when a change first asks for more."""
        self.views.support(stage, map(self.views.spelling.canonical, built))
        self.views.forget_changes(stage)

    def run(self, stage: Stage) -> None:
        """Run the rules of a stage on what the store holds.

        Raises LimitMet when recursive rules do not settle in `limits.construct_rounds` rounds.
        """
        for component in self.components[stage]:
            component.run()
        self._known[stage] = True
        self.views.forget_changes(stage)

    def recall(self, stage: Stage) -> None:
        """See to it that it is known why each triple stands there that was only taken as known.

        Cost: that of `run`.
        """
        if not self._known[stage]:
            self.views.withdraw(stage)
            self.run(stage)

    def update(self, stage: Stage) -> None:
        """Bring a stage up to date with the triples that came into its view and went from it.

        Cost: the portions (see `portions`) that they reach; with recursive rules, all that rest on
        these through any number of steps. Raises LimitMet.
        """
        for component in self.components[stage]:
            component.update(self.views.changes[stage], self.views.loosened[stage])
        self.views.forget_changes(stage)

    def origins(self, triple: ox.Triple) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
        """The rules that build a triple, each with the triples, as they were written, that it rests on."""
        for slug, rule in self.rules.items():
            for premises in origins(rule, triple, self.limits.proof_instances):
                yield slug, premises

    def _feeds(self, writer: str, reader: str, negative: bool = False) -> bool:
        algebra = self.rules[reader].algebra
        reads = algebra.negative if negative else algebra.reads
        return any(overlap(w, r) for w in self.rules[writer].algebra.writes for r in reads)

    def _components(self, stage: Stage) -> list[Component]:
        slugs = sorted(slug for slug, portions in self.rules.items() if portions.rule.stage == stage)
        graph: dict[Any, Any] = {r: [w for w in slugs if self._feeds(w, r)] for r in slugs}
        found: list[list[str]] = [sorted(map(str, slugs)) for slugs in components(graph)]
        for slugs in found:
            self._refuse_circles(slugs)
        rounds = self.limits.construct_rounds
        return [Component([self.rules[slug] for slug in slugs], self.views, rounds) for slugs in found]

    def _refuse_circles(self, slugs: Sequence[str]) -> None:
        for reader in slugs:
            if any(self._feeds(writer, reader, negative=True) for writer in slugs):
                raise RuleRefused(
                    f"The rules {', '.join(slugs)} need one another through negation or an aggregate.",
                    "Break the circle, for instance by moving one of them to stage `after`.",
                    Place(f"ontology/rules/{reader}.rq"),
                )
