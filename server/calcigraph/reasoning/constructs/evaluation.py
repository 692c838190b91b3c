"""The root's CONSTRUCT rules in; what they build, kept up to date with what they read, out.

Stage `before` runs on asserted triples, ahead of the closure; stage `after` on everything. Within a
stage a rule runs after the rules that build what it reads; rules that read one another run to a
fixpoint; a cycle through negation or an aggregate is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.reasoning.constructs.component import Component
from calcigraph.reasoning.constructs.history import History
from calcigraph.reasoning.constructs.moves import STAGES
from calcigraph.reasoning.constructs.portions import Portions
from calcigraph.reasoning.constructs.premises import origins
from calcigraph.reasoning.constructs.reach import pattern_text
from calcigraph.reasoning.constructs.views import Views
from calcigraph.reasoning.constructs.witnesses import MayUse
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.queries.reads import overlap
from calcigraph.reasoning.queries.rule import ConstructRule, RuleRefused, Stage
from calcigraph.reasoning.rules.strata import components


class Constructs:
    """The rules of a root over a store of its triples (`views`)."""

    def __init__(self, rules: Sequence[ConstructRule], limits: Limits, history: History) -> None:
        self.limits = limits
        self.views = Views(history)
        _refuse_unfired(rules)
        self.rules = {rule.slug: Portions(rule, self.views) for rule in rules}
        self.components = {stage: self._components(stage) for stage in STAGES}
        self._known: dict[Stage, bool] = dict.fromkeys(STAGES, False)

    def has(self, stage: Stage) -> bool:
        """Whether a stage has rules."""
        return bool(self.components[stage])

    def take(self, stage: Stage, built: Iterable[ox.Triple]) -> None:
        """Take what a stage builds as known. Its rules run when a change first asks for more."""
        self.views.build(stage, map(self.views.spelling.canonical, built))
        self.views.moves.forget(stage)

    def run(self, stage: Stage) -> None:
        """Run the rules of a stage on what the store holds.

        Raises LimitMet when recursive rules do not settle in `limits.construct_rounds` rounds.
        """
        for component in self.components[stage]:
            component.run()
        self._known[stage] = True
        self.views.moves.forget(stage)

    def recall(self, stage: Stage) -> None:
        """See to it that it is known why each triple stands there that was only taken as known.

        Cost: that of `run`, mostly less.
        """
        if self._known[stage]:
            return
        taken = set(self.views.grounds.built(stage))
        for component in self.components[stage]:
            circular = component.may_be_circular(taken)
            self.views.build(stage, (), circular)  # they are born in order then, not all at once
            taken -= circular
            component.run()
        self.views.build(stage, (), taken)
        self._known[stage] = True
        self.views.moves.forget(stage)

    def update(self, stage: Stage) -> None:
        """Bring a stage up to date with the triples that came into its view and went from it.

        Cost: the portions (see `portions`) that they reach; with recursive rules, all that rest on
        these through any number of steps. Raises LimitMet.
        """
        for component in self.components[stage]:
            component.update(self.views.moves)
        self.views.moves.forget(stage)

    def is_circular(self, triple: ox.Triple) -> bool:
        """Whether a derived triple may be built from itself, in however many steps."""
        kept = self.views.spelling.canonical(triple)
        stage = self._stage(kept)
        found = () if stage is None else self.components[stage]
        return any(component.is_circular(kept) for component in found)

    def hide(self, triple: ox.Triple) -> None:
        """Let a derived triple be derived no more, whatever builds it, nor what rests on it alone.

        Its stage must be known (see `recall`). Cost: that of a change that takes it away.
        """
        kept = self.views.spelling.canonical(triple)
        stage = self._stage(kept)
        assert stage is not None
        self.views.hide(kept, stage)
        self.update(stage)

    def blind(self) -> Iterator[tuple[ConstructRule, str]]:
        """Rules of stage `before` with a pattern that nothing matches for them, and something does later.

        Only where there are rules of stage `after` the store has what is entailed. Cost: at most two
        queries a pattern.
        """
        for portions in self.rules.values():
            for pattern in portions.algebra.required if portions.rule.stage == "before" else ():
                text = pattern_text(pattern)
                with portions.evaluating():
                    early, late = (bool(self.views.query(s, f"ASK {{ {text} }}")) for s in STAGES)
                if late and not early:
                    yield portions.rule, text

    def origins(self, triple: ox.Triple) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
        """The rules that build a triple, each with the triples, as they were written, that it rests on.

        None of these rests on the triple itself, through however many steps: of one that is circular only
        those are taken that were born before it (its stage must be known then: see `recall`). What is
        hidden may be built of everything else.
        """
        kept = self.views.spelling.canonical(triple)
        stage = self._stage(kept)
        for component in () if stage is None else self.components[stage]:
            if self.views.hidden(kept) or not component.is_circular(kept):
                yield from _origins(component, kept, _any)
            else:
                yield from _older(component, kept)

    def _stage(self, kept: ox.Triple) -> Stage | None:
        """The stage that derives a triple (or would, if it is hidden)."""
        derived = (stage for stage in STAGES if kept in self.views.derived[stage])
        return self.views.hidden(kept) or next(derived, None)

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
        """Refuse rules that need one another through negation, by the fewest that do; at the one that may
        build or read anything, if there is one, as it is what ties the others together."""
        circles = [
            self._way(reader, writer, slugs)
            for reader in slugs
            for writer in slugs
            if self._feeds(writer, reader, negative=True)
        ]
        if not circles:
            return
        circle = min(circles, key=len)
        loose = next((slug for slug in circle if self._is_loose(slug)), None)
        names = ", ".join(sorted(circle))
        who = f"The rules {names} need one another" if len(circle) > 1 else f"The rule {names} needs itself"
        hint = "; name the predicate that is a variable in it" if loose else ""
        raise RuleRefused(
            f"{who} through negation or an aggregate.",
            f"Break the circle, for instance by moving one of them to stage `after`{hint}.",
            Place(f"ontology/rules/{loose or circle[0]}.rq"),
        )

    def _way(self, reader: str, writer: str, slugs: Sequence[str]) -> list[str]:
        """The rules on a shortest way by which `writer` reads what `reader` builds, both included."""
        before: dict[str, str | None] = {writer: None}
        todo = deque([writer])
        while todo and reader not in before:
            slug = todo.popleft()
            for other in slugs:
                if other not in before and self._feeds(other, slug):
                    before[other] = slug
                    todo.append(other)
        way: list[str] = []
        at: str | None = reader
        while at is not None:
            way.append(at)
            at = before[at]
        return way

    def _is_loose(self, slug: str) -> bool:
        """Whether a predicate of a rule is a variable, so that it may build or read anything."""
        algebra = self.rules[slug].algebra
        return any(predicate is None for predicate, _ in (*algebra.writes, *algebra.reads))


def _refuse_unfired(rules: Sequence[ConstructRule]) -> None:
    """Refuse a stage that there is not, and a name that another rule has: such a rule would never be run."""
    seen: set[str] = set()
    for rule in rules:
        place = Place(f"ontology/rules/{rule.slug}.rq")
        if rule.stage not in STAGES:
            raise RuleRefused(
                f"The rule's stage is {rule.stage!r}, which there is not.",
                f"Write one of {', '.join(STAGES)}.",
                place,
            )
        if rule.slug in seen:
            raise RuleRefused("Two rules have this name.", "Give one of them another one.", place)
        seen.add(rule.slug)


def _any(_: ox.Triple) -> bool:
    return True


def _older(component: Component, triple: ox.Triple) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
    """Origins of a triple in others that a recursive component built before it, or did not build."""
    born = component.born(triple)
    if born:  # else it is there without these rules
        yield from _origins(component, triple, lambda premise: component.born(premise) < born)


def _origins(
    component: Component, triple: ox.Triple, may_use: MayUse
) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
    for rule in component.rules:
        for premises in origins(rule, triple, may_use):
            yield rule.rule.slug, premises
