"""Asserted and inferred triples in, what the root's CONSTRUCT rules derive from them out, version by version.

What rules of stage `before` build is closed over by the ontology; what rules of stage `after` build
is not. Neither repeats a triple that is there without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import pyoxigraph as ox

from calcigraph.errors import Finding, Place
from calcigraph.reasoning.constructs.history import History, Recorded, Version
from calcigraph.reasoning.constructs.moves import STAGES, Delta, Moves
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.queries.rule import ConstructRule, Stage

Triples = frozenset[ox.Triple]
Origin = tuple[str, tuple[ox.Triple, ...]]
"""The slug of a rule, and the triples that it builds a triple from."""


class _Shared:
    """What all versions share: rules, store and history, and the derived triples as they are written."""

    def __init__(self, rules: Sequence[ConstructRule], limits: Limits) -> None:
        # Reads queries with rdflib, which a start from the cache does not wait for.
        from calcigraph.reasoning.constructs.evaluation import Constructs

        self.history = History()
        self.constructs = Constructs(rules, limits, self.history)
        self.views = self.constructs.views
        self.written: dict[Stage, Recorded[ox.Triple, ox.Triple]] = {
            stage: Recorded(self.history) for stage in STAGES
        }

    def follow(self, moved: dict[Stage, Delta]) -> None:
        """Write what has turned since the last call. Cost: that, or all if spellings turned."""
        for stage in STAGES:
            turned = self.views.moves.turned[stage]
            self._write(stage, turned.came(), turned.went(), moved[stage])
            turned.clear()
        self.views.spelling.stale.clear()

    def _write(self, stage: Stage, came: list[ox.Triple], went: list[ox.Triple], moved: Delta) -> None:
        written, spelling = self.written[stage], self.views.spelling
        again = {t for t in written if t.object in spelling.stale} if spelling.stale else set()
        for triple in [*went, *again.difference(went)]:
            moved.note(written.get(triple) or triple, came=False)
            written.set(triple, None)
        for triple in [*came, *again.difference(went)]:
            written.set(triple, spelling.spelled(triple))
            moved.note(written.get(triple) or triple, came=True)


class Derivation:
    """The derived triples of both stages, as one version.

    Made by `Derivation(...)` with `start` and `finish`, and by `revised` with `conclude`; from then on it
    is never changed, and any thread may read it. What versions have in common they share, the store
    included, which is at one version at a time: threads wait for one another, for the length of a change
    or of the search for one origin, and to read an older version costs the changes since then (some
    microseconds a triple that they moved), there and back. An older version costs memory for the changes
    since then, for as long as it is held. Without rules it holds nothing and costs nothing.
    """

    def __init__(self, rules: Sequence[ConstructRule], limits: Limits) -> None:
        """Raises RuleRefused."""
        self._rules = _Shared(rules, limits) if rules else None
        self._version = self._rules.history.current if self._rules else Version()
        self._moves = Moves()
        self._moved: dict[Stage, Delta] = {stage: Delta() for stage in STAGES}

    @cached_property
    def before(self) -> Triples:
        """What stage `before` derives. Cost of the first call: all of it."""
        return self._written("before")

    @cached_property
    def after(self) -> Triples:
        """What stage `after` derives. Cost of the first call: all of it."""
        return self._written("after")

    def _written(self, stage: Stage) -> Triples:
        if self._rules is None:
            return frozenset()
        with self._rules.history.at(self._version):
            return frozenset(self._rules.written[stage].values())

    @property
    def came(self) -> list[ox.Triple]:
        """What stage `before` derives and did not in the version that this one revises."""
        return self._moved["before"].came()

    @property
    def went(self) -> list[ox.Triple]:
        """What stage `before` derived in the version that this one revises, and does no more."""
        return self._moved["before"].went()

    @property
    def difference(self) -> tuple[Triples, Triples]:
        """What both stages together derive and did not in the version that this one revises; the reverse."""
        came = frozenset(t for moved in self._moved.values() for t in moved.came())
        went = frozenset(t for moved in self._moved.values() for t in moved.went())
        return came - went, went - came

    @property
    def by_stage(self) -> dict[Stage, tuple[Triples, Triples]]:
        """What each stage derives and did not in the version that this one revises, and the reverse."""
        return {s: (frozenset(moved.came()), frozenset(moved.went())) for s, moved in self._moved.items()}

    @property
    def has_after(self) -> bool:
        """Whether inferred triples matter to a rule."""
        return self._rules is not None and self._rules.constructs.has("after")

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Rules of stage `before` that build nothing because what they read comes later.

        Cost: a query for each pattern of such a rule.
        """
        if self._rules is None:
            return ()
        with self._rules.history.at(self._version):
            return tuple(_too_early(rule, pattern) for rule, pattern in self._rules.constructs.blind())

    def start(self, asserted: Iterable[ox.Triple], known: Triples | None) -> None:
        """Run stage `before` on the asserted triples, or take what is known to come of it."""
        if self._rules is not None:
            self._begin("before", asserted, known)

    def finish(self, inferred: Iterable[ox.Triple], known: Triples | None) -> None:
        """Run stage `after` on the inferred triples, or take what is known to come of it."""
        if self.has_after:
            self._begin("after", inferred, known)

    def _begin(self, stage: Stage, given: Iterable[ox.Triple], known: Triples | None) -> None:
        assert self._rules is not None
        with self._rules.history.at(self._version):
            self._rules.views.give(stage, given)
            if known is None:
                self._rules.constructs.run(stage)
            else:
                self._rules.constructs.take(stage, known)
            self._rules.follow(self._moved)
            self._rules.views.moves = Moves() if not self.has_after else self._rules.views.moves
        self._moved = {each: Delta() for each in STAGES}
        self.__dict__.pop(stage, None)

    def revised(self, news: Sequence[ox.Triple], olds: Sequence[ox.Triple]) -> Derivation:
        """The next version: asserted triples added and removed, and its stage `before` up to date with them.

        Stage `after` is as it was until `conclude`. Cost: what the change reaches. Raises LimitMet; then
        there is no next version.
        """
        if self._rules is None:
            return self
        self._recall()
        with self._rules.history.after(self._version) as version:
            other = self._next(version)
            self._rules.views.give("before", news, olds)
            self._rules.constructs.update("before")
            self._rules.follow(other._moved)
        return other

    def conclude(self, came: Iterable[ox.Triple], went: Iterable[ox.Triple]) -> None:
        """Bring stage `after` of a revised version up to date with inferred triples that came and went.

        Raises LimitMet; then the version is to be given up. To be called once, before others have it.
        """
        if self._rules is None or not self.has_after:
            return
        with self._rules.history.after(self._version) as version:
            self._rules.views.moves = self._moves
            self._rules.views.give("after", came, went)
            self._rules.constructs.update("after")
            self._rules.follow(self._moved)
        self._version = version
        self.__dict__.pop("after", None)

    def _recall(self) -> None:
        """Find out how what was only taken as known is built; the version stays the same by it."""
        assert self._rules is not None
        with self._rules.history.completing(self._version):
            self._rules.views.moves = Moves()
            for stage in STAGES:
                self._rules.constructs.recall(stage)
            self._rules.follow(self._moved)

    def _next(self, version: Version) -> Derivation:
        """A version to come, whose moves are noted from now on."""
        assert self._rules is not None
        other = object.__new__(Derivation)
        other._rules, other._version, other._moves = self._rules, version, Moves()
        other._moved = {stage: Delta() for stage in STAGES}
        self._rules.views.moves = other._moves
        self._rules.views.spelling.stale.clear()
        return other

    def has(self, triple: ox.Triple) -> bool:
        """Whether a stage derives a triple (as it is written)."""
        if self._rules is None:
            return False
        with self._rules.history.at(self._version):
            kept = self._rules.views.spelling.canonical(triple)
            return any(written.get(kept) == triple for written in self._rules.written.values())

    def without(self, triple: ox.Triple) -> Derivation:
        """A version to look for origins of a derived triple in: there it is not derived, nor what needs it.

        Cost: what rests on the triple; none where no rule reads what it builds.
        """
        if self._rules is None:
            return self
        with self._rules.history.at(self._version):
            if not self._rules.constructs.is_circular(triple):
                return self
        self._recall()
        with self._rules.history.after(self._version) as version:
            other = self._next(version)
            self._rules.constructs.hide(triple)
            self._rules.follow(other._moved)
        return other

    def origins(self, triple: ox.Triple) -> Iterator[Origin]:
        """Last steps of proofs of a derived triple: rules, and the premises they build it from.

        A premise that is derived as well has an origin that does not lead back to the triple. Not every
        such step is found where rules are recursive; in the version `without` the triple all are.
        Cost of each: the rule's query with the triple filled in.
        """
        if self._rules is None:
            return
        with self._rules.history.at(self._version):
            if self._rules.constructs.is_circular(triple):
                self._recall()
        found = self._rules.constructs.origins(triple)
        while True:
            with self._rules.history.at(self._version):
                origin = next(found, None)
            if origin is None:
                return
            yield origin


def _too_early(rule: ConstructRule, pattern: str) -> Finding:
    return Finding(
        "rules",
        Place(f"ontology/rules/{rule.slug}.rq"),
        f"The rule runs before anything matches {{ {pattern} }}: only inference, or rules of the stage"
        " `after`, give what does.",
        "Begin it with `#+ stage: after`, or assert what it reads.",
    )
