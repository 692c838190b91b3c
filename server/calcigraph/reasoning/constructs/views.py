"""Triples that are said or built in; a store out in which the rules of each stage see what is theirs to see.

Stage `before` sees what is asserted and what its own rules build; stage `after` sees that, what is
entailed, and what its own rules build. The store holds each triple once, in one of two graphs, because a
query over both counts a triple that stands in both twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pyoxigraph as ox

from calcigraph.reasoning.constructs.spelling import Spelling, has_spelling
from calcigraph.reasoning.queries.rule import Stage

STAGES: Final[tuple[Stage, ...]] = ("before", "after")
_GRAPHS: Final[dict[Stage, Any]] = {
    "before": ox.DefaultGraph(),
    "after": ox.NamedNode("urn:x-calcigraph:entailed"),
}
_VIEWS: Final[dict[Stage, list[Any]]] = {
    "before": [_GRAPHS["before"]],
    "after": [_GRAPHS["before"], _GRAPHS["after"]],
}


class Delta:
    """Triples that came and went on the whole: what comes and goes again is no change."""

    def __init__(self) -> None:
        self._signs: dict[ox.Triple, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._signs)

    def __iter__(self) -> Iterator[ox.Triple]:
        return iter(self._signs)

    def note(self, triple: ox.Triple, came: bool) -> None:
        """Take note that a triple came, or went."""
        if self._signs.pop(triple, came) == came:
            self._signs[triple] = came

    def came(self) -> list[ox.Triple]:
        """The triples that are there and were not."""
        return [triple for triple, came in self._signs.items() if came]

    def went(self) -> list[ox.Triple]:
        """The triples that were there and are not."""
        return [triple for triple, came in self._signs.items() if not came]

    def clear(self) -> None:
        """Begin anew."""
        self._signs.clear()


class Views:
    """The store of the rules, and why each triple stands in it.

    `changes` are, for each stage, the triples that came into its view and went from it since its rules
    were last brought up to date; `built` are those that its rules build beyond what is there anyway, and
    `turned` those that became so, or ceased to be, since whoever reads it last emptied it.
    Inside everything is canonical (see `spelling`).
    """

    def __init__(self) -> None:
        self.store = ox.Store()
        self.spelling = Spelling()
        self.changes: dict[Stage, Delta] = {stage: Delta() for stage in STAGES}
        self.built: dict[Stage, set[ox.Triple]] = {stage: set() for stage in STAGES}
        self.turned: dict[Stage, Delta] = {stage: Delta() for stage in STAGES}
        self._said: dict[Stage, set[ox.Triple]] = {stage: set() for stage in STAGES}
        self._variants: dict[Stage, dict[ox.Triple, set[ox.Triple]]] = {stage: {} for stage in STAGES}
        self._reasons: dict[Stage, Counter[ox.Triple]] = {stage: Counter() for stage in STAGES}
        self._placed: dict[ox.Triple, Stage] = {}

    def query(self, stage: Stage, text: str, **options: Any) -> Any:
        """What a query finds in the view of a stage."""
        return self.store.query(text, default_graph=_VIEWS[stage], **options)

    def matches(self, stage: Stage, subject: Any, predicate: Any, obj: Any) -> Iterator[ox.Triple]:
        """The triples of a view that match a pattern; None matches anything."""
        for graph in _VIEWS[stage]:
            for quad in self.store.quads_for_pattern(subject, predicate, obj, graph):
                yield quad.triple

    def say(self, stage: Stage, news: Iterable[ox.Triple], olds: Iterable[ox.Triple] = ()) -> None:
        """Take asserted (`before`) or entailed (`after`) triples as said, others as said no more."""
        news, olds = list(news), list(olds)
        self.spelling.learn(news)
        touched = {self._unsay(stage, triple) for triple in olds}
        touched |= {self._say(stage, triple) for triple in news}
        self._settle(touched)

    def _say(self, stage: Stage, triple: ox.Triple) -> ox.Triple:
        kept = self.spelling.canonical(triple)
        if has_spelling(triple):
            if stage == "before":
                self.spelling.write(triple, 1)
            self._variants[stage].setdefault(kept, set()).add(triple)
        else:
            self._said[stage].add(kept)
        return kept

    def _unsay(self, stage: Stage, triple: ox.Triple) -> ox.Triple:
        kept = self.spelling.canonical(triple)
        if has_spelling(triple):
            if stage == "before":
                self.spelling.write(triple, -1)
            variants = self._variants[stage].get(kept, set())
            variants.discard(triple)
            if not variants:
                self._variants[stage].pop(kept, None)
        else:
            self._said[stage].discard(kept)
        return kept

    def support(self, stage: Stage, more: Iterable[ox.Triple], less: Iterable[ox.Triple] = ()) -> None:
        """Take triples as built for one reason more (once for each time they are named), or one less."""
        reasons = self._reasons[stage]
        gained, lost = Counter(more), Counter(less)
        reasons.update(gained)
        reasons.subtract(lost)
        touched = gained.keys() | lost.keys()
        for triple in touched:
            if not reasons[triple]:
                del reasons[triple]
        self._settle(touched)

    def supported_anew(self, stage: Stage, reasons: Counter[ox.Triple]) -> None:
        """Replace the reasons for what a stage builds by others for the same triples."""
        self._reasons[stage] = reasons

    def said(self, stage: Stage) -> list[ox.Triple]:
        """What is said in one stage, as it was written. Cost: all of it."""
        return [*self._said[stage], *(t for same in self._variants[stage].values() for t in same)]

    def reasons(self, stage: Stage) -> Counter[ox.Triple]:
        """How often each triple that a stage builds is built, in a copy."""
        return Counter(self._reasons[stage])

    def is_said(self, stage: Stage, triple: ox.Triple) -> bool:
        """Whether a canonical triple is asserted (or entailed)."""
        return triple in self._said[stage] or triple in self._variants[stage]

    def as_said(self, triple: ox.Triple) -> ox.Triple:
        """A canonical triple in the words of whoever said or built it."""
        for stage in STAGES:
            if triple in self._variants[stage]:
                return min(self._variants[stage][triple], key=str)
        return self.spelling.spelled(triple)

    def _settle(self, touched: Iterable[ox.Triple]) -> None:
        """Put each triple into the graph where it belongs, and note what that changes for whom."""
        news: list[ox.Quad] = []
        for triple in touched:
            was, now = self._placed.get(triple), self._place(triple)
            if was == now:
                continue
            if was is not None:
                self.store.remove(_quad(triple, _GRAPHS[self._placed.pop(triple)]))
            if now is not None:
                self._placed[triple] = now
                news.append(_quad(triple, _GRAPHS[now]))
            if "before" in (was, now):
                self.changes["before"].note(triple, now == "before")
            if None in (was, now):
                self.changes["after"].note(triple, was is None)
        self.store.extend(news)

    def _place(self, triple: ox.Triple) -> Stage | None:
        """The stage in whose graph a triple belongs, if it is there at all."""
        asserted, early = self.is_said("before", triple), triple in self._reasons["before"]
        entailed, late = self.is_said("after", triple), triple in self._reasons["after"]
        first = asserted or early
        self._mark("before", triple, early and not asserted)
        self._mark("after", triple, late and not (first or entailed))
        return "before" if first else "after" if entailed or late else None

    def _mark(self, stage: Stage, triple: ox.Triple, is_built: bool) -> None:
        if is_built == (triple in self.built[stage]):
            return
        (self.built[stage].add if is_built else self.built[stage].discard)(triple)
        self.turned[stage].note(triple, is_built)

    @contextmanager
    def lent(self, stage: Stage, triples: Iterable[ox.Triple]) -> Iterator[None]:
        """Show a stage triples that may not be there, for as long as the block runs."""
        quads = [_quad(triple, _GRAPHS[stage]) for triple in triples if triple not in self._placed]
        self.store.extend(quads)
        try:
            yield
        finally:
            for quad in quads:
                self.store.remove(quad)


def _quad(triple: ox.Triple, graph: Any) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
