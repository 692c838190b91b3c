"""Triples that are given or built in; a store out in which the rules of each stage see what is theirs to see.

Stage `before` sees what is asserted and what its own rules build; stage `after` sees that, what is
entailed, and what its own rules build. The store holds each triple once, in one of two graphs, because a
query over both counts a triple that stands in both twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pyoxigraph as ox

from calcigraph.reasoning.constructs.asking import asked
from calcigraph.reasoning.constructs.grounds import Grounds
from calcigraph.reasoning.constructs.history import History, Recorded
from calcigraph.reasoning.constructs.moves import STAGES, Moves
from calcigraph.reasoning.queries.rule import Stage

_GRAPHS: Final[dict[Stage, Any]] = {
    "before": ox.DefaultGraph(),
    "after": ox.NamedNode("urn:x-calcigraph:entailed"),
}
_VIEWS: Final[dict[Stage, list[Any]]] = {
    "before": [_GRAPHS["before"]],
    "after": [_GRAPHS["before"], _GRAPHS["after"]],
}


class _Placed(Recorded[ox.Triple, Stage]):
    """The stage in whose graph each triple lies, and a store that follows."""

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.store = ox.Store()

    def enter(self, placed: dict[ox.Triple, Stage]) -> None:
        """Put in triples that lie in no graph. Cost: half that of one after the other."""
        for key, value in placed.items():
            super().set(key, value)
        self.store.extend(_quad(key, _GRAPHS[value]) for key, value in placed.items())

    def set(self, key: ox.Triple, value: Stage | None) -> None:
        was = self.get(key)
        super().set(key, value)
        if was is not None and was != value:
            self.store.remove(_quad(key, _GRAPHS[was]))
        if value is not None and was != value:
            self.store.add(_quad(key, _GRAPHS[value]))


class Views:
    """The store of the rules. Inside everything is canonical (see `spelling`).

    `derived` are, for each stage, the triples that its rules build beyond what is there anyway; `moves` is
    what the change under way has moved.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.grounds = Grounds(history)
        self.spelling = self.grounds.spelling
        self.derived: dict[Stage, Recorded[ox.Triple, bool]] = {s: Recorded(history) for s in STAGES}
        self.moves = Moves()
        self._placed = _Placed(history)
        self._hidden: Recorded[ox.Triple, Stage] = Recorded(history)

    def query(self, stage: Stage, text: str, **options: Any) -> Any:
        """What a query finds in the view of a stage. Raises: CorrectionRefused."""
        return asked(self._placed.store, _VIEWS[stage], text, **options)

    def matches(self, stage: Stage, subject: Any, predicate: Any, obj: Any) -> Iterator[ox.Triple]:
        """The triples of a view that match a pattern; None matches anything."""
        for graph in _VIEWS[stage]:
            for quad in self._placed.store.quads_for_pattern(subject, predicate, obj, graph):
                yield quad.triple

    def give(self, stage: Stage, news: Iterable[ox.Triple], olds: Iterable[ox.Triple] = ()) -> None:
        """Take asserted (`before`) or entailed (`after`) triples as given, others as given no more."""
        lost = self.grounds.take_back(stage, olds)
        for triple in lost:
            self.moves.loosen(triple, stage)
        self._settle(lost | self.grounds.give(stage, list(news)))

    def build(self, stage: Stage, more: Iterable[ox.Triple], less: Iterable[ox.Triple] = ()) -> None:
        """Take triples as built once more, others as built once less, each as often as it is named."""
        more, less = list(more), list(less)
        self.grounds.build(stage, more, less)
        for triple in less:
            self.moves.loosen(triple, stage)
        self._settle({*more, *less})

    def hide(self, triple: ox.Triple, stage: Stage) -> None:
        """Let no rule see a triple that a stage derives."""
        self._hidden.set(triple, stage)
        self._settle([triple])

    def hidden(self, triple: ox.Triple) -> Stage | None:
        """The stage that would derive a triple that is hidden."""
        return self._hidden.get(triple)

    def _settle(self, touched: Iterable[ox.Triple]) -> None:
        """Put each triple into the graph where it belongs, and note what that changes for whom."""
        changes = self.moves.changes
        fresh: dict[ox.Triple, Stage] = {}
        for triple in touched:
            was, now = self._placed.get(triple), self._place(triple)
            if was == now:
                continue
            if was is None and now is not None:
                fresh[triple] = now
            else:
                self._placed.set(triple, now)
            if "before" in (was, now):
                changes["before"].note(triple, now == "before")
            if None in (was, now):
                changes["after"].note(triple, was is None)
        self._placed.enter(fresh)

    def _place(self, triple: ox.Triple) -> Stage | None:
        """The stage in whose graph a triple belongs, if it is there at all."""
        if triple in self._hidden:
            return None
        asserted, early = (
            self.grounds.is_given("before", triple),
            self.grounds.is_built("before", triple),
        )
        entailed, late = self.grounds.is_given("after", triple), self.grounds.is_built("after", triple)
        first = asserted or early
        self._mark("before", triple, early and not asserted)
        self._mark("after", triple, late and not (first or entailed))
        return "before" if first else "after" if entailed or late else None

    def _mark(self, stage: Stage, triple: ox.Triple, is_derived: bool) -> None:
        if is_derived != (triple in self.derived[stage]):
            self.derived[stage].set(triple, True if is_derived else None)
            self.moves.turned[stage].note(triple, is_derived)

    @contextmanager
    def lent(self, stage: Stage, triples: Iterable[ox.Triple]) -> Iterator[None]:
        """Show a stage triples that may not be there, for as long as the block runs."""
        views = STAGES[: STAGES.index(stage) + 1]
        quads = [_quad(t, _GRAPHS[stage]) for t in triples if self._placed.get(t) not in views]
        self._placed.store.extend(quads)
        try:
            yield
        finally:
            for quad in quads:
                self._placed.store.remove(quad)


def _quad(triple: ox.Triple, graph: Any) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
