"""Asserted and inferred triples in, what the root's CONSTRUCT rules build from them out, kept up to date.

What rules of stage `before` build is closed over by the ontology; what rules of stage `after` build
is not. Neither repeats a triple that is there without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from calcigraph.reasoning.constructs.views import Delta, Views
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.queries.rule import ConstructRule, Stage

Triples = frozenset[ox.Triple]


class Shown:
    """What one stage builds, its literals as somebody wrote them, and what a change does to it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.moved = Delta()
        self._written: dict[ox.Triple, ox.Triple] = {}
        self._triples: Triples | None = None

    @property
    def triples(self) -> Triples:
        """All of them. Cost of the first call after a change: all of them."""
        if self._triples is None:
            self._triples = frozenset(self._written.values())
        return self._triples

    @property
    def earlier(self) -> Triples:
        """What it was before the change."""
        return self.triples.difference(self.moved.came()).union(self.moved.went())

    def follow(self, views: Views) -> None:
        """Take over what turned in the views since the last call. Cost: that, or all if spellings turned."""
        turned = views.turned[self.stage]
        came, went = turned.came(), turned.went()
        turned.clear()
        if views.spelling.stale:
            stale = [t for t in self._written.keys() - set(went) if t.object in views.spelling.stale]
            came, went = came + stale, went + stale
        if not came and not went:
            return
        for triple in went:
            self.moved.note(self._written.pop(triple), came=False)
        for triple in came:
            self._written[triple] = views.spelling.spelled(triple)
            self.moved.note(self._written[triple], came=True)
        self._triples = None


class Derivation:
    """The derived triples of both stages. Without rules it holds nothing and costs nothing."""

    def __init__(self, rules: Sequence[ConstructRule], limits: Limits) -> None:
        # Reads queries with rdflib, which a start from the cache does not wait for.
        from calcigraph.reasoning.constructs.evaluation import Constructs

        self._constructs = Constructs(rules, limits)
        self._shown: tuple[Shown, Shown] = (Shown("before"), Shown("after"))

    @property
    def before(self) -> Triples:
        """What stage `before` builds."""
        return self._shown[0].triples

    @property
    def after(self) -> Triples:
        """What stage `after` builds."""
        return self._shown[1].triples

    @property
    def earlier(self) -> tuple[Triples, Triples]:
        """What the stages built before the last change."""
        return self._shown[0].earlier, self._shown[1].earlier

    @property
    def came(self) -> list[ox.Triple]:
        """What stage `before` built anew at the last change."""
        return self._shown[0].moved.came()

    @property
    def went(self) -> list[ox.Triple]:
        """What stage `before` ceased to build at the last change."""
        return self._shown[0].moved.went()

    @property
    def difference(self) -> tuple[Triples, Triples]:
        """What both stages together built anew, and ceased to build, at the last change."""
        came = frozenset(t for shown in self._shown for t in shown.moved.came())
        went = frozenset(t for shown in self._shown for t in shown.moved.went())
        return came - went, went - came

    @property
    def has_after(self) -> bool:
        """Whether inferred triples matter to a rule."""
        return self._constructs.has("after")

    def start(self, asserted: Iterable[ox.Triple], known: Triples | None) -> None:
        """Run stage `before` on the asserted triples, or take what is known to come of it."""
        if self._constructs.rules:
            self._constructs.views.say("before", asserted)
            self._begin("before", known)

    def finish(self, inferred: Iterable[ox.Triple], known: Triples | None) -> None:
        """Run stage `after`, or take what is known to come of it."""
        self._constructs.views.say("after", inferred)
        self._begin("after", known)

    def _begin(self, stage: Stage, known: Triples | None) -> None:
        if known is None:
            self._constructs.run(stage)
        else:
            self._constructs.take(stage, tuple(known))
        self._follow()

    def _follow(self) -> None:
        for shown in self._shown:
            shown.follow(self._constructs.views)
        self._constructs.views.spelling.stale.clear()

    def origins(self, triple: ox.Triple) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
        """The rules and premises that build a triple."""
        return self._constructs.origins(triple)

    def revised(self, news: Sequence[ox.Triple], olds: Sequence[ox.Triple]) -> Derivation:
        """Another one, its stage `before` up to date with added and removed asserted triples.

        Cost: a copy of all triples and what the change reaches. This one stays as it was.
        """
        if not self._constructs.rules:
            return self
        other = self._copied()
        other._change(news, olds)
        return other

    def _copied(self) -> Derivation:
        views = self._constructs.views
        other = Derivation([p.rule for p in self._constructs.rules.values()], self._constructs.limits)
        other.start(views.said("before"), self.before)
        if self.has_after:
            other.finish(views.said("after"), self.after)
        other._constructs.know(self._constructs)
        return other

    def _change(self, news: Sequence[ox.Triple], olds: Sequence[ox.Triple]) -> None:
        for shown in self._shown:
            shown.moved.clear()
        self._constructs.recall("before")
        self._constructs.recall("after")
        self._constructs.views.say("before", news, olds)
        self._constructs.update("before")
        self._follow()

    def conclude(self, came: Triples, went: Triples) -> None:
        """Bring stage `after` up to date with inferred triples that came and went."""
        if self.has_after:
            self._constructs.views.say("after", came, went)
            self._constructs.update("after")
            self._follow()
