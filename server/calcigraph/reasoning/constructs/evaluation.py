"""The root's CONSTRUCT rules in; what they build, kept up to date with what they read, out.

Stage `before` runs on asserted triples, ahead of the closure; stage `after` on everything. Within a
stage a rule runs after the rules that build what it reads; rules that read one another run to a
fixpoint; a cycle through negation or an aggregate is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.reasoning.constructs.group import Group
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
        self.groups = {stage: self._groups(stage) for stage in STAGES}
        self._known: dict[Stage, bool] = dict.fromkeys(STAGES, False)

    def has(self, stage: Stage) -> bool:
        """Whether a stage has rules."""
        return bool(self.groups[stage])

    def take(self, stage: Stage, built: Iterable[ox.Triple]) -> None:
        """Take what a stage builds as known. Its rules run when a change first asks for more."""
        self.views.support(stage, map(self.views.spelling.canonical, built))
        self.views.changes[stage].clear()

    def run(self, stage: Stage) -> None:
        """Run the rules of a stage on what the store holds.

        Raises LimitMet when a recursive group does not settle in `limits.construct_rounds` rounds.
        """
        for group in self.groups[stage]:
            group.run()
        self._known[stage] = True
        self.views.changes[stage].clear()

    def recall(self, stage: Stage) -> None:
        """See to it that it is known why each triple stands there that was only taken as known."""
        if not self._known[stage]:
            reasons: Counter[ox.Triple] = Counter()
            for group in self.groups[stage]:
                reasons.update(group.recall())
            self.views.supported_anew(stage, reasons)
            self._known[stage] = True

    def know(self, other: Constructs) -> None:
        """Take over what another one over the same triples knows of why they stand there."""
        self._known = dict(other._known)
        for slug, rule in other.rules.items():
            self.rules[slug].built = dict(rule.built)
        for stage in STAGES:
            self.views.supported_anew(stage, other.views.reasons(stage))
            for mine, theirs in zip(self.groups[stage], other.groups[stage], strict=True):
                mine.know(theirs)

    def update(self, stage: Stage) -> None:
        """Bring a stage up to date with the triples that came into its view and went from it.

        Cost: the portions (see `portions`) that they reach; a recursive group runs anew.
        """
        for group in self.groups[stage]:
            group.update(self.views.changes[stage])
        self.views.changes[stage].clear()

    def origins(self, triple: ox.Triple) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
        """The rules that build a triple, each with the triples, as they were written, that it rests on."""
        for slug, rule in self.rules.items():
            for premises in origins(rule, triple, self.limits.proof_instances):
                yield slug, premises

    def _feeds(self, writer: str, reader: str, negative: bool = False) -> bool:
        algebra = self.rules[reader].algebra
        reads = algebra.negative if negative else algebra.reads
        return any(overlap(w, r) for w in self.rules[writer].algebra.writes for r in reads)

    def _groups(self, stage: Stage) -> list[Group]:
        slugs = sorted(slug for slug, portions in self.rules.items() if portions.rule.stage == stage)
        graph: dict[Any, Any] = {r: [w for w in slugs if self._feeds(w, r)] for r in slugs}
        found: list[list[str]] = [sorted(map(str, group)) for group in components(graph)]
        for group in found:
            self._refuse_circles(group)
        rounds = self.limits.construct_rounds
        return [Group([self.rules[slug] for slug in group], self.views, rounds) for group in found]

    def _refuse_circles(self, group: Sequence[str]) -> None:
        for reader in group:
            if any(self._feeds(writer, reader, negative=True) for writer in group):
                raise RuleRefused(
                    f"The rules {', '.join(group)} need one another through negation or an aggregate.",
                    "Break the circle, for instance by moving one of them to stage `after`.",
                    Place(f"ontology/rules/{reader}.rq"),
                )
