"""Asserted and inferred triples in, what the root's CONSTRUCT rules build from them out, kept up to date.

What rules of stage `before` build is closed over by the ontology; what rules of stage `after` build
is not. Neither repeats a triple that is there without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyoxigraph as ox

from calcigraph.reasoning.constructs.rule import ConstructRule
from calcigraph.reasoning.constructs.spelling import as_written
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.encoding import decode
from calcigraph.reasoning.limits import Limits
from calcigraph.reasoning.terms.numbering import SHIFT, Terms

Triples = frozenset[ox.Triple]


class Derivation:
    """The derived triples of both stages. Without rules it holds nothing and costs nothing."""

    def __init__(self, rules: Sequence[ConstructRule], terms: Terms, limits: Limits) -> None:
        # Reads queries with rdflib, which a start from the cache does not wait for.
        from calcigraph.reasoning.constructs.evaluation import Constructs

        self._constructs = Constructs(rules, limits)
        self._terms, self._limits = terms, limits
        self.before: Triples = frozenset()
        self.after: Triples = frozenset()
        self.came: Triples = frozenset()
        """What stage `before` built anew at the last change."""
        self.went: Triples = frozenset()
        """What stage `before` ceased to build at the last change."""

    @property
    def has_after(self) -> bool:
        """Whether inferred triples matter to a rule."""
        return self._constructs.has("after")

    def start(self, asserted: Iterator[ox.Triple], known: Triples | None) -> None:
        """Run stage `before` on the asserted triples, or take what is known to come of it."""
        if not self._constructs:
            return
        self._constructs.load(asserted)
        if known is not None:
            self._constructs.load(known)
        self.before = as_written(self._terms, self._constructs.run("before")) if known is None else known

    def finish(self, inferred: Iterable[ox.Triple], known: Triples | None) -> None:
        """Run stage `after`, or take what is known to come of it."""
        self._constructs.load(inferred, "after")
        if known is not None:
            self._constructs.load(known, "after")
        self.after = as_written(self._terms, self._constructs.run("after")) if known is None else known

    def origins(self, triple: ox.Triple) -> Iterator[tuple[str, tuple[ox.Triple, ...]]]:
        """The rules and premises that build a triple."""
        for slug, premises in self._constructs.origins(triple, self._limits.proof_instances):
            yield slug, tuple(as_written(self._terms, premises))

    def change(self, news: list[ox.Triple], olds: list[ox.Triple], asserted: Base) -> None:
        """Bring stage `before` up to date with added and removed asserted triples."""
        if not self._constructs:
            return
        stale = self._constructs.has("before") and self._constructs.touches("before", [*news, *olds])
        if stale:
            self._constructs.unload(self.before)
        self._constructs.unload(olds)
        self._constructs.load(news)
        self._constructs.restore(self._siblings([*olds, *(self.before if stale else ())], asserted))
        old = self.before
        if stale:
            self.before = as_written(self._terms, self._constructs.run("before"))
        self.came, self.went = self.before - old, old - self.before

    def change_after(
        self, came: Triples, went: Triples, news: list[ox.Triple], olds: list[ox.Triple]
    ) -> None:
        """Bring stage `after` up to date with inferred triples that came and went."""
        if not self.has_after:
            return
        self._constructs.unload(went, "after")
        self._constructs.load(came, "after")
        if self._constructs.touches("after", [*came, *went, *news, *olds, *self.came, *self.went]):
            self._constructs.unload(self.after - came, "after")
            self.after = as_written(self._terms, self._constructs.run("after"))

    def _siblings(self, triples: list[ox.Triple], asserted: Base) -> list[ox.Triple]:
        """Asserted triples that a store takes for one and the same as a removed one ("0.70", "0.7")."""
        out: list[ox.Triple] = []
        for triple in triples:
            if isinstance(triple.object, ox.Literal):
                subject, predicate, _ = self._terms.encode(triple)
                objects = asserted.objects(predicate, subject)
                out += decode(self._terms, {predicate: (np.int64(subject) << SHIFT) | objects})
        return out
